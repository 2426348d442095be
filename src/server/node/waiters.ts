/**
 * Requests that have been proposed and wait for their entry to be applied. One time-out serves
 * all, so they end in the order in which they began and a sweep looks at the oldest only.
 */
import { assert } from '../../base/assert.ts';

interface Waiter<Outcome> {
  readonly startMs: number;
  readonly settle: (outcome: Outcome) => void;
}

export class Waiters<Outcome> {
  readonly #timeoutMs: number;
  /** Insertion order is the order of their ends, since every waiter gets the same time-out. */
  readonly #waiting = new Map<bigint, Waiter<Outcome>>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(id: bigint, nowMs: number, settle: (outcome: Outcome) => void): void {
    assert(!this.#waiting.has(id), 'request ids are unique');
    this.#waiting.set(id, { startMs: nowMs, settle });
  }

  /** Whether a request of this member waits for `id`. */
  has(id: bigint): boolean {
    return this.#waiting.has(id);
  }

  /** Hands `outcome` to the waiter of `id`, if there (still) is one. */
  settle(id: bigint, outcome: Outcome): void {
    const waiter = this.#waiting.get(id);
    if (waiter === undefined) return;
    this.#waiting.delete(id);
    waiter.settle(outcome);
  }

  /** Ends every waiter whose time is over, with the outcome for this one, that began then. */
  expire(nowMs: number, outcome: (startMs: number, id: bigint) => Outcome): void {
    for (const [id, waiter] of this.#waiting) {
      if (waiter.startMs + this.#timeoutMs > nowMs) return;
      this.#waiting.delete(id);
      waiter.settle(outcome(waiter.startMs, id));
    }
  }

  /** Ends all of them: the server stops. */
  settleAll(outcome: () => Outcome): void {
    this.expire(Number.POSITIVE_INFINITY, outcome);
  }
}
