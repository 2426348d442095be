/**
 * Requests that have been proposed and wait for their entry to be applied. One time-out serves
 * all, so they end in the order in which they began and a sweep looks at the oldest only.
 *
 * They are found by id, and in order, by links of their own. A Map would do, but for its dead tables:
 * with an insert and a delete for each request V8 makes new ones all the time, and one that was promoted
 * keeps its successors, and all requests in them, from cheap collection. Measured: 1.7 KB for each put.
 */
import { assert } from '../../base/assert.ts';

type Settle<Outcome> = (outcome: Outcome) => void;

class Waiter<Outcome> {
  readonly id: bigint;
  readonly startMs: number;
  readonly settle: Settle<Outcome>;
  nextInBucket: Waiter<Outcome> | undefined = undefined;
  previous: Waiter<Outcome> | undefined = undefined;
  next: Waiter<Outcome> | undefined = undefined;

  constructor(id: bigint, startMs: number, settle: Settle<Outcome>) {
    this.id = id;
    this.startMs = startMs;
    this.settle = settle;
  }
}

const BUCKETS_MIN = 64;
/** A table larger than this is given up when nobody waits any more. */
const BUCKETS_KEPT_MAX = 4096;
/** Ids of one member grow by one: their low bits spread them well. */
const HASH_BITS = 30;

export class Waiters<Outcome> {
  readonly #timeoutMs: number;
  /** A power of two of chains. */
  #buckets: (Waiter<Outcome> | undefined)[] = emptyBuckets(BUCKETS_MIN);
  #mask = BUCKETS_MIN - 1;
  #size = 0;
  /** In the order of their ends, since every waiter gets the same time-out. */
  #oldest: Waiter<Outcome> | undefined;
  #newest: Waiter<Outcome> | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#size;
  }

  add(id: bigint, nowMs: number, settle: Settle<Outcome>): void {
    assert(!this.has(id), 'request ids are unique');
    const waiter = new Waiter(id, nowMs, settle);
    waiter.previous = this.#newest;
    if (this.#newest === undefined) this.#oldest = waiter;
    else this.#newest.next = waiter;
    this.#newest = waiter;
    this.#size++;
    if (this.#size > this.#buckets.length) this.#rebuild(2 * this.#buckets.length);
    else this.#link(waiter);
  }

  /** Whether a request of this member waits for `id`. */
  has(id: bigint): boolean {
    return this.#find(id) !== undefined;
  }

  /** Hands `outcome` to the waiter of `id`, if there (still) is one. */
  settle(id: bigint, outcome: Outcome): void {
    const waiter = this.#find(id);
    if (waiter === undefined) return;
    this.#remove(waiter);
    waiter.settle(outcome);
  }

  /** Ends every waiter whose time is over, with the outcome for this one, that began then. */
  expire(nowMs: number, outcome: (startMs: number, id: bigint) => Outcome): void {
    for (let waiter = this.#oldest; waiter !== undefined; waiter = this.#oldest) {
      if (waiter.startMs + this.#timeoutMs > nowMs) return;
      this.#remove(waiter);
      waiter.settle(outcome(waiter.startMs, waiter.id));
    }
  }

  /** Ends all of them: the server stops. */
  settleAll(outcome: () => Outcome): void {
    this.expire(Number.POSITIVE_INFINITY, outcome);
  }

  checkInvariants(): void {
    let count = 0;
    let previous: Waiter<Outcome> | undefined;
    for (let waiter = this.#oldest; waiter !== undefined; waiter = waiter.next) {
      assert(waiter.previous === previous, 'waiters: linked both ways');
      assert(this.#find(waiter.id) === waiter, 'waiters: each is found by its id');
      previous = waiter;
      count++;
    }
    assert(previous === this.#newest, 'waiters: the newest is the last');
    assert(count === this.#size, 'waiters: the size is that of the list');
  }

  #bucketOf(id: bigint): number {
    return Number(BigInt.asUintN(HASH_BITS, id)) & this.#mask;
  }

  #find(id: bigint): Waiter<Outcome> | undefined {
    let waiter = this.#buckets[this.#bucketOf(id)];
    while (waiter !== undefined && waiter.id !== id) waiter = waiter.nextInBucket;
    return waiter;
  }

  #link(waiter: Waiter<Outcome>): void {
    const bucket = this.#bucketOf(waiter.id);
    waiter.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = waiter;
  }

  /** All its links are cut: if it is in old space already, it keeps nobody alive. */
  #remove(waiter: Waiter<Outcome>): void {
    const { previous, next, nextInBucket } = waiter;
    if (previous === undefined) this.#oldest = next;
    else previous.next = next;
    if (next === undefined) this.#newest = previous;
    else next.previous = previous;
    const bucket = this.#bucketOf(waiter.id);
    let before = this.#buckets[bucket];
    if (before === waiter) this.#buckets[bucket] = nextInBucket;
    else {
      while (before !== undefined && before.nextInBucket !== waiter) before = before.nextInBucket;
      assert(before !== undefined, 'waiters: it is in its chain');
      before.nextInBucket = nextInBucket;
    }
    waiter.previous = undefined;
    waiter.next = undefined;
    waiter.nextInBucket = undefined;
    this.#size--;
    if (this.#size === 0 && this.#buckets.length > BUCKETS_KEPT_MAX) this.#rebuild(BUCKETS_MIN);
  }

  #rebuild(buckets: number): void {
    this.#buckets = emptyBuckets(buckets);
    this.#mask = buckets - 1;
    for (let waiter = this.#oldest; waiter !== undefined; waiter = waiter.next) this.#link(waiter);
  }
}

function emptyBuckets<Outcome>(count: number): (Waiter<Outcome> | undefined)[] {
  return Array.from<Waiter<Outcome> | undefined>({ length: count }).fill(undefined);
}
