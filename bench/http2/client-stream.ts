import type { HeaderField } from '../../src/http2/hpack/index.ts';
import { BenchError, checkProtocol } from '../bench-error.ts';
import { MessageReader } from './message-reader.ts';

/** Who makes calls on a stream. What these throw ends the connection. */
export interface StreamListener {
  /** The message is `bytes[start, end)`, valid for the moment. */
  onMessage(bytes: Uint8Array, start: number, end: number): void;
  /** The call ended with HTTP status 200 and gRPC status 0. */
  onEnd(): void;
}

/**
 * A call in progress, or between two calls: one object makes any number of calls one after the
 * other, so that nothing is allocated per request.
 */
export class ClientStream {
  readonly #listener: StreamListener;
  readonly #messages: MessageReader;
  /** 0 while there is no call. */
  id = 0;
  path = '';
  /** Bytes we may still send on it. May be negative, after a change of SETTINGS. */
  sendWindow = 0;
  /** Bytes received since the last WINDOW_UPDATE we sent for it. */
  receivedBytes = 0;
  /** What of `unsent[unsentAt, unsentEnd)` the windows have not let through yet. */
  unsent: Uint8Array = new Uint8Array(0);
  unsentAt = 0;
  unsentEnd = 0;
  /** The last message is the one that is unsent or was sent. */
  lastMessage = false;
  #httpStatus = '';
  #grpcStatus = '';
  #grpcMessage = '';

  constructor(listener: StreamListener) {
    this.#listener = listener;
    this.#messages = new MessageReader((bytes, start, end) =>
      listener.onMessage(bytes, start, end),
    );
  }

  /** Begins a call. */
  begin(id: number, path: string, sendWindow: number): void {
    this.id = id;
    this.path = path;
    this.sendWindow = sendWindow;
    this.receivedBytes = 0;
    this.#httpStatus = '';
    this.#grpcStatus = '';
    this.#grpcMessage = '';
  }

  takeHeaders(fields: readonly HeaderField[]): void {
    for (const { name, value } of fields) {
      if (name === ':status') this.#httpStatus = value;
      else if (name === 'grpc-status') this.#grpcStatus = value;
      else if (name === 'grpc-message') this.#grpcMessage = value;
    }
  }

  takeData(bytes: Uint8Array, start: number, end: number): void {
    this.#messages.push(bytes, start, end);
  }

  /** The server has ended the call. Throws BENCH_STATUS unless it ended well. */
  finish(): void {
    this.id = 0;
    if (this.#httpStatus !== '200' || this.#grpcStatus !== '0') {
      const status = `grpc-status ${this.#grpcStatus || 'missing'}`;
      const text = `${status}, HTTP status ${this.#httpStatus}: ${this.#grpcMessage}`;
      throw new BenchError('BENCH_STATUS', `${this.path} ended with ${text}`);
    }
    checkProtocol(this.#messages.idle, `${this.path} ended inside a message`);
    this.#listener.onEnd();
  }
}
