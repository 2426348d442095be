/**
 * Whether a leader may still take itself for one. A process that was held up, by its disk or by who
 * runs it, may have been replaced meanwhile without having heard of it: what it then says of its
 * own state alone, such as that a lease lives or is over, would be wrong.
 */
import type { Clock } from '../../base/ports/clock.ts';
import { ServerError } from '../errors.ts';
import type { LinearizableRead } from './linearizable-reads.ts';

/** Ticks that may be missing: others elect nobody in so short a time. */
const TICKS_MISSING_MAX = 3;

export interface LeadershipPorts {
  readonly raft: { readonly isLeader: boolean };
  readonly clock: Clock;
  /** Runs a read when this member's state is at least as new as now. */
  readonly linearizable: (read: LinearizableRead) => void;
}

export class Leadership {
  readonly #ports: LeadershipPorts;
  readonly #missingMsMax: number;
  #tickedMs: number;
  /** Held up since it was last confirmed. */
  #isDoubtful = false;

  constructor(options: { readonly tickMs: number }, ports: LeadershipPorts) {
    this.#missingMsMax = TICKS_MISSING_MAX * options.tickMs;
    this.#ports = ports;
    this.#tickedMs = ports.clock.monotonicMs();
  }

  /** To be called with every tick of raft. */
  ticked(): void {
    this.#isDoubtful ||= this.#isHeldUp;
    this.#tickedMs = this.#ports.clock.monotonicMs();
  }

  /** False when this leader has to {@link confirm} that it is one. */
  get isSure(): boolean {
    return !this.#isDoubtful && !this.#isHeldUp;
  }

  /**
   * Runs `read` if this member leads: at once when that is sure, else when a majority has confirmed
   * it. Fails with SERVER_NOT_LEADER, or as reads do, if that does not happen.
   */
  confirm(read: LinearizableRead): void {
    if (this.isSure) return read.run();
    this.#ports.linearizable({
      run: () => {
        this.#isDoubtful = false;
        if (this.#ports.raft.isLeader) read.run();
        else read.fail(new ServerError('SERVER_NOT_LEADER', 'not leader'));
      },
      fail: (error) => read.fail(error),
    });
  }

  get #isHeldUp(): boolean {
    return this.#ports.clock.monotonicMs() - this.#tickedMs > this.#missingMsMax;
  }
}
