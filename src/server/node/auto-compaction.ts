/**
 * Compacts the history by itself, as leader: which part and when, a {@link CompactionPolicy} says.
 * Followers keep time along, so that a new leader goes on where the former one was.
 */
import type { Revision } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { LogFields, Logger } from '../../base/ports/logger.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import { CompactionRequest } from '../../pb/index.ts';
import type { MemberView } from '../api/member-view.ts';
import type { CompactionRetention } from '../config/compaction-retention.ts';
import { goDurationText } from '../go-duration.ts';
import { PeriodicCompaction } from './auto-compaction-periodic.ts';
import { RevisionCompaction } from './auto-compaction-revision.ts';

/** What to compact, and when. */
export interface CompactionPolicy {
  readonly mode: CompactionRetention['mode'];
  /** Between two questions, and between two attempts. */
  readonly intervalMs: number;
  /** What the log says of it. */
  readonly fields: LogFields;
  /** An interval begins at this revision of the store. */
  began(revision: Revision): void;
  /** It is over: the revision to compact at now, undefined for none. */
  due(nowMs: number, revision: Revision): Revision | undefined;
  /** The store is compacted at `revision`, by us or by somebody else. */
  compacted(revision: Revision, nowMs: number): void;
}

export interface AutoCompactionPorts {
  readonly member: Pick<MemberView, 'raft' | 'propose'> & {
    readonly store: { readonly currentRevision: Revision };
  };
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
}

export class AutoCompaction {
  readonly #policy: CompactionPolicy;
  readonly #ports: AutoCompactionPorts;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(retention: CompactionRetention, ports: AutoCompactionPorts) {
    this.#ports = ports;
    this.#policy = policyOf(retention, ports.clock.monotonicMs());
  }

  start(): void {
    this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    const { member, scheduler } = this.#ports;
    if (this.#isStopped) return;
    this.#policy.began(member.store.currentRevision);
    this.#timer = scheduler.after(this.#policy.intervalMs, () => this.#look());
  }

  #look(): void {
    const { member, clock } = this.#ports;
    const revision = member.raft.isLeader
      ? this.#policy.due(clock.monotonicMs(), member.store.currentRevision)
      : undefined;
    if (revision === undefined) this.#wait();
    else this.#compact(revision);
  }

  #compact(revision: Revision): void {
    const { member, clock, logger } = this.#ports;
    const { mode, intervalMs } = this.#policy;
    const fields = { revision, ...this.#policy.fields };
    const startMs = clock.monotonicMs();
    logger.info(`starting auto ${mode} compaction`, fields);
    member.propose('compaction', CompactionRequest.create({ revision }), ({ error }) => {
      if (this.#isStopped) return;
      const nowMs = clock.monotonicMs();
      if (error === undefined || error.code === 'MVCC_COMPACTED') {
        this.#policy.compacted(revision, nowMs);
        const took = goDurationText(nowMs - startMs);
        logger.info(`completed auto ${mode} compaction`, { ...fields, took });
      } else {
        const retry = { 'retry-interval': goDurationText(intervalMs), error };
        logger.warn(`failed auto ${mode} compaction`, { ...fields, ...retry });
      }
      this.#wait();
    });
  }
}

function policyOf(retention: CompactionRetention, nowMs: number): CompactionPolicy {
  return retention.mode === 'periodic'
    ? new PeriodicCompaction(retention.periodMs, nowMs)
    : new RevisionCompaction(retention.revisions);
}
