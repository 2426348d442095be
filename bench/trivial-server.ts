/**
 * A process that answers like etcd and does nothing: it shows what the load itself costs, and how
 * fast it can be. `node trivial-server.js VALUE_BYTES`; prints its port.
 *
 * It counts writes, so that the check of the revision passes, and gives one value to every Range.
 */
import { createServer, type Socket } from 'node:net';
import { encodeHeaderBlock, type HeaderField, HpackDecoder } from '../src/http2/hpack/index.ts';
import {
  KeyValue,
  KVService,
  PutResponse,
  RangeResponse,
  ResponseHeader,
  TxnResponse,
} from '../src/pb/index.ts';
import { checkProtocol } from './bench-error.ts';
import {
  FRAME_HEADER_BYTES,
  type Frame,
  FrameFlag,
  FrameType,
  PREFACE,
  Setting,
  writeFrameHeader,
  writeU32,
} from './http2/frame.ts';
import { FrameReader } from './http2/frame-reader.ts';
import { framedMessage } from './http2/message-reader.ts';
import { SocketOutput } from './http2/socket-output.ts';
import { NO_OP_ANSWER, NO_OP_PATH } from './no-op/method.ts';

const WINDOW_BYTES = 2 ** 31 - 1;
const HEADER_LIST_BYTES_MAX = 64 * 1024;
const RESPONSE = encodeHeaderBlock([
  [':status', '200'],
  ['content-type', 'application/grpc'],
]);
const TRAILERS_OK = encodeHeaderBlock([['grpc-status', '0']]);
const TRAILERS_UNIMPLEMENTED = encodeHeaderBlock([['grpc-status', '12']]);

/** What it answers, by path; undefined: Unimplemented. */
class TrivialStore {
  readonly #keyValue: Uint8Array;
  #revision = 1;

  constructor(valueBytes: number) {
    this.#keyValue = KeyValue.encode(KeyValue.create({ value: new Uint8Array(valueBytes) }));
  }

  answer(path: string): Uint8Array | undefined {
    switch (path) {
      case KVService.methods.Put.path:
        this.#revision++;
        return PutResponse.encode(PutResponse.create({ header: this.#header() }));
      case KVService.methods.Txn.path:
        this.#revision++;
        return TxnResponse.encode(TxnResponse.create({ header: this.#header(), succeeded: true }));
      case KVService.methods.Range.path: {
        const answer = { header: this.#header(), kvs: [this.#keyValue], count: 1 };
        return RangeResponse.encode(RangeResponse.create(answer));
      }
      case NO_OP_PATH:
        return NO_OP_ANSWER;
      default:
        return undefined;
    }
  }

  #header(): ResponseHeader {
    return ResponseHeader.create({ clusterId: 1n, memberId: 1n, revision: this.#revision });
  }
}

class TrivialConnection {
  readonly #store: TrivialStore;
  readonly #output: SocketOutput;
  readonly #reader = new FrameReader((frame) => this.#take(frame));
  readonly #decoder = new HpackDecoder({ listBytesMax: HEADER_LIST_BYTES_MAX });
  readonly #paths = new Map<number, string>();
  #prefaceLeft = PREFACE.length;
  #receivedBytes = 0;

  constructor(socket: Socket, store: TrivialStore) {
    this.#store = store;
    this.#output = new SocketOutput(socket);
    const settings = new Uint8Array(6);
    settings[1] = Setting.INITIAL_WINDOW_SIZE;
    writeU32(settings, 2, WINDOW_BYTES);
    this.#frame(FrameType.SETTINGS, 0, 0, settings);
    this.#windowUpdate(WINDOW_BYTES - 65535);
    this.#output.flush();
  }

  /** Throws BENCH_PROTOCOL and HpackError. */
  receive(chunk: Uint8Array): void {
    const skipped = Math.min(this.#prefaceLeft, chunk.length);
    this.#prefaceLeft -= skipped;
    this.#reader.push(chunk.subarray(skipped));
    this.#output.flush();
  }

  #take(frame: Frame): void {
    const { bytes, start, end, streamId, flags } = frame;
    if (frame.type === FrameType.HEADERS) {
      const fields: HeaderField[] = [];
      this.#decoder.decode(bytes, start, end, fields);
      this.#paths.set(streamId, fields.find(({ name }) => name === ':path')?.value ?? '');
    } else if (frame.type === FrameType.DATA) {
      this.#receivedBytes += end - start;
      if (this.#receivedBytes > WINDOW_BYTES / 2) this.#windowUpdate(this.#receivedBytes);
      if ((flags & FrameFlag.END_STREAM) !== 0) this.#answer(streamId);
    } else if (frame.type === FrameType.SETTINGS && (flags & FrameFlag.ACK) === 0) {
      this.#frame(FrameType.SETTINGS, FrameFlag.ACK, 0, new Uint8Array(0));
    }
  }

  #answer(streamId: number): void {
    const path = this.#paths.get(streamId);
    this.#paths.delete(streamId);
    checkProtocol(path !== undefined, 'DATA without HEADERS');
    const answer = this.#store.answer(path);
    this.#frame(FrameType.HEADERS, FrameFlag.END_HEADERS, streamId, RESPONSE);
    if (answer !== undefined) this.#frame(FrameType.DATA, 0, streamId, framedMessage(answer));
    const trailers = answer === undefined ? TRAILERS_UNIMPLEMENTED : TRAILERS_OK;
    const last = FrameFlag.END_HEADERS | FrameFlag.END_STREAM;
    this.#frame(FrameType.HEADERS, last, streamId, trailers);
  }

  #windowUpdate(bytes: number): void {
    const payload = new Uint8Array(4);
    writeU32(payload, 0, bytes);
    this.#frame(FrameType.WINDOW_UPDATE, 0, 0, payload);
    this.#receivedBytes = 0;
  }

  #frame(type: number, flags: number, streamId: number, payload: Uint8Array): void {
    const output = this.#output;
    output.reserve(FRAME_HEADER_BYTES);
    const header = { length: payload.length, type, flags, streamId };
    writeFrameHeader(output.buffer, output.at, header);
    output.advance(FRAME_HEADER_BYTES);
    output.append(payload);
  }
}

const store = new TrivialStore(Number(process.argv[2]));
const server = createServer({ noDelay: true }, (socket) => {
  const connection = new TrivialConnection(socket, store);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      connection.receive(chunk);
    } catch {
      // It does not speak HTTP/2 as we do: nothing that a load would send.
      socket.destroy();
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') console.log(address.port);
});
