/** The connections of one load: they succeed together, or the run fails. */
import { BenchError } from '../bench-error.ts';
import { ClientConnection } from '../http2/client-connection.ts';

/** No operation ends for so long: the run fails as BENCH_STALLED. */
export const STALL_MS = 30_000;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export class ConnectionGroup {
  readonly connections: readonly ClientConnection[];
  readonly #stallMs: number;
  /** Those with something to flush. */
  readonly #collecting: ClientConnection[] = [];
  #failure: { readonly error: unknown } | undefined;
  #reject: ((error: unknown) => void) | undefined;

  /** `size` connections, to the endpoints in turn. */
  constructor(endpoints: readonly Endpoint[], size: number, stallMs: number = STALL_MS) {
    this.#stallMs = stallMs;
    const listener = {
      onFailure: (error: unknown) => this.#fail(error),
      onOutput: (connection: ClientConnection) => void this.#collecting.push(connection),
      onInputTaken: () => this.flush(),
    };
    this.connections = Array.from({ length: size }, (_, index) => {
      const endpoint = endpoints[index % endpoints.length] as Endpoint;
      return new ClientConnection({ ...endpoint, ...listener });
    });
  }

  /**
   * Runs something on the connections: `start` begins it and calls `done` at its end, `completed`
   * counts what it has done. Rejects as soon as a connection fails, or when the count stands still.
   */
  async run(start: (done: () => void) => void, completed: () => number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    let seen = -1;
    let watchdog: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#reject = reject;
        watchdog = setInterval(() => {
          if (completed() === seen) {
            const text = `no answer for ${this.#stallMs} ms, after ${seen} operations`;
            this.#fail(new BenchError('BENCH_STALLED', text));
          }
          seen = completed();
        }, this.#stallMs);
        start(resolve);
        this.flush();
      });
    } finally {
      clearInterval(watchdog);
      this.#reject = undefined;
    }
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  /** Sends what has been written outside of `start` and of answers. */
  flush(): void {
    for (const connection of this.#collecting) connection.flush();
    this.#collecting.length = 0;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.close();
    this.#reject?.(error);
  }
}
