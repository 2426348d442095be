/**
 * Entries as the append stream has them, each behind its length. What a leader sends to one follower
 * it sends to the others, too, mostly in the same turn: each run is encoded once for all of them.
 */
import { Entry, Writer } from '../../../pb/index.ts';

/** Bytes of runs that are kept; beyond it they are encoded again. */
export const entryRunsBytesMax: number = 2 * 1024 * 1024;

interface Run {
  readonly count: number;
  readonly last: Entry;
  readonly bytes: Uint8Array;
}

export class EntryRuns {
  readonly #writer = new Writer();
  /** By its first entry. A log never changes an entry: the same ends are the same run. */
  readonly #runs = new Map<Entry, Run>();
  #bytes = 0;

  /** `count` times a length, eight bytes big-endian, and the entry. Shared: not to be changed. */
  encoded(entries: readonly Entry[]): Uint8Array {
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return new Uint8Array(0);
    const known = this.#runs.get(first);
    if (known?.last === last && known.count === entries.length) return known.bytes;
    const run = { count: entries.length, last, bytes: this.#encode(entries) };
    if (this.#bytes + run.bytes.length > entryRunsBytesMax) this.clear();
    this.#bytes += run.bytes.length - (this.#runs.get(first)?.bytes.length ?? 0);
    this.#runs.set(first, run);
    return run.bytes;
  }

  /** Lets go of what was encoded: the next turn has other entries. */
  clear(): void {
    this.#runs.clear();
    this.#bytes = 0;
  }

  #encode(entries: readonly Entry[]): Uint8Array {
    const writer = this.#writer;
    writer.reset();
    // The writer fills its buffer from the end.
    for (let at = entries.length - 1; at >= 0; at--) {
      const mark = writer.length;
      Entry.write(entries[at] as Entry, writer);
      writer.u64Be(writer.length - mark);
    }
    return writer.finish();
  }
}
