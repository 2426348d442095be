/**
 * Streams that would go on for ever, so that a stopping server can end them: their clients go
 * elsewhere at once, and nobody waits for them.
 */
import type { RpcFailure } from '../../grpc/index.ts';

/** An open stream, which can be ended with a failure. */
export interface OpenStream {
  end(failure: RpcFailure): void;
}

const STOPPED: RpcFailure = { code: 'Unavailable', message: 'etcdserver: server stopped' };

export class OpenStreams {
  readonly #streams = new Set<OpenStream>();

  add(stream: OpenStream): void {
    this.#streams.add(stream);
  }

  delete(stream: OpenStream): void {
    this.#streams.delete(stream);
  }

  endAll(): void {
    for (const stream of this.#streams) stream.end(STOPPED);
  }
}
