/**
 * The client's end of an HTTP/2 connection, RFC 9113, as far as gRPC needs it: framed by hand on a
 * plain socket, since a client that costs as much as the server measures itself.
 */
import { connect, type Socket } from 'node:net';
import { readU32Be } from '../../src/base/bytes.ts';
import { type HeaderField, HpackDecoder } from '../../src/http2/hpack/index.ts';
import { BenchError, checkProtocol } from '../bench-error.ts';
import type { ClientStream } from './client-stream.ts';
import {
  type Frame,
  FrameFlag,
  FrameType,
  PREFACE,
  Setting,
  stripPadding,
  WINDOW_BYTES_DEFAULT,
  writeU32,
} from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { type OutgoingMessage, RequestSender } from './request-sender.ts';
import { SocketOutput } from './socket-output.ts';

/** Of all connections: what a read brings is taken before the next one. */
const INPUT_BUFFER = new Uint8Array(256 * 1024);
/** What the server may send, per stream and per connection, beyond what we said we have read. */
const RECEIVE_WINDOW_BYTES = 16 * 1024 * 1024;
/** Longest header block in parts; a longer one ends the connection as BENCH_PROTOCOL. */
const HEADER_BLOCK_BYTES_MAX = 64 * 1024;
/** Largest header list; a larger one ends the connection as BENCH_PROTOCOL. */
const HEADER_LIST_BYTES_MAX = 128 * 1024;

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** Told once, when the connection is lost or what it carries is wrong. */
  readonly onFailure: (error: unknown) => void;
  /** Told when there is something to {@link ClientConnection.flush}, once until then. */
  readonly onOutput: (connection: ClientConnection) => void;
  /** Called when all input that has come was taken: the time to flush what it made one send. */
  readonly onInputTaken: () => void;
}

export class ClientConnection {
  readonly #socket: Socket;
  readonly #output: SocketOutput;
  readonly #sender: RequestSender;
  readonly #onFailure: (error: unknown) => void;
  readonly #onOutput: (connection: ClientConnection) => void;
  readonly #onInputTaken: () => void;
  readonly #reader = new FrameReader((frame) => this.#take(frame));
  readonly #decoder = new HpackDecoder({ listBytesMax: HEADER_LIST_BYTES_MAX });
  readonly #streams = new Map<number, ClientStream>();
  #streamsMax = Number.POSITIVE_INFINITY;
  /** Bytes received since the last WINDOW_UPDATE we sent for the connection. */
  #receivedBytes = 0;
  /** A header block that goes on in CONTINUATION frames. */
  #headerParts: { streamId: number; ends: boolean; bytes: number[] } | undefined;
  #ended = false;
  /** The owner knows that there is something to flush. */
  #outputTold = false;
  /** When the bytes that are being taken arrived, by `performance.now()`. */
  receivedAtMs = 0;

