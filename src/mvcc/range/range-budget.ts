/** Bounds what ranges hold in memory while they wait for the disk. */
import { assert } from '../../base/assert.ts';

/**
 * Bytes that unfinished ranges may hold together, what they are about to fetch included. At the
 * bound they pause between slices, all but the oldest: that one goes on, so that there is always
 * progress (and a single larger range is answered at all).
 */
export const RANGE_BYTES_MAX: number = 256 * 1024 * 1024;

/** Unfinished ranges; one more is refused with MVCC_TOO_MANY_READS. */
export const RANGES_MAX = 10_000;

/** One unfinished range. */
export interface RangeTicket {
  bytes: number;
}

export class RangeBudget {
  readonly #bytesMax: number;
  /** In order of age. */
  readonly #tickets = new Set<RangeTicket>();
  #bytes = 0;
  #waiting: (() => void)[] = [];

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get hasRoom(): boolean {
    return this.#bytes < this.#bytesMax;
  }

  /** Registers a range; undefined when there are too many. */
  enter(): RangeTicket | undefined {
    if (this.#tickets.size >= RANGES_MAX) return undefined;
    const ticket = { bytes: 0 };
    this.#tickets.add(ticket);
    return ticket;
  }

  /** Sets what the range holds or is about to fetch. */
  hold(ticket: RangeTicket, bytes: number): void {
    assert(this.#tickets.has(ticket), 'the range has not left');
    this.#bytes += bytes - ticket.bytes;
    ticket.bytes = bytes;
    if (this.hasRoom) this.#wake();
  }

  /**
   * Waits until the range may go on, and then holds `bytes` for it. It holds them when this
   * resolves, not a microtask later: otherwise all who wait would see the same room.
   */
  async reserve(ticket: RangeTicket, bytes: number): Promise<void> {
    while (!this.hasRoom && !this.#isOldest(ticket)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.hold(ticket, bytes);
  }

  leave(ticket: RangeTicket): void {
    this.hold(ticket, 0);
    this.#tickets.delete(ticket);
    // Even without room: there is a new oldest one.
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  #isOldest(ticket: RangeTicket): boolean {
    return this.#tickets.values().next().value === ticket;
  }

  checkInvariants(): void {
    let bytes = 0;
    for (const ticket of this.#tickets) bytes += ticket.bytes;
    assert(bytes === this.#bytes, 'the bytes held are those of the unfinished ranges');
    assert(this.#waiting.length < Math.max(this.#tickets.size, 1), 'the oldest never waits');
  }
}
