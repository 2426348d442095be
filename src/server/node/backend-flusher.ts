/** Decides when replicated state goes to the backend: at every interval, or when a batch is full. */
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import type { WriteBuffer } from '../../mvcc/index.ts';

export interface BackendFlusherPorts {
  readonly buffer: WriteBuffer;
  readonly scheduler: Scheduler;
  /** There is room again after the buffer was blocked. */
  readonly onRoom: () => void;
  readonly fatal: (error: unknown) => void;
}

export class BackendFlusher {
  readonly #ports: BackendFlusherPorts;
  readonly #timer: Timer;
  /** A flush is under way; what fills up meanwhile is flushed behind it. */
  #isAsked = false;
  #isStopped = false;

  constructor(intervalMs: number, ports: BackendFlusherPorts) {
    this.#ports = ports;
    this.#timer = ports.scheduler.every(intervalMs, () => this.#atInterval());
  }

  /** To be called after each applied entry. */
  applied(): void {
    if (this.#ports.buffer.isFull) this.#flush();
  }

  /** Asks for no more flushes. */
  halt(): void {
    this.#isStopped = true;
    this.#timer.cancel();
  }

  #atInterval(): void {
    const { buffer } = this.#ports;
    if (buffer.operations > 0 || buffer.appliedIndex > buffer.durableIndex) this.#flush();
  }

  #flush(): void {
    if (this.#isAsked || this.#isStopped) return;
    this.#isAsked = true;
    this.#ports.buffer.flush().then(
      () => {
        this.#isAsked = false;
        if (this.#isStopped) return;
        this.#ports.onRoom();
        // The next batch may have filled up while this one was written.
        this.applied();
      },
      (error: unknown) => {
        if (!this.#isStopped) this.#ports.fatal(error);
      },
    );
  }
}
