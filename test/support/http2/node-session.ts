/** Node's own HTTP/2 client on one of our connections, in memory. */
import { type ClientHttp2Session, connect, type Settings } from 'node:http2';
import { Duplex } from 'node:stream';
import {
  Http2Connection,
  Http2Shared,
  type StreamAcceptor,
  type Written,
} from '../../../src/http2/index.ts';
import { HTTP2_OPTIONS } from './http2-options.ts';

/** The client's socket. */
class Wire extends Duplex {
  connection: Http2Connection | undefined = undefined;
  isFull = false;
  isHeld = false;
  #onResume: () => void = () => undefined;

  /** What the client sends: a copy, as the connection may keep it. */
  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.connection?.receive(Uint8Array.from(bytes));
    this.connection?.checkInvariants();
    if (this.isHeld) this.#onResume = done;
    else setImmediate(done);
  }

  takeMore(): void {
    this.isHeld = false;
    setImmediate(this.#onResume);
    this.#onResume = () => undefined;
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.connection?.onSinkClosed();
    done(error);
  }

  override _read(): void {
    if (!this.isFull) return;
    this.isFull = false;
    setImmediate(() => this.connection?.onSinkDrained());
  }
}

export interface NodeSession {
  readonly session: ClientHttp2Session;
  readonly connection: Http2Connection;
}

export function nodeSession(acceptor: StreamAcceptor, settings: Settings): NodeSession {
  const wire = new Wire({ readableHighWaterMark: 40_000 });
  const sink = {
    write: (bytes: Uint8Array): Written => {
      wire.isFull = !wire.push(bytes);
      return wire.isFull ? 'full' : 'kept';
    },
    pause: (): void => {
      wire.isHeld = true;
    },
    resume: (): void => wire.takeMore(),
    end: (): void => void wire.push(null),
    destroy: (): void => void wire.destroy(),
  };
  const clock = { monotonicMs: () => performance.now(), wallMs: () => 0 };
  const shared = new Http2Shared(HTTP2_OPTIONS, {
    clock,
    scheduler: { defer: (task) => void setImmediate(task) },
  });
  const session = connect('http://localhost', { createConnection: () => wire, settings });
  wire.connection = new Http2Connection(sink, acceptor, shared);
  return { session, connection: wire.connection };
}
