/** A member's disk as the tests model it: what was synced, and nothing else, survives a crash. */
import { ConfState, type Entry, HardState } from '../../../src/pb/index.ts';
import type { EntryId, RaftBoot, Ready } from '../../../src/raft/index.ts';

/** The state machine at one moment; its whole state is a digest of what it applied. */
export interface Checkpoint extends EntryId {
  readonly confState: ConfState;
  readonly digest: number;
}

export class Disk {
  hardState: HardState = HardState.create({});
  snapshot: EntryId = { index: 0, term: 0 };
  entries: Entry[] = [];
  /** The state machine's last synced batch, or the snapshot that replaces it. */
  checkpoint: Checkpoint = { index: 0, term: 0, confState: ConfState.create({}), digest: 0 };

  static of({ applied = 0, confState, ...boot }: Partial<RaftBoot>): Disk {
    const disk = Object.assign(new Disk(), boot, { entries: [...(boot.entries ?? [])] });
    disk.startFrom(applied, confState);
    return disk;
  }

  /** Makes the state machine start at `index`, which is in the log or in the snapshot. */
  startFrom(index: number, confState: ConfState = ConfState.create({})): void {
    const term = this.at(index)?.term ?? this.snapshot.term;
    this.checkpoint = { index, term, confState, digest: 0 };
  }

  get boot(): RaftBoot {
    const { hardState, snapshot, entries, checkpoint } = this;
    const { index: applied, confState } = checkpoint;
    return { hardState, snapshot, entries, applied, confState };
  }

  /** Writes the first `recordsMax` records of a Ready: a snapshot, its entries, its HardState. */
  write({ snapshot, entries, hardState }: Ready, recordsMax: number = Infinity): void {
    let left = recordsMax;
    if (snapshot !== undefined && left-- > 0) {
      const { confState, index, term } = snapshot.metadata;
      this.snapshot = { index, term };
      this.entries = [];
      this.checkpoint = { index, term, confState, digest: digestIn(snapshot.data) };
    }
    for (const entry of entries) {
      if (left-- <= 0) return;
      this.entries.length = entry.index - this.snapshot.index - 1;
      this.entries.push(entry);
    }
    if (hardState !== undefined && left > 0) this.hardState = hardState;
  }

  at(index: number): Entry | undefined {
    return this.entries[index - this.snapshot.index - 1];
  }

  get lastIndex(): number {
    return this.snapshot.index + this.entries.length;
  }

  /** Drops the entries up to and including `index` and starts from there next time. */
  compactTo(index: number): void {
    const term = this.at(index)?.term;
    if (term === undefined) return;
    this.entries = this.entries.slice(index - this.snapshot.index);
    this.snapshot = { index, term };
  }
}

/** The digest of a state machine that has `digest` and applies `entry`. */
export function digestAfter(digest: number, { index, term, data }: Entry): number {
  let mixed = Math.imul(digest ^ index, 0x9e3779b1) ^ Math.imul(term + 1, 0x85ebca6b);
  for (const byte of data ?? []) mixed = Math.imul(mixed ^ byte, 0x01000193);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** A state machine as the data of a snapshot. */
export function digestBytes(digest: number): Uint8Array {
  return Uint8Array.of(digest >>> 24, digest >>> 16, digest >>> 8, digest);
}

function digestIn(data: Uint8Array | undefined): number {
  let digest = 0;
  for (const byte of data ?? []) digest = ((digest << 8) | byte) >>> 0;
  return digest;
}