  /** Connects. Calls may begin at once: they wait for the connection. */
  constructor(options: ConnectionOptions) {
    this.#onFailure = options.onFailure;
    this.#onOutput = options.onOutput;
    this.#onInputTaken = options.onInputTaken;
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      onread: {
        buffer: INPUT_BUFFER,
        callback: (length, buffer) => {
          this.#receive(buffer, length);
          return true;
        },
      },
    });
    this.#output = new SocketOutput(this.#socket);
    this.#sender = new RequestSender(this.#output, `${options.host}:${options.port}`);
    this.#socket.on('error', (error) => {
      this.#fail(new BenchError('BENCH_CONNECTION', error.message, error));
    });
    this.#socket.on('close', () => {
      this.#fail(new BenchError('BENCH_CONNECTION', 'the server closed the connection'));
    });
    this.#greet();
  }

  /** Begins a call. {@link flush} sends it. */
  begin(stream: ClientStream, path: string): void {
    if (this.#streams.size >= this.#streamsMax) {
      const text = `the server allows ${this.#streamsMax} streams per connection`;
      throw new BenchError('BENCH_CONNECTION', text);
    }
    this.#sender.begin(stream, path);
    this.#streams.set(stream.id, stream);
    this.#tellOutput();
  }

  /** Sends a message of a call; the one before it must have gone out. */
  send(stream: ClientStream, message: OutgoingMessage, last: boolean): void {
    this.#sender.send(stream, message, last);
    this.#tellOutput();
  }

  /** Sends what was collected, as one write. */
  flush(): void {
    this.#outputTold = false;
    this.#output.flush();
  }

  close(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #greet(): void {
    this.#output.append(PREFACE);
    const settings = new Uint8Array(12);
    settings[1] = Setting.ENABLE_PUSH;
    settings[7] = Setting.INITIAL_WINDOW_SIZE;
    writeU32(settings, 8, RECEIVE_WINDOW_BYTES);
    this.#control(FrameType.SETTINGS, 0, settings);
    this.#windowUpdate(0, RECEIVE_WINDOW_BYTES - WINDOW_BYTES_DEFAULT);
  }

  #receive(buffer: Uint8Array, length: number): void {
    if (this.#ended) return;
    this.receivedAtMs = performance.now();
    try {
      this.#reader.push(buffer, length);
      // The answers to control frames, at least.
      this.#tellOutput();
      this.#onInputTaken();
    } catch (error) {
      this.#fail(error);
    }
  }

  #tellOutput(): void {
    if (this.#outputTold) return;
    this.#outputTold = true;
    this.#onOutput(this);
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.close();
    this.#onFailure(error);
  }

  #take(frame: Frame): void {
    checkProtocol(
      this.#headerParts === undefined || frame.type === FrameType.CONTINUATION,
      'header block interrupted',
    );
    switch (frame.type) {
      case FrameType.DATA:
        this.#takeData(frame);
        return;
      case FrameType.HEADERS:
        this.#takeHeaders(frame);
        return;
      case FrameType.CONTINUATION:
        this.#takeContinuation(frame);
        return;
      case FrameType.RST_STREAM:
        this.#takeReset(frame);
        return;
      case FrameType.SETTINGS:
        this.#takeSettings(frame);
        return;
      case FrameType.PING:
        if ((frame.flags & FrameFlag.ACK) !== 0) return;
        this.#control(FrameType.PING, FrameFlag.ACK, frame.bytes.subarray(frame.start, frame.end));
        return;
      case FrameType.GOAWAY:
        this.#takeGoAway(frame);
        return;
      case FrameType.WINDOW_UPDATE:
        this.#takeWindowUpdate(frame);
        return;
      default:
        // Frames of unknown types are to be ignored; pushes we have switched off.
        checkProtocol(frame.type !== FrameType.PUSH_PROMISE, 'pushed stream');
    }
  }

  #takeData(frame: Frame): void {
    const size = frame.end - frame.start;
    const stream = this.#stream(frame.streamId);
    checkProtocol(stripPadding(frame), 'DATA shorter than its padding');
    this.#receivedBytes += size;
    if (this.#receivedBytes >= RECEIVE_WINDOW_BYTES / 2) {
      this.#windowUpdate(0, this.#receivedBytes);
      this.#receivedBytes = 0;
    }
    stream.receivedBytes += size;
    if (stream.receivedBytes >= RECEIVE_WINDOW_BYTES / 2) {
      this.#windowUpdate(stream.id, stream.receivedBytes);
      stream.receivedBytes = 0;
    }
    stream.takeData(frame.bytes, frame.start, frame.end);
    if ((frame.flags & FrameFlag.END_STREAM) !== 0) this.#finish(stream);
  }

  #takeHeaders(frame: Frame): void {
    checkProtocol(stripPadding(frame), 'HEADERS shorter than their padding');
    const { streamId, bytes, start, end } = frame;
    const ends = (frame.flags & FrameFlag.END_STREAM) !== 0;
    if ((frame.flags & FrameFlag.END_HEADERS) === 0) {
      this.#headerParts = { streamId, ends, bytes: [...bytes.subarray(start, end)] };
      return;
    }
    const stream = this.#stream(streamId);
    stream.takeHeaders(this.#decode(bytes, start, end));
    if (ends) this.#finish(stream);
  }

  #takeContinuation(frame: Frame): void {
    const parts = this.#headerParts;
    checkProtocol(parts?.streamId === frame.streamId, 'CONTINUATION of nothing');
    for (let at = frame.start; at < frame.end; at++) parts.bytes.push(frame.bytes[at] as number);
    checkProtocol(parts.bytes.length <= HEADER_BLOCK_BYTES_MAX, 'header block too long');
    if ((frame.flags & FrameFlag.END_HEADERS) === 0) return;
    this.#headerParts = undefined;
    const stream = this.#stream(frame.streamId);
    const block = Uint8Array.from(parts.bytes);
    stream.takeHeaders(this.#decode(block, 0, block.length));
    if (parts.ends) this.#finish(stream);
  }

  #decode(block: Uint8Array, start: number, end: number): HeaderField[] {
    const fields: HeaderField[] = [];
    const isWhole = this.#decoder.decode(block, start, end, fields);
    checkProtocol(isWhole, 'header list too large');
    return fields;
  }

  #takeReset(frame: Frame): void {
    const stream = this.#streams.get(frame.streamId);
    // A server may reset what it has already answered, to say that it reads no further.
    if (stream === undefined) return;
    checkProtocol(frame.end - frame.start === 4, 'RST_STREAM of another size');
    const code = readU32Be(frame.bytes, frame.start);
    throw new BenchError('BENCH_STATUS', `${stream.path} was reset with HTTP/2 error ${code}`);
  }

  #takeSettings(frame: Frame): void {
    if ((frame.flags & FrameFlag.ACK) !== 0) return;
    checkProtocol((frame.end - frame.start) % 6 === 0, 'SETTINGS of another size');
    for (let at = frame.start; at < frame.end; at += 6) {
      const value = readU32Be(frame.bytes, at + 2);
      switch (((frame.bytes[at] as number) << 8) | (frame.bytes[at + 1] as number)) {
        case Setting.HEADER_TABLE_SIZE:
          this.#sender.setTableSize(value);
          break;
        case Setting.MAX_CONCURRENT_STREAMS:
          this.#streamsMax = value;
          break;
        case Setting.INITIAL_WINDOW_SIZE:
          this.#sender.setStreamWindow(value, this.#streams.values());
          break;
        default: // The rest limits what we never do.
      }
    }
    this.#control(FrameType.SETTINGS, FrameFlag.ACK, new Uint8Array(0));
  }

  #takeGoAway(frame: Frame): void {
    checkProtocol(frame.end - frame.start >= 8, 'GOAWAY of another size');
    const code = readU32Be(frame.bytes, frame.start + 4);
    const text = Buffer.from(frame.bytes.subarray(frame.start + 8, frame.end)).toString('latin1');
    throw new BenchError('BENCH_CONNECTION', `the server says GOAWAY, error ${code}: ${text}`);
  }

  #takeWindowUpdate(frame: Frame): void {
    checkProtocol(frame.end - frame.start === 4, 'WINDOW_UPDATE of another size');
    const bytes = readU32Be(frame.bytes, frame.start) & 0x7fffffff;
    const stream = this.#streams.get(frame.streamId);
    // One for a stream that has ended may still be under way.
    if (frame.streamId === 0 || stream !== undefined) this.#sender.widen(stream, bytes);
  }

  #stream(id: number): ClientStream {
    const stream = this.#streams.get(id);
    checkProtocol(stream !== undefined, `frame for stream ${id}, which is not open`);
    return stream;
  }

  #finish(stream: ClientStream): void {
    this.#streams.delete(stream.id);
    stream.finish();
  }

  #windowUpdate(streamId: number, bytes: number): void {
    const payload = new Uint8Array(4);
    writeU32(payload, 0, bytes);
    this.#sender.writeHeader({ length: 4, type: FrameType.WINDOW_UPDATE, flags: 0, streamId });
    this.#output.append(payload);
  }

  #control(type: number, flags: number, payload: Uint8Array): void {
    this.#sender.writeHeader({ length: payload.length, type, flags, streamId: 0 });
    this.#output.append(payload);
  }
}
