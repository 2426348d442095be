/** A member's WAL as the tests model it: what was synced, and nothing else, survives a crash. */
import { ConfState, type Entry, HardState } from '../../../src/pb/index.ts';
import type { EntryId, RaftBoot, Ready } from '../../../src/raft/index.ts';

export class Disk {
  hardState: HardState = HardState.create({});
  snapshot: EntryId = { index: 0, term: 0 };
  entries: Entry[] = [];
  /** The state machine's last synced batch: up to which entry, and the configuration then. */
  applied = 0;
  confState: ConfState = ConfState.create({});

  static of(boot: Partial<RaftBoot>): Disk {
    return Object.assign(new Disk(), boot, { entries: [...(boot.entries ?? [])] });
  }

  /** Writes the first `recordsMax` records of a Ready: its entries, then its HardState. */
  write(ready: Ready, recordsMax: number = Infinity): void {
    for (const entry of ready.entries.slice(0, recordsMax)) {
      this.entries.length = entry.index - this.snapshot.index - 1;
      this.entries.push(entry);
    }
    if (ready.hardState !== undefined && ready.entries.length < recordsMax) {
      this.hardState = ready.hardState;
    }
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
