/**
 * How large the state on disk is, cheap to ask: measured now and then, reckoned in between.
 * The formulas and their reasons are in docs/decisions/0005-database-size.md.
 */
import { assert } from '../../base/assert.ts';
import { type Backend, Bucket } from '../../base/ports/backend.ts';
import { utf8Bytes, utf8Text } from '../../base/utf8.ts';
import type { Store, WriteBuffer } from '../../mvcc/index.ts';

/** What the rows beside those of bucket `key` take, roughly. */
const OTHER_ROWS_BYTES = 4096;

/** Where the density is kept over restarts, in the bucket of what etcd has no place for. */
const DENSITY_KEY = utf8Bytes('size-density');
/** A density is kept when it is below the one kept before by so much. */
const KEPT_STEP = 0.02;

export interface StateSizePorts {
  readonly backend: Pick<Backend, 'sizeBytes' | 'getSync'>;
  readonly buffer: Pick<WriteBuffer, 'bytesWritten' | 'bytesFlushed' | 'put'>;
  readonly store: Pick<Store, 'rowBytes'>;
}

export class StateSize {
  readonly #ports: StateSizePorts;
  #measuredBytes = 0;
  /** What had been flushed when the last measurement began. */
  #flushedBefore = 0;
  /** Least bytes on disk for a byte of a row that were seen since the last defragmentation. */
  #density: number;
  /** The one that is on disk, or on its way there. */
  #keptDensity: number;
  /** Whether the last measurement found the state grown or shrunk: files may still be merged. */
  #isMoving = true;

  constructor(ports: StateSizePorts) {
    this.#ports = ports;
    this.#keptDensity = readDensity(ports.backend.getSync(Bucket.own, DENSITY_KEY));
    this.#density = this.#keptDensity;
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
    if (this.#density < this.#keptDensity * (1 - KEPT_STEP)) this.#keepDensity();
  }

  /** Measures after a defragmentation: hardly a byte on disk is that of a removed row now. */
  async measureDefragmented(): Promise<void> {
    this.#density = Number.POSITIVE_INFINITY;
    this.#keptDensity = Number.POSITIVE_INFINITY;
    await this.measure();
  }

  /** Without it a restart would take what compactions have left for what is in use. */
  #keepDensity(): void {
    this.#keptDensity = this.#density;
    this.#ports.buffer.put(Bucket.own, DENSITY_KEY, utf8Bytes(String(this.#density)));
  }

  checkInvariants(): void {
    assert(this.inUseBytes <= this.totalBytes, 'what is in use is a part of the whole');
    assert(this.#flushedBefore <= this.#ports.buffer.bytesFlushed, 'flushed bytes only rise');
  }
}

function readDensity(kept: Uint8Array | undefined): number {
  const density = kept === undefined ? Number.NaN : Number(utf8Text(kept));
  return density > 0 ? density : Number.POSITIVE_INFINITY;
}
