/**
 * Ends the streams of clients that need a leader when this member has had none for a while.
 * Refusing new calls is immediate; ending streams is not, as opening them all again costs much.
 */
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import { NO_MEMBER } from '../../raft/index.ts';
import type { RaftStatus } from './member-view.ts';
import type { OpenCalls } from './open-calls.ts';

/** Election time-outs in a row without a leader after which streams are ended. */
const TIMEOUTS_WITHOUT_LEADER = 3;

export interface LeaderWatchPorts {
  readonly scheduler: Scheduler;
  readonly raft: Pick<RaftStatus, 'leader'>;
  readonly calls: OpenCalls;
}

export class LeaderWatch {
  readonly #ports: LeaderWatchPorts;
  readonly #timer: Timer;
  #timeoutsWithout = 0;

  constructor(options: { readonly electionTimeoutMs: number }, ports: LeaderWatchPorts) {
    this.#ports = ports;
    this.#timer = ports.scheduler.every(options.electionTimeoutMs, () => this.#look());
  }

  stop(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const { raft, calls } = this.#ports;
    this.#timeoutsWithout = raft.leader === NO_MEMBER ? this.#timeoutsWithout + 1 : 0;
    if (this.#timeoutsWithout >= TIMEOUTS_WITHOUT_LEADER) calls.endThoseNeedingLeader();
  }
}
