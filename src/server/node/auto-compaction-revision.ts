/** Keeps the last so many revisions. */
import type { Revision } from '../../base/ids.ts';
import type { LogFields } from '../../base/ports/logger.ts';
import type { CompactionPolicy } from './auto-compaction.ts';

const INTERVAL_MS = 300_000;

export class RevisionCompaction implements CompactionPolicy {
  readonly mode = 'revision';
  readonly intervalMs: number = INTERVAL_MS;
  readonly fields: LogFields;
  readonly #retention: number;
  #compactedAt: Revision = 0;

  constructor(retention: number) {
    this.#retention = retention;
    this.fields = { 'revision-compaction-retention': retention };
  }

  began(): void {
    // What counts is the revision at the end of the interval.
  }

  due(_nowMs: number, current: Revision): Revision | undefined {
    const revision = current - this.#retention;
    return revision > 0 && revision !== this.#compactedAt ? revision : undefined;
  }

  compacted(revision: Revision): void {
    this.#compactedAt = revision;
  }
}
