/** Keeps what was written in the last period, an hour for example. */
import { assert } from '../../base/assert.ts';
import type { Revision } from '../../base/ids.ts';
import type { LogFields } from '../../base/ports/logger.ts';
import { goDurationText } from '../go-duration.ts';
import type { CompactionPolicy } from './auto-compaction.ts';

/** Of a longer period, history goes once an hour all the same. */
const COMPACTION_MS_MAX = 3_600_000;
/** Samples of the revision between two compactions, and attempts when one fails. */
const SAMPLES = 10;
/** By so much the timers of ten intervals may be early together. */
const EARLY_MS_MAX = 10;

export class PeriodicCompaction implements CompactionPolicy {
  readonly mode = 'periodic';
  readonly intervalMs: number;
  readonly fields: LogFields;
  readonly #compactionMs: number;
  /**
   * Revisions at the beginning of each interval, oldest first. The first is a period old when the
   * last comes, and so, as in etcd, a period and an interval when it is compacted at.
   */
  readonly #samples: Revision[] = [];
  readonly #samplesMax: number;
  /** Time that has to pass since the last compaction: the whole period, before the first one. */
  #waitMs: number;
  #compactedMs: number;
  #compactedAt: Revision = 0;

  constructor(periodMs: number, nowMs: number) {
    assert(periodMs > 0, 'a period is some time');
    this.#compactionMs = Math.min(periodMs, COMPACTION_MS_MAX);
    this.intervalMs = this.#compactionMs / SAMPLES;
    this.fields = { 'compact-period': goDurationText(periodMs) };
    const intervals =
      periodMs <= COMPACTION_MS_MAX ? SAMPLES : Math.floor(periodMs / this.intervalMs);
    this.#samplesMax = intervals + 1;
    this.#waitMs = periodMs;
    this.#compactedMs = nowMs;
  }

  began(revision: Revision): void {
    this.#samples.push(revision);
    if (this.#samples.length > this.#samplesMax) this.#samples.shift();
  }

  due(nowMs: number): Revision | undefined {
    const [revision] = this.#samples;
    const slackMs = Math.min(EARLY_MS_MAX, this.intervalMs / 2);
    if (revision === undefined || revision === this.#compactedAt) return undefined;
    if (nowMs - this.#compactedMs < this.#waitMs - slackMs) return undefined;
    this.#waitMs = this.#compactionMs;
    return revision;
  }

  compacted(revision: Revision, nowMs: number): void {
    this.#compactedAt = revision;
    this.#compactedMs = nowMs;
  }
}
