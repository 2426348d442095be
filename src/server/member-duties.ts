/**
 * What a member looks after by itself, besides taking part in raft. Each duty has timers of its
 * own, runs from `start` to `stop`, and asks the member for its parts each time.
 */
import type { Clock } from '../base/ports/clock.ts';
import type { MemberView } from './api/member-view.ts';
import type { CompactionRetention } from './config/compaction-retention.ts';
import { MemberVersioning, type MemberVersioningPorts } from './member-versioning.ts';
import { AutoCompaction } from './node/auto-compaction.ts';
import { QuotaWatch } from './node/quota-watch.ts';

export interface MemberDutiesOptions {
  readonly downgradeCheckIntervalMs: number;
  readonly compactionRetention?: CompactionRetention | undefined;
}

export interface MemberDutiesPorts extends MemberVersioningPorts {
  readonly clock: Clock;
}

interface Duty {
  start(): void;
  stop(): void;
}

export class MemberDuties {
  readonly versions: MemberVersioning;
  readonly #duties: Duty[];

  constructor(options: MemberDutiesOptions, member: MemberView, ports: MemberDutiesPorts) {
    const { compactionRetention } = options;
    this.versions = new MemberVersioning(options, member, ports);
    this.#duties = [this.versions, new QuotaWatch({ ...ports, member })];
    if (compactionRetention !== undefined) {
      this.#duties.push(new AutoCompaction(compactionRetention, { ...ports, member }));
    }
  }

  start(): void {
    for (const duty of this.#duties) duty.start();
  }

  stop(): void {
    for (const duty of this.#duties) duty.stop();
  }
}
