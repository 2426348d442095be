/**
 * Finds a txn branch in which a key could be put twice, or put and deleted.
 *
 * The rules are etcd's, in terms of the innermost branch that holds both writes (directly, or
 * through nested txns):
 * - two puts of one key overlap;
 * - a put and a delete of its key overlap, except when both come out of nested txns and the
 *   delete's is not the earlier one;
 * - writes of the two branches of one nested txn exclude each other and never overlap.
 * A delete from a key to the end of the keyspace (range_end "\0") takes part as an empty range,
 * that is not at all (checked against 3.5.30). Two deletes are always fine.
 */
import { defined } from '../../base/assert.ts';
import { latin1 } from '../../base/bytes.ts';
import type { DeleteRangeRequest, RequestOp, TxnRequest } from '../../pb/index.ts';

/** Keys as latin1 strings, whose `<` is the order of the bytes. */
interface DeletedRange {
  readonly from: string;
  readonly to: string;
}

/** A range that overlaps the puts looked at from `step` on. */
interface ActiveRange extends DeletedRange {
  readonly step: number;
}

interface PutStep {
  readonly key: string;
  readonly step: number;
}

/** What a branch without overlap writes. */
interface BranchWrites {
  readonly puts: Set<string>;
  readonly deletes: DeletedRange[];
}

/** Whether two writes of a branch overlap, nested txns included. */
export function hasOverlappingWrites(branch: readonly RequestOp[]): boolean {
  // One operation cannot overlap itself; this is the common case by far.
  if (branch.length < 2 && branch[0]?.requestTxn === undefined) return false;
  return branchWrites(branch) === undefined;
}

/** The writes of a branch; undefined when two of them overlap. */
function branchWrites(branch: readonly RequestOp[]): BranchWrites | undefined {
  const scan = new BranchScan();
  for (const { requestDeleteRange } of branch) {
    if (requestDeleteRange !== undefined) scan.addDelete(requestDeleteRange);
  }
  for (const { requestTxn } of branch) {
    if (requestTxn !== undefined && !scan.addTxn(requestTxn)) return undefined;
  }
  for (const { requestPut } of branch) {
    if (requestPut !== undefined && !scan.addPut(latin1(requestPut.key))) return undefined;
  }
  return scan.finish();
}

/**
 * Collects the writes of one branch step by step: its own deletes, each nested txn (puts before
 * deletes), its own puts. A put overlaps the deletes that were there at its step.
 */
class BranchScan {
  readonly #puts = new Set<string>();
  readonly #putSteps: PutStep[] = [];
  readonly #deletes: ActiveRange[] = [];
  #step = 0;

  addDelete(request: DeleteRangeRequest): void {
    const from = latin1(request.key);
    const to = request.rangeEnd.length === 0 ? `${from}\0` : latin1(request.rangeEnd);
    if (from < to) this.#deletes.push({ from, to, step: this.#step });
  }

  /** False when the key is put already. */
  addPut(key: string): boolean {
    if (this.#puts.has(key)) return false;
    this.#puts.add(key);
    this.#putSteps.push({ key, step: this.#step });
    return true;
  }

  /** False when the txn overlaps in itself, or its puts those added before. */
  addTxn(txn: TxnRequest): boolean {
    const success = branchWrites(txn.success);
    const failure = branchWrites(txn.failure);
    if (success === undefined || failure === undefined) return false;
    for (const key of success.puts) if (!this.addPut(key)) return false;
    for (const key of failure.puts) {
      if (!success.puts.has(key) && !this.addPut(key)) return false;
    }
    this.#step++;
    for (const range of success.deletes) this.#deletes.push({ ...range, step: this.#step });
    for (const range of failure.deletes) this.#deletes.push({ ...range, step: this.#step });
    return true;
  }

  finish(): BranchWrites | undefined {
    if (someKeyDeleted(this.#putSteps, this.#deletes)) return undefined;
    return { puts: this.#puts, deletes: this.#deletes };
  }
}

/**
 * Whether a range with `step` at most that of a put holds the put's key. Sweeps keys and ranges
 * together in key order, O(n log n): a large --max-txn-ops must not make the check quadratic.
 */
function someKeyDeleted(puts: PutStep[], deletes: readonly ActiveRange[]): boolean {
  if (puts.length === 0 || deletes.length === 0) return false;
  puts.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const byStart = [...deletes].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const open = new EarliestRange();
  let next = 0;
  for (const { key, step } of puts) {
    for (; next < byStart.length; next++) {
      const range = defined(byStart[next], 'index is below the length');
      if (range.from > key) break;
      open.add(range);
    }
    const earliest = open.earliestReaching(key);
    if (earliest !== undefined && earliest.step <= step) return true;
  }
  return false;
}

/** The ranges that start at or before the sweep's key: a binary heap with the least step on top. */
class EarliestRange {
  readonly #heap: ActiveRange[] = [];

  add(range: ActiveRange): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(range);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#at(parent);
      if (above.step <= range.step) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = range;
  }

  /** The range of least step that ends beyond `key`; keys must come in ascending order. */
  earliestReaching(key: string): ActiveRange | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined || top.to > key) return top;
      this.#removeTop();
    }
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = defined(heap.pop(), 'only a heap with a top loses it');
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#at(child + 1).step < this.#at(child).step) child++;
      if (this.#at(child).step >= last.step) break;
      heap[at] = this.#at(child);
      at = child;
    }
    heap[at] = last;
  }

  #at(index: number): ActiveRange {
    return defined(this.#heap[index], 'index is below the length');
  }
}
