/** Runs ranges: at once when memory has everything, else in slices off the main thread. */
import type { Revision } from '../../base/ids.ts';
import type { RangeResponse } from '../../pb/index.ts';
import { MvccError, type Outcome } from '../errors.ts';
import type { RevisionState } from '../revision-state.ts';
import type { StorePorts } from '../store-ports.ts';
import type { StoredValues } from '../stored-values.ts';
import type { PinnedState } from '../write-buffer.ts';
import { RangeBudget, type RangeTicket } from './range-budget.ts';
import { type RangeQuery, RangeScan, type RangeSources, SLICE_BYTES_MAX } from './range-scan.ts';

/** Rows of the first fetch of a range. Later ones grow as long as they stay small in bytes. */
const FETCH_ROWS_FIRST = 16;

export interface RangeReaderParts {
  readonly revisions: RevisionState;
  /** Bytes that unfinished ranges may hold together. */
  readonly bytesMax: number;
  readonly sliceKeysMax: number;
}

export class RangeReader {
  readonly #ports: StorePorts;
  readonly #values: StoredValues;
  readonly #sources: RangeSources;
  readonly #revisions: RevisionState;
  readonly #budget: RangeBudget;
  /** Ranges that have yielded their turn and are not answered yet. */
  readonly #open = new Set<RangeQuery>();

  constructor(
    ports: StorePorts,
    values: StoredValues,
    { revisions, bytesMax, sliceKeysMax }: RangeReaderParts,
  ) {
    this.#ports = ports;
    this.#values = values;
    this.#sources = { index: ports.index, values, sliceKeysMax };
    this.#revisions = revisions;
    this.#budget = new RangeBudget(bytesMax);
  }

  /** Reads the state of this turn. Rejects with BackendError when the disk fails. */
  read(query: RangeQuery): Outcome<RangeResponse> | Promise<RangeResponse> {
    const scan = new RangeScan(this.#sources, query);
    scan.collect(this.#ports.buffer, true);
    if (scan.isDone && scan.misses.length === 0) {
      scan.settle([]);
      return lastStep(scan.respond());
    }
    const ticket = this.#budget.enter();
    if (ticket === undefined) {
      return new MvccError('MVCC_TOO_MANY_READS', 'too many ranges wait for the disk');
    }
    if (this.#budget.hasRoom) return this.#readOn(scan, query, ticket);
    // A range holds nothing while it waits for room, so this one begins anew after that.
    return this.#readOn(new RangeScan(this.#sources, query), query, ticket);
  }

  /** The same within this turn: blocks on each value that is not in memory. */
  readNow(query: RangeQuery): RangeResponse {
    const scan = new RangeScan(this.#sources, query);
    while (!scan.isDone) {
      scan.collect(this.#ports.buffer, true);
      scan.settle(scan.misses.map((at) => this.#values.fromDisk(at)));
    }
    return lastStep(scan.respond());
  }

  /** Whether a range that reads below `floor` is still going on; no new one can begin. */
  hasReadBelow(floor: Revision): boolean {
    for (const { revision } of this.#open) if (revision < floor) return true;
    return false;
  }

  /** Resolves when no range is going on. */
  async ended(): Promise<void> {
    while (this.#open.size > 0) await this.#ports.yieldTurn();
  }

  async #readOn(scan: RangeScan, query: RangeQuery, ticket: RangeTicket): Promise<RangeResponse> {
    this.#open.add(query);
    const pinned = this.#ports.buffer.pin();
    try {
      if (scan.isCollecting) await this.#fetchMisses(scan, pinned, ticket);
      while (!scan.isDone) {
        await this.#ports.yieldTurn();
        await this.#budget.reserve(ticket, scan.bytesHeld + SLICE_BYTES_MAX);
        scan.collect(pinned, this.#revisions.current === query.current);
        await this.#fetchMisses(scan, pinned, ticket);
      }
      return await this.#inTurns(scan.respond());
    } finally {
      this.#budget.leave(ticket);
      this.#open.delete(query);
      await pinned.close();
    }
  }

  /** Fetches in steps that grow while they stay small, since nobody knows how long values are. */
  async #fetchMisses(scan: RangeScan, pinned: PinnedState, ticket: RangeTicket): Promise<void> {
    const fetched: Uint8Array[] = [];
    let bytes = 0;
    // What comes first was let in before; a range that has just begun must count at once.
    this.#budget.hold(ticket, scan.bytesHeld + SLICE_BYTES_MAX);
    for (let rowsMax = FETCH_ROWS_FIRST; fetched.length < scan.misses.length; ) {
      if (bytes > 0) {
        await this.#budget.reserve(ticket, scan.bytesHeld + bytes + SLICE_BYTES_MAX);
      }
      const wanted = scan.misses.slice(fetched.length, fetched.length + rowsMax);
      const step = await this.#values.fromBackend(wanted, pinned.view);
      let stepBytes = 0;
      for (const row of step) {
        stepBytes += row.length;
        fetched.push(row);
      }
      bytes += stepBytes;
      if (stepBytes < SLICE_BYTES_MAX / 4) rowsMax *= 2;
    }
    scan.settle(fetched);
    this.#budget.hold(ticket, scan.bytesHeld);
  }

  /** Runs `steps` to their end, one a turn. */
  async #inTurns<T>(steps: Generator<undefined, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await this.#ports.yieldTurn();
    }
  }

  checkInvariants(): void {
    this.#budget.checkInvariants();
  }
}

/** Runs `steps` to their end in this turn. */
function lastStep<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
