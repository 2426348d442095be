/** What is counted and measured around the modules of a member, which count only themselves. */
import type { Clock } from '../../base/ports/clock.ts';
import { ApplyMeters } from './apply-meters.ts';
import { CompactionMeters } from './compaction-meters.ts';
import { RangeMeters } from './range-meters.ts';

export interface HealthCounters {
  successes: number;
  failures: number;
}

export class MemberMeters {
  readonly applies: ApplyMeters;
  readonly ranges: RangeMeters;
  readonly compactions: CompactionMeters;
  /** Answers of `/health`. */
  readonly health: HealthCounters = { successes: 0, failures: 0 };
  /** Requests of this member that were not applied in time. */
  failedProposals = 0;
  /** Leases revoked because their time was over. */
  expiredLeases = 0;

  /** What takes longer than `slowMs` counts as slow. */
  constructor(options: { readonly slowMs: number }, clock: Clock) {
    this.applies = new ApplyMeters(options.slowMs);
    this.ranges = new RangeMeters(options.slowMs);
    this.compactions = new CompactionMeters(clock);
  }
}
