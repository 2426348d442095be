/** A connection within the process: what is written to one end is read from the other. */
import { Duplex, type DuplexOptions } from 'node:stream';
import { CodedError } from '../../base/coded-error.ts';

/** What writing to an end fails with when nobody reads from the other any more. */
export class SocketPairError extends CodedError<'SOCKET_PAIR_CLOSED'> {
  override readonly name = 'SocketPairError';

  constructor() {
    super('SOCKET_PAIR_CLOSED', 'the other end of the connection is closed');
  }
}

type WriteCallback = (error?: Error) => void;

/**
 * Holds at most what one write brought: the next one is taken when this one is read. An end that
 * is destroyed is a closed connection to the other: it reads what was on its way, then the end.
 */
export class SocketEnd extends Duplex {
  #other: SocketEnd | undefined;
  /** Of a write of the other end that has not been read yet. */
  #unread: WriteCallback | undefined;

  constructor(options: DuplexOptions = {}) {
    super({ ...options, decodeStrings: true });
  }

  /** Makes one connection of two ends; each once. */
  static connect(one: SocketEnd, other: SocketEnd): void {
    one.#other = other;
    other.#other = one;
  }

  override _read(): void {
    const callback = this.#unread;
    this.#unread = undefined;
    callback?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: WriteCallback): void {
    const other = this.#other;
    if (other === undefined || other.destroyed) return callback(new SocketPairError());
    other.#unread = callback;
    other.push(chunk);
  }

  override _final(callback: WriteCallback): void {
    this.#other?.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const other = this.#other;
    this.#other = undefined;
    this.#unread?.(new SocketPairError());
    this.#unread = undefined;
    if (other !== undefined && !this.writableFinished) other.push(null);
    callback(error);
  }
}
