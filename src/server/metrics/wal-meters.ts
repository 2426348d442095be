/** What is measured of the log and of .snap files, mostly by the WAL thread; read by the main one. */
import { exponentialBounds, Histogram } from '../../base/histogram.ts';

/** Of etcd's disk series: 1 ms to 8 s. */
export const DISK_BOUNDS_S: readonly number[] = exponentialBounds(0.001, 2, 14);

const HISTOGRAMS = 5;
const HISTOGRAM_CELLS = Histogram.cellsFor(DISK_BOUNDS_S);
const CELLS = HISTOGRAMS * HISTOGRAM_CELLS + 1;

/**
 * Two of these on one memory show the same. Nothing is locked: each number has one writer and is
 * written whole, so that a reader may at most see the bucket of an observation before its sum.
 */
export class WalMeters {
  readonly memory: SharedArrayBuffer;
  readonly writeSeconds: Histogram;
  readonly syncSeconds: Histogram;
  /** Syncs of .snap files. */
  readonly snapshotSyncSeconds: Histogram;
  /** Encoding a snapshot, by the main thread. */
  readonly snapshotEncodeSeconds: Histogram;
  /** From there until it is recorded in the log, waiting for the thread included. */
  readonly snapshotSaveSeconds: Histogram;
  readonly #writtenBytes: Float64Array;

  constructor(memory = new SharedArrayBuffer(CELLS * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    const cells = new Float64Array(memory);
    const histogramAt = (n: number): Histogram =>
      new Histogram(DISK_BOUNDS_S, cells.subarray(n * HISTOGRAM_CELLS, (n + 1) * HISTOGRAM_CELLS));
    this.writeSeconds = histogramAt(0);
    this.syncSeconds = histogramAt(1);
    this.snapshotSyncSeconds = histogramAt(2);
    this.snapshotEncodeSeconds = histogramAt(3);
    this.snapshotSaveSeconds = histogramAt(4);
    this.#writtenBytes = cells.subarray(CELLS - 1);
  }

  get writtenBytes(): number {
    return this.#writtenBytes[0] as number;
  }

  addWrittenBytes(bytes: number): void {
    this.#writtenBytes[0] = this.writtenBytes + bytes;
  }
}
