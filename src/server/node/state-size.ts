/**
 * How large the state on disk is, cheap to ask: measured now and then, reckoned in between.
 * The formulas and their reasons are in docs/decisions/0005-database-size.md.
 */
import { assert } from '../../base/assert.ts';
import type { Backend } from '../../base/ports/backend.ts';
import type { Store, WriteBuffer } from '../../mvcc/index.ts';

/** What the rows beside those of bucket `key` take, roughly. */
const OTHER_ROWS_BYTES = 4096;

export interface StateSizePorts {
  readonly backend: Pick<Backend, 'sizeBytes'>;
  readonly buffer: Pick<WriteBuffer, 'bytesWritten' | 'bytesFlushed'>;
  readonly store: Pick<Store, 'rowBytes'>;
}

export class StateSize {
  readonly #ports: StateSizePorts;
  #measuredBytes = 0;
  /** What had been flushed when the last measurement began. */
  #flushedBefore = 0;
  /** Least bytes on disk for a byte of a row that were seen since start or defragmentation. */
  #density = Number.POSITIVE_INFINITY;
  /** Whether the last measurement found the state grown or shrunk: files may still be merged. */
  #isMoving = true;

  constructor(ports: StateSizePorts) {
    this.#ports = ports;
  }

  /** Bytes on disk (dbSize), with those written since they were measured. */
  get totalBytes(): number {
    return this.#measuredBytes + this.#ports.buffer.bytesWritten - this.#flushedBefore;
  }

  /** Of these, what rows take that are not removed (dbSizeInUse): an estimate. */
  get inUseBytes(): number {
    const total = this.totalBytes;
    if (this.#density === Number.POSITIVE_INFINITY) return total;
    const rows = Math.round(this.#density * this.#ports.store.rowBytes);
    return Math.min(total, rows + OTHER_ROWS_BYTES);
  }

  /** Measures anew, if something may have changed since. */
  async refresh(): Promise<void> {
    if (this.#isMoving || this.#ports.buffer.bytesFlushed !== this.#flushedBefore) {
      await this.measure();
    }
  }

  async measure(): Promise<void> {
    const { backend, buffer } = this.#ports;
    const former = this.#measuredBytes;
    // What is flushed while the files are looked at may count twice until the next time.
    const flushed = buffer.bytesFlushed;
    this.#measuredBytes = await backend.sizeBytes();
    this.#flushedBefore = flushed;
    this.#isMoving = this.#measuredBytes !== former;
    const { rowBytes } = this.#ports.store;
    if (rowBytes > 0) this.#density = Math.min(this.#density, this.totalBytes / rowBytes);
  }

  /** Measures after a defragmentation: hardly a byte on disk is that of a removed row now. */
  async measureDefragmented(): Promise<void> {
    this.#density = Number.POSITIVE_INFINITY;
    await this.measure();
  }

  checkInvariants(): void {
    assert(this.inUseBytes <= this.totalBytes, 'what is in use is a part of the whole');
    assert(this.#flushedBefore <= this.#ports.buffer.bytesFlushed, 'flushed bytes only rise');
  }
}
