/** What is counted and measured around the modules of a member, which count only themselves. */
import { exponentialBounds } from '../../base/histogram.ts';
import type { Clock } from '../../base/ports/clock.ts';
import { ApplyMeters } from './apply-meters.ts';
import { CompactionMeters } from './compaction-meters.ts';
import { OperationMeters } from './operation-meters.ts';
import { RangeMeters } from './range-meters.ts';

/** 10 ms to 164 s. */
const HASH_BOUNDS_S = exponentialBounds(0.01, 2, 15);

export interface HealthCounters {
  successes: number;
  failures: number;
}

export interface PromotionCounters {
  successes: number;
  /** By the code of the error. */
  readonly failures: Map<string, number>;
}

export class MemberMeters {
  readonly applies: ApplyMeters;
  readonly ranges: RangeMeters;
  readonly compactions: CompactionMeters;
  readonly defragmentations: OperationMeters;
  /** Hashes of all replicated state. */
  readonly stateHashes: OperationMeters;
  /** Hashes of the keys at a revision. */
  readonly revisionHashes: OperationMeters;
  /** Answers of `/health`. */
  readonly health: HealthCounters = { successes: 0, failures: 0 };
  /** Of learners, while this member led. */
  readonly promotions: PromotionCounters = { successes: 0, failures: new Map() };
  /** The state as a file, on its way to whoever asked for it. */
  readonly snapshots: OperationMeters;
  /** Requests of this member that were not applied in time. */
  failedProposals = 0;
  /** Leases revoked because their time was over. */
  expiredLeases = 0;

  /** What takes longer than `slowMs` counts as slow. */
  constructor(options: { readonly slowMs: number }, clock: Clock) {
    this.applies = new ApplyMeters(options.slowMs);
    this.ranges = new RangeMeters(options.slowMs);
    this.compactions = new CompactionMeters(clock);
    this.defragmentations = new OperationMeters(exponentialBounds(0.1, 2, 13), clock);
    this.snapshots = new OperationMeters(exponentialBounds(0.01, 2, 17), clock);
    this.stateHashes = new OperationMeters(HASH_BOUNDS_S, clock);
    this.revisionHashes = new OperationMeters(HASH_BOUNDS_S, clock);
  }
}
