import type { Random } from '../../src/base/ports/random.ts';
import { Entry, HardState, type WalSnapshot } from '../../src/pb/index.ts';
import { entry, NODE_ID, walSnapshot } from './wal-fixture.ts';

/** What raft asks the log to do in one step. */
export type Step =
  | { readonly kind: 'append'; readonly entries: readonly Entry[]; readonly hardState?: HardState }
  | { readonly kind: 'snapshot'; readonly snapshot: WalSnapshot };

/** One record, as the dumb model of a log sees it. */
export type Item = Entry | HardState | WalSnapshot;

/** The log as raft knows it, which makes random steps that real raft could make. */
export class RaftHistory {
  readonly #random: Random;
  readonly #terms: number[] = [];
  #term = 1;
  #commit = 0;
  #snapshotIndex = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Step {
    const choice = this.#random.below(10);
    if (choice === 0 && this.#commit > this.#snapshotIndex) return this.#snapshot();
    if (choice === 1) return this.#newLeader();
    if (choice === 2) return this.#commitOnly();
    return this.#append();
  }

  #snapshot(): Step {
    this.#snapshotIndex += 1 + this.#random.below(this.#commit - this.#snapshotIndex);
    const term = this.#terms[this.#snapshotIndex - 1] as number;
    return { kind: 'snapshot', snapshot: walSnapshot(this.#snapshotIndex, term) };
  }

  /** A new leader may replace everything that is not committed. */
  #newLeader(): Step {
    this.#term += 1 + this.#random.below(2);
    this.#terms.length -= this.#random.below(this.#terms.length - this.#commit + 1);
    return this.#append();
  }

  #commitOnly(): Step {
    this.#commit += this.#random.below(this.#terms.length - this.#commit + 1);
    return { kind: 'append', entries: [], hardState: this.#hardState() };
  }

  #append(): Step {
    const entries: Entry[] = [];
    const count = this.#random.below(4);
    for (let i = 0; i < count; i++) {
      this.#terms.push(this.#term);
      entries.push(this.#entry(this.#terms.length));
    }
    if (this.#random.below(3) === 0) return { kind: 'append', entries };
    this.#commit += this.#random.below(this.#terms.length - this.#commit + 1);
    return { kind: 'append', entries, hardState: this.#hardState() };
  }

  #entry(index: number): Entry {
    if (this.#random.below(8) === 0) return Entry.create({ index, term: this.#term });
    const length = this.#random.below(10) === 0 ? 1000 + this.#random.below(1500) : 30;
    const letter = String.fromCharCode(97 + this.#random.below(26));
    return entry(index, this.#term, letter.repeat(1 + this.#random.below(length)));
  }

  #hardState(): HardState {
    return { term: this.#term, vote: NODE_ID, commit: this.#commit };
  }
}

export function itemsOf(step: Step): Item[] {
  if (step.kind === 'snapshot') return [step.snapshot];
  return step.hardState === undefined ? [...step.entries] : [...step.entries, step.hardState];
}

/** The dumb model: what a log of these records must read as, from the snapshot at `start` on. */
export function replay(
  items: readonly Item[],
  start: number,
): { entries: Entry[]; hardState: HardState } {
  const log: Entry[] = [];
  let hardState = HardState.create();
  for (const item of items) {
    if ('vote' in item) hardState = item;
    else if (!('confState' in item)) log.splice(item.index - 1, Infinity, item);
  }
  return { entries: log.slice(start), hardState };
}
