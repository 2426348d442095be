/** Notices that nothing has happened for too long, at the cost of one timer and a clock look. */
import type { Clock } from '../../base/ports/clock.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';

export class IdleTimer {
  readonly #ports: { readonly clock: Clock; readonly scheduler: Scheduler };
  readonly #limitMs: number;
  readonly #onIdle: () => void;
  #touchedMs: number;
  #timer: Timer | undefined;

  /** Starts; `onIdle` is called once, when `limitMs` have passed without a touch. */
  constructor(
    ports: { readonly clock: Clock; readonly scheduler: Scheduler },
    limitMs: number,
    onIdle: () => void,
  ) {
    this.#ports = ports;
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.#touchedMs = ports.clock.monotonicMs();
    this.#arm(limitMs);
  }

  touch(): void {
    this.#touchedMs = this.#ports.clock.monotonicMs();
  }

  cancel(): void {
    this.#timer?.cancel();
  }

  #arm(delayMs: number): void {
    this.#timer = this.#ports.scheduler.after(delayMs, () => {
      const idleMs = this.#ports.clock.monotonicMs() - this.#touchedMs;
      if (idleMs >= this.#limitMs) this.#onIdle();
      else this.#arm(this.#limitMs - idleMs);
    });
  }
}
