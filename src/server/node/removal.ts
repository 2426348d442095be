/** The end of a member that was removed from its cluster. */
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import { ServerError } from '../errors.ts';

/** Between the removal of a member and its end, at least: its answers get out. */
const REMOVED_MS_MIN = 1000;

export interface RemovalPorts {
  readonly scheduler: Scheduler;
  /** Ends the member; called once. */
  readonly end: (error: ServerError) => void;
}

export class Removal {
  readonly #electionTimeoutMs: number;
  readonly #ports: RemovalPorts;
  #isKnown = false;
  #timer: Timer | undefined;

  constructor(options: { readonly electionTimeoutMs: number }, ports: RemovalPorts) {
    this.#electionTimeoutMs = options.electionTimeoutMs;
    this.#ports = ports;
  }

  /** The log says so: a leader goes on for an election time-out, so that the others learn of it. */
  applied(): void {
    if (this.#isKnown) return;
    this.#isKnown = true;
    const ms = Math.max(REMOVED_MS_MIN, this.#electionTimeoutMs);
    this.#timer = this.#ports.scheduler.after(ms, () => this.#end());
  }

  /** A peer says so, which takes nothing any more: the end is now. */
  toldByPeer(): void {
    if (this.#isKnown) return;
    this.#isKnown = true;
    this.#end();
  }

  /** The member stops anyway. */
  stop(): void {
    this.#isKnown = true;
    this.#timer?.cancel();
  }

  #end(): void {
    const text = 'the member has been permanently removed from the cluster';
    this.#ports.end(new ServerError('SERVER_REMOVED', text));
  }
}
