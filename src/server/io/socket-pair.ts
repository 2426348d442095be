/** A connection within the process: what is written to one end is read from the other. */
import { Duplex } from 'node:stream';

export interface SocketPair {
  readonly client: SocketEnd;
  readonly server: SocketEnd;
}

/**
 * One end. Reads ahead no more than its high-water mark and the write that crosses it. An end that
 * is destroyed is to the other as one that ended and reads all: what it wrote before can be read,
 * and what is written to it is dropped.
 */
export class SocketEnd extends Duplex {
  #other: SocketEnd | undefined;
  /** Of the other end's last write, until this one asks for more. */
  #onTaken: (() => void) | undefined;

  /** Makes one connection of two ends. */
  static connect(client: SocketEnd, server: SocketEnd): SocketPair {
    client.#other = server;
    server.#other = client;
    return { client, server };
  }

  override _read(): void {
    const onTaken = this.#onTaken;
    this.#onTaken = undefined;
    onTaken?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, onTaken: () => void): void {
    const other = this.#other;
    if (other === undefined || other.destroyed) {
      onTaken();
      return;
    }
    other.#onTaken = onTaken;
    other.push(chunk);
  }

  override _final(callback: () => void): void {
    this.#other?.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this._read();
    this.#other?.push(null);
    callback(error);
  }
}
