/** What the clients of one run share: the keys, fresh values and leases, and what they have seen. */
import type { KeyRow } from '../check/history.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];

export class WorkloadState {
  readonly keys: readonly string[];
  /** Leases that keys may be put under. */
  readonly leases: bigint[] = [];
  /** Highest revision that any answer named. */
  revision = 1;
  /** Highest revision that somebody asked to compact. */
  compacted = 0;
  /** Rows as they were last seen, by key. */
  readonly seen = new Map<string, KeyRow>();
  readonly #valueBytes: number;
  #values = 0;
  #leaseIds = 0n;

  constructor(keys: number, valueBytes: number) {
    this.keys = KEYS.slice(0, keys);
    this.#valueBytes = valueBytes;
  }

  /** A value that nobody has written yet. */
  freshValue(): string {
    return `v${++this.#values}`.padEnd(this.#valueBytes, '.');
  }

  freshLease(): bigint {
    return ++this.#leaseIds;
  }

  saw(revision: number, rows: readonly KeyRow[] = []): void {
    this.revision = Math.max(this.revision, revision);
    for (const row of rows) this.seen.set(row.key, row);
  }
}
