/** The sending half of a client connection: header blocks, DATA and the server's flow control. */
import { assert } from '../../src/base/assert.ts';
import { BenchError, checkProtocol } from '../bench-error.ts';
import type { ClientStream } from './client-stream.ts';
import {
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_BYTES_MAX,
  FrameFlag,
  type FrameHeader,
  FrameType,
  STREAM_ID_MAX,
  WINDOW_BYTES_DEFAULT,
  writeFrameHeader,
} from './frame.ts';
import { HeaderBlocks } from './header-blocks.ts';
import type { SocketOutput } from './socket-output.ts';

/** A gRPC message with its prefix: `bytes[start, end)`, which must not change while it is sent. */
export interface OutgoingMessage {
  bytes: Uint8Array;
  start: number;
  end: number;
}

const WINDOW_BYTES_MAX = 2 ** 31 - 1;

export class RequestSender {
  readonly #output: SocketOutput;
  readonly #blocks: HeaderBlocks;
  #nextId = 1;
  #window = WINDOW_BYTES_DEFAULT;
  #streamWindow = WINDOW_BYTES_DEFAULT;
  /** Streams whose message a window holds back, in the order in which they came. */
  #blocked: ClientStream[] = [];

  constructor(output: SocketOutput, authority: string) {
    this.#output = output;
    this.#blocks = new HeaderBlocks(authority);
  }

  /** Gives `stream` its id and sends the headers of a call to `path`. */
  begin(stream: ClientStream, path: string): void {
    const id = this.#nextId;
    if (id > STREAM_ID_MAX) throw new BenchError('BENCH_CONNECTION', 'out of stream ids');
    this.#nextId += 2;
    stream.begin(id, path, this.#streamWindow);
    const block = this.#blocks.of(path);
    this.writeHeader({
      length: block.length,
      type: FrameType.HEADERS,
      flags: FrameFlag.END_HEADERS,
      streamId: id,
    });
    this.#output.append(block);
  }

  /** Sends a message as soon as the windows allow; the one before it must have gone out. */
  send(stream: ClientStream, message: OutgoingMessage, last: boolean): void {
    assert(stream.unsentAt === stream.unsentEnd, 'one message at a time waits on a stream');
    stream.unsent = message.bytes;
    stream.unsentAt = message.start;
    stream.unsentEnd = message.end;
    stream.lastMessage = last;
    if (!this.#sendUnsent(stream)) this.#blocked.push(stream);
  }

  /** A WINDOW_UPDATE; `stream` undefined: for the connection. */
  widen(stream: ClientStream | undefined, bytes: number): void {
    checkProtocol(bytes > 0, 'WINDOW_UPDATE of 0');
    if (stream === undefined) this.#window += bytes;
    else stream.sendWindow += bytes;
    const widest = stream === undefined ? this.#window : stream.sendWindow;
    checkProtocol(widest <= WINDOW_BYTES_MAX, 'flow-control window overflows');
    this.#retryBlocked();
  }

  /** SETTINGS_INITIAL_WINDOW_SIZE, which moves the windows of open streams, too. */
  setStreamWindow(bytes: number, open: Iterable<ClientStream>): void {
    for (const stream of open) stream.sendWindow += bytes - this.#streamWindow;
    this.#streamWindow = bytes;
    this.#retryBlocked();
  }

  /** SETTINGS_HEADER_TABLE_SIZE. */
  setTableSize(bytes: number): void {
    this.#blocks.resize(bytes);
  }

  writeHeader(header: FrameHeader): void {
    this.#output.reserve(FRAME_HEADER_BYTES);
    writeFrameHeader(this.#output.buffer, this.#output.at, header);
    this.#output.advance(FRAME_HEADER_BYTES);
  }

  /** Sends what the windows allow; true: everything. */
  #sendUnsent(stream: ClientStream): boolean {
    for (;;) {
      const left = stream.unsentEnd - stream.unsentAt;
      const length = Math.min(left, this.#window, stream.sendWindow, FRAME_PAYLOAD_BYTES_MAX);
      if (length <= 0) return left === 0;
      const whole = length === left;
      this.writeHeader({
        length,
        type: FrameType.DATA,
        flags: whole && stream.lastMessage ? FrameFlag.END_STREAM : 0,
        streamId: stream.id,
      });
      this.#output.append(stream.unsent.subarray(stream.unsentAt, stream.unsentAt + length));
      stream.unsentAt += length;
      stream.sendWindow -= length;
      this.#window -= length;
      if (whole) return true;
    }
  }

  #retryBlocked(): void {
    if (this.#blocked.length === 0) return;
    this.#blocked = this.#blocked.filter((stream) => !this.#sendUnsent(stream));
  }
}
