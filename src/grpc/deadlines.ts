/**
 * The deadlines of all calls on one timer: a hashed wheel. A slot holds in a linked list what is due
 * in its milliseconds of this turn of the wheel or of a later one, so that to add and to remove cost
 * the same for any number of calls, and nothing is allocated.
 */
import { assert } from '../base/assert.ts';
import type { Clock } from '../base/ports/clock.ts';
import type { Scheduler, Timer } from '../base/ports/scheduler.ts';

/** Deadlines are told up to so much late, never early. */
const SLOT_MS = 8;
const SLOTS = 1024;
/** The list of what is due and about to be told. */
const DUE = SLOTS;

/** What has a deadline. Only {@link Deadlines} writes these fields. */
export interface Expiring {
  /** On the monotonic clock. */
  deadlineMs: number;
  /** The list it is in, or -1. */
  deadlineSlot: number;
  deadlineNext: Expiring | undefined;
  deadlinePrevious: Expiring | undefined;
  onDeadline(): void;
}

export class Deadlines {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #scheduler: Pick<Scheduler, 'after'>;
  /** First of each list. */
  readonly #lists: (Expiring | undefined)[] = Array.from({ length: SLOTS + 1 }, () => undefined);
  #count = 0;
  /** Slots before this one, counted from the clock's start, are told. */
  #nextTick = 0;
  #timer: Timer | undefined;
  #isClosed = false;
  /** The tick that the timer waits for. */
  #timerTick = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>, scheduler: Pick<Scheduler, 'after'>) {
    this.#clock = clock;
    this.#scheduler = scheduler;
  }

  /** How many wait. */
  get count(): number {
    return this.#count;
  }

  /** Calls `item.onDeadline()` in `timeoutMs`, unless it is removed before. */
  add(item: Expiring, timeoutMs: number): void {
    assert(item.deadlineSlot === -1, 'deadline: added once');
    const nowMs = this.#clock.monotonicMs();
    if (this.#count === 0) this.#nextTick = tickOf(nowMs);
    item.deadlineMs = nowMs + timeoutMs;
    const tick = tickOf(item.deadlineMs);
    this.#link(item, tick % SLOTS);
    this.#count++;
    this.#wakeFor(Math.min(tick, tickOf(nowMs) + SLOTS - 1), nowMs);
  }

  /** Forgets it, if it waits. */
  remove(item: Expiring): void {
    if (item.deadlineSlot === -1) return;
    this.#unlink(item);
    this.#count--;
  }

  /** Tells no more deadlines. */
  close(): void {
    this.#timer?.cancel();
    this.#isClosed = true;
  }

  checkInvariants(): void {
    let count = 0;
    for (const [slot, first] of this.#lists.entries()) {
      for (let item = first; item !== undefined; item = item.deadlineNext) {
        assert(item.deadlineSlot === slot, 'deadlines: each knows its list');
        assert(
          item.deadlineNext?.deadlinePrevious === undefined ||
            item.deadlineNext.deadlinePrevious === item,
          'deadlines: linked both ways',
        );
        assert(tickOf(item.deadlineMs) % SLOTS === slot, 'deadlines: each is in its slot');
        count++;
      }
    }
    assert(count === this.#count, 'deadlines: the count is right');
    assert(
      count === 0 || this.#timer !== undefined || this.#isClosed,
      'deadlines: what waits has a timer',
    );
  }

  /** Has the timer fire when the slot of `tick` is over, or sooner. */
  #wakeFor(tick: number, nowMs: number): void {
    if (this.#isClosed) return;
    if (this.#timer !== undefined) {
      if (this.#timerTick <= tick) return;
      this.#timer.cancel();
    }
    this.#timerTick = tick;
    this.#timer = this.#scheduler.after((tick + 1) * SLOT_MS - nowMs, () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    this.#collect(nowMs);
    for (let item = this.#lists[DUE]; item !== undefined; item = this.#lists[DUE]) {
      this.remove(item);
      item.onDeadline();
    }
    if (this.#count > 0) this.#wakeFor(this.#nextOccupied(), nowMs);
  }

  /** Moves what is due to the list DUE: its members may remove one another when they are told. */
  #collect(nowMs: number): void {
    const nowTick = tickOf(nowMs);
    const last = Math.min(nowTick - 1, this.#nextTick + SLOTS - 1);
    for (let tick = this.#nextTick; tick <= last; tick++) {
      let item = this.#lists[tick % SLOTS];
      while (item !== undefined) {
        const next = item.deadlineNext;
        if (tickOf(item.deadlineMs) < nowTick) {
          this.#unlink(item);
          this.#link(item, DUE);
        }
        item = next;
      }
    }
    this.#nextTick = nowTick;
  }

  /** The next tick whose slot holds anything, if only for a later turn of the wheel. */
  #nextOccupied(): number {
    let tick = this.#nextTick;
    while (this.#lists[tick % SLOTS] === undefined) tick++;
    return tick;
  }

  #link(item: Expiring, slot: number): void {
    const first = this.#lists[slot];
    item.deadlineSlot = slot;
    item.deadlineNext = first;
    item.deadlinePrevious = undefined;
    if (first !== undefined) first.deadlinePrevious = item;
    this.#lists[slot] = item;
  }

  #unlink(item: Expiring): void {
    const { deadlineNext: next, deadlinePrevious: previous } = item;
    if (previous === undefined) this.#lists[item.deadlineSlot] = next;
    else previous.deadlineNext = next;
    if (next !== undefined) next.deadlinePrevious = previous;
    item.deadlineSlot = -1;
    item.deadlineNext = undefined;
    item.deadlinePrevious = undefined;
  }
}

function tickOf(ms: number): number {
  return Math.floor(ms / SLOT_MS);
}
