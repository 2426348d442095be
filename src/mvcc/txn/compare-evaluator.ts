/** Evaluates the compares of a txn against the newest state. */
import { compareBytes, EMPTY_BYTES, keySuccessor } from '../../base/bytes.ts';
import type { LeaseId } from '../../base/ids.ts';
import { type Compare, CompareResult, CompareTarget, KeyValue } from '../../pb/index.ts';
import { type KeyIndex, type KeySpan, NO_SLOT, type Slot } from '../key-index.ts';
import { keyRange } from '../range/key-range.ts';
import type { StoreCounters } from '../store-counters.ts';
import type { StoredValues } from '../stored-values.ts';

/** Keys of a ranged compare that are looked up at a time: it ends at the first that fails. */
const COMPARE_SLICE_KEYS = 256;

export class CompareEvaluator {
  readonly #index: KeyIndex;
  readonly #values: StoredValues;
  readonly #counters: StoreCounters;

  constructor(index: KeyIndex, values: StoredValues, counters: StoreCounters) {
    this.#index = index;
    this.#values = values;
    this.#counters = counters;
  }

  /** Whether all compares hold. Blocks where it needs a value that is not in memory. */
  holdAll(compares: readonly Compare[]): boolean {
    return compares.every((compare) => this.#holds(compare));
  }

  #holds(compare: Compare): boolean {
    this.#counters.ranges++;
    const range = keyRange(compare.key, compare.rangeEnd);
    if (range.kind === 'span') return this.#holdsInSpan(compare, range.span);
    const slot = this.#index.find(range.key);
    const isLive = slot !== NO_SLOT && this.#index.isLive(slot);
    return this.#holdsFor(isLive ? slot : NO_SLOT, compare);
  }

  /** An empty span compares as one missing key. */
  #holdsInSpan(compare: Compare, { start, end }: KeySpan): boolean {
    let slots = this.#index.liveSlots({ start, end }, COMPARE_SLICE_KEYS);
    if (slots.length === 0) return this.#holdsFor(NO_SLOT, compare);
    for (;;) {
      if (!slots.every((slot) => this.#holdsFor(slot, compare))) return false;
      const last = slots.at(-1);
      if (last === undefined) return true;
      const next = keySuccessor(this.#index.key(last));
      slots = this.#index.liveSlots({ start: next, end }, COMPARE_SLICE_KEYS);
    }
  }

  /** NO_SLOT stands for a missing key: its value differs from any, the rest of it is zero. */
  #holdsFor(slot: Slot, compare: Compare): boolean {
    if (slot === NO_SLOT && compare.target === CompareTarget.VALUE) return false;
    return isResult(compare.result, this.#difference(slot, compare));
  }

  /** Sign of stored minus given; an unknown target counts as equal. */
  #difference(slot: Slot, compare: Compare): number {
    const index = this.#index;
    const exists = slot !== NO_SLOT;
    switch (compare.target) {
      case CompareTarget.VERSION:
        return (exists ? index.version(slot) : 0) - (compare.version ?? 0);
      case CompareTarget.CREATE:
        return (exists ? index.createMain(slot) : 0) - (compare.createRevision ?? 0);
      case CompareTarget.MOD:
        return (exists ? index.modMain(slot) : 0) - (compare.modRevision ?? 0);
      case CompareTarget.VALUE:
        return compareBytes(this.#stored(slot).value, compare.value ?? EMPTY_BYTES);
      case CompareTarget.LEASE:
        return compareLeases(exists ? this.#stored(slot).lease : 0n, compare.lease ?? 0n);
      default:
        return 0;
    }
  }

  #stored(slot: Slot): KeyValue {
    return KeyValue.decode(this.#values.newest(slot));
  }
}

/** An unknown result asked for holds always. */
function isResult(result: CompareResult, difference: number): boolean {
  switch (result) {
    case CompareResult.EQUAL:
      return difference === 0;
    case CompareResult.GREATER:
      return difference > 0;
    case CompareResult.LESS:
      return difference < 0;
    case CompareResult.NOT_EQUAL:
      return difference !== 0;
    default:
      return true;
  }
}

function compareLeases(a: LeaseId, b: LeaseId): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
