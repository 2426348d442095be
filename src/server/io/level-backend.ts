/**
 * The backend port on LevelDB (package `level`). A row's key in LevelDB is the bucket's number
 * and the key behind it.
 *
 * LevelDB holds a lock on its folder while it is open, also against other processes.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { assert } from '../../base/assert.ts';
import { EMPTY_BYTES, equalBytes } from '../../base/bytes.ts';
import {
  type Backend,
  type BackendBatch,
  type BackendCursor,
  BackendError,
  type BackendErrorCode,
  type BackendPlace,
  type BackendRow,
  type BackendSpan,
  type BackendView,
  type Bucket,
  type ScanOptions,
} from '../../base/ports/backend.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { BackendMeters } from '../metrics/backend-meters.ts';
import type { Borrower, Lender } from './borrowing-thread.ts';
import { RowSeal, unsealed } from './row-seal.ts';
import { ThreadCursor } from './thread-cursor.ts';

/** The typings of `level` leave out what it offers on Node only. */
interface Db extends Level<Uint8Array, Uint8Array> {
  compactRange(start: Uint8Array, end: Uint8Array): Promise<void>;
}

type Snapshot = ReturnType<Db['snapshot']>;

interface RowIterator {
  nextv(size: number): Promise<[Uint8Array, Uint8Array][]>;
  close(): Promise<void>;
}

const MIB = 1024 * 1024;

/**
 * Measured: 600 000 rows of 300 half compressible bytes with synced batches of 10 000, and a row
 * in each batch that makes all young tables overlap, as consistent_index does.
 */
const LEVEL_OPTIONS = {
  keyEncoding: 'view',
  valueEncoding: 'view',
  // 4 % less CPU than with 4 MiB, as young tables are merged less often; up to two are in memory.
  writeBufferSize: 16 * MIB,
  // Less to write outweighs compressing: 9 % less CPU, 30 % less disk than without.
  compression: true,
  // 22 files instead of 55 for 138 MB, at the same CPU: fewer to open, stat and list.
  maxFileSize: 8 * MIB,
  // Newest values are cached above this (value cache), so only history and misses come by.
  cacheSize: 16 * MIB,
  // Images of the state are made in threads of their own.
  multithreading: true,
} as const;

/** Below and above the rows of all buckets. */
const FIRST_KEY = Uint8Array.of(0x00);
const LAST_KEY = Uint8Array.of(0xff);

/** What the first row says of the others: that each one is sealed. */
const ROW_FORMAT = utf8Bytes('sealed rows');

/** Bytes of rows that a cursor may fetch ahead; `next` then answers with fewer rows than asked. */
const CURSOR_BYTES_MAX = 4 * MIB;

export interface LevelBackendOptions {
  /** Commits survive a crash of the process, not of the machine. */
  readonly unsafeNoFsync?: boolean;
  /** Told of commits and views. */
  readonly meters?: BackendMeters;
}

/** Folders that are open in this thread: LevelDB's lock keeps out other processes only. */
const OPEN_FOLDERS = new Set<string>();

export class LevelBackend implements Backend, Lender {
  readonly #db: Db;
  readonly #folder: string;
  readonly #sync: boolean;
  readonly #meters: BackendMeters;
  readonly #borrowers = new Set<Borrower>();
  readonly #seal = new RowSeal();

  private constructor(db: Db, folder: string, options: LevelBackendOptions) {
    this.#db = db;
    this.#folder = folder;
    this.#sync = options.unsafeNoFsync !== true;
    this.#meters = options.meters ?? new BackendMeters();
  }

  /**
   * Opens the store in `folder`; `create` makes one if there is none. Rejects with BACKEND_LOCKED
   * when it is open already, here or in another process, and with BACKEND_CORRUPT when it should
   * exist and does not, or is not what this version writes. `shared` is for a folder that was lent to
   * this thread, see {@link lend}.
   */
  static async open(
    this: void,
    folder: string,
    mode: 'create' | 'existing' | 'shared',
    options: LevelBackendOptions = {},
  ): Promise<LevelBackend> {
    if (OPEN_FOLDERS.has(folder)) throw lockedError(folder);
    OPEN_FOLDERS.add(folder);
    const levelOptions = { ...LEVEL_OPTIONS, createIfMissing: mode === 'create' };
    const db = new Level<Uint8Array, Uint8Array>(folder, levelOptions) as Db;
    try {
      await db.open();
      if (mode === 'create') await layGround(db);
      checkFormat(db);
    } catch (error) {
      await db.close();
      OPEN_FOLDERS.delete(folder);
      throw openError(error, folder);
    }
    return new LevelBackend(db, folder, options);
  }

  getSync(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    return translated('read', () => {
      const at = rowKey(bucket, key);
      const value = this.#db.getSync(at);
      return value === undefined ? undefined : unsealed(at, value);
    });
  }

  getMany(
    bucket: Bucket,
    keys: readonly Uint8Array[],
    view?: BackendView,
  ): Promise<(Uint8Array | undefined)[]> {
    const rowKeys = keys.map((key) => rowKey(bucket, key));
    const options = snapshotOption(view);
    return translatedAsync('read', async () => {
      const values = await this.#db.getMany(rowKeys, options);
      return values.map((value, at) =>
        value === undefined ? undefined : unsealed(rowKeys[at] as Uint8Array, value),
      );
    });
  }

  batch(): BackendBatch {
    return translated('write', () => {
      const batch = this.#db.batch();
      return new LevelBatch(batch, {
        sync: this.#sync,
        meters: this.#meters,
        seal: this.#seal,
      });
    });
  }

  view(): BackendView {
    return translated('read', () => new LevelView(this.#db.snapshot(), this.#meters));
  }

  scan(options: ScanOptions): BackendCursor {
    const { bucket, from, to, reverse = false, view, isLong = false } = options;
    if (isLong) return new ThreadCursor(this, bucket);
    const range = {
      gte: from === undefined ? Uint8Array.of(bucket) : rowKey(bucket, from),
      lt: to === undefined ? Uint8Array.of(bucket + 1) : rowKey(bucket, to),
      reverse,
      highWaterMarkBytes: CURSOR_BYTES_MAX,
      ...snapshotOption(view),
    };
    return new LevelCursor(
      translated('read', () => this.#db.iterator<Uint8Array, Uint8Array>(range)),
    );
  }

  compact({ from, to }: BackendSpan): Promise<void> {
    const start = from === undefined ? FIRST_KEY : placeKey(from);
    const end = to === undefined ? LAST_KEY : placeKey(to);
    return translatedAsync('compact', () => this.#db.compactRange(start, end));
  }

  async sizeBytes(): Promise<number> {
    this.#assertOpen();
    let total = 0;
    for (const name of await this.#fileNames()) {
      // LevelDB removes files whenever it has merged some: one that is gone has no bytes.
      total += await stat(join(this.#folder, name)).then(
        (file) => file.size,
        () => 0,
      );
    }
    return total;
  }

  async #fileNames(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      // The folder of a former state is removed.
      this.#assertOpen();
      throw backendError(error);
    }
  }

  /** It counts as a view that is open. */
  lend(borrower: Borrower): string {
    this.#assertOpen();
    this.#borrowers.add(borrower);
    this.#meters.openViews++;
    return this.#folder;
  }

  takeBack(borrower: Borrower): void {
    if (this.#borrowers.delete(borrower)) this.#meters.openViews--;
  }

  /** Recalls the store from whom it is lent to. */
  close(): Promise<void> {
    return translatedAsync('close', async () => {
      await Promise.all([...this.#borrowers].map((borrower) => borrower.recall()));
      await this.#db.close();
      OPEN_FOLDERS.delete(this.#folder);
    });
  }

  #assertOpen(): void {
    if (this.#db.status !== 'open') throw new BackendError('BACKEND_CLOSED', 'backend is closed');
  }
}

/**
 * Puts a first table below all that will be written, with two rows in it that no bucket shows.
 *
 * LevelDB rids a table of removed rows when it merges it into a lower level. The first one would
 * go to the lowest level at once, where nothing is merged any more, together with all that was
 * written and removed again before: in a small store, that is everything.
 */
async function layGround(db: Db): Promise<void> {
  await db.batch().put(FIRST_KEY, ROW_FORMAT).put(LAST_KEY, EMPTY_BYTES).write();
  await db.compactRange(FIRST_KEY, LAST_KEY);
}

/** Throws BACKEND_CORRUPT. */
function checkFormat(db: Db): void {
  const format = db.getSync(FIRST_KEY);
  if (format !== undefined && equalBytes(format, ROW_FORMAT)) return;
  const message = 'it is damaged, or of a version whose rows had no checksums';
  throw new BackendError('BACKEND_CORRUPT', message);
}

class LevelView implements BackendView {
  readonly snapshot: Snapshot;
  readonly #meters: BackendMeters;
  #isOpen = true;

  constructor(snapshot: Snapshot, meters: BackendMeters) {
    this.snapshot = snapshot;
    this.#meters = meters;
    meters.openViews++;
  }

  close(): Promise<void> {
    if (this.#isOpen) this.#meters.openViews--;
    this.#isOpen = false;
    return translatedAsync('close', () => this.snapshot.close());
  }
}

class LevelBatch implements BackendBatch {
  readonly #batch: ReturnType<Db['batch']>;
  readonly #meters: BackendMeters;
  #operations = 0;
  /** The row key of the last operation: LevelDB copies it, so one of the same length reuses it. */
  #key = new Uint8Array(0);
  readonly #sync: boolean;
  readonly #seal: RowSeal;

  constructor(
    batch: ReturnType<Db['batch']>,
    { sync, meters, seal }: { sync: boolean; meters: BackendMeters; seal: RowSeal },
  ) {
    this.#batch = batch;
    this.#sync = sync;
    this.#meters = meters;
    this.#seal = seal;
  }

  get operations(): number {
    return this.#operations;
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    try {
      // LevelDB copies both.
      const at = this.#rowKey(bucket, key);
      this.#batch.put(at, this.#seal.sealed(at, value));
    } catch (error) {
      throw backendError(error);
    }
    this.#operations++;
  }

  remove(bucket: Bucket, key: Uint8Array): void {
    try {
      this.#batch.del(this.#rowKey(bucket, key));
    } catch (error) {
      throw backendError(error);
    }
    this.#operations++;
  }

  commit(): Promise<void> {
    return translatedAsync('write', async () => {
      const startMs = performance.now();
      await this.#batch.write({ sync: this.#sync });
      this.#meters.commitSeconds.observe((performance.now() - startMs) / 1000);
    });
  }

  discard(): Promise<void> {
    return translatedAsync('close', () => this.#batch.close());
  }

  #rowKey(bucket: Bucket, key: Uint8Array): Uint8Array {
    if (this.#key.length !== key.length + 1) this.#key = new Uint8Array(key.length + 1);
    this.#key[0] = bucket;
    this.#key.set(key, 1);
    return this.#key;
  }
}

class LevelCursor implements BackendCursor {
  readonly #iterator: RowIterator;

  constructor(iterator: RowIterator) {
    this.#iterator = iterator;
  }

  next(rowsMax: number): Promise<BackendRow[]> {
    return translatedAsync('read', async () => {
      const entries = await this.#iterator.nextv(rowsMax);
      return entries.map(([key, value]) => ({
        key: keyOf(key),
        value: unsealed(key, value),
      }));
    });
  }

  close(): Promise<void> {
    return translatedAsync('close', () => this.#iterator.close());
  }
}

function rowKey(bucket: Bucket, key: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(key.length + 1);
  bytes[0] = bucket;
  bytes.set(key, 1);
  return bytes;
}

function placeKey({ bucket, key = EMPTY_BYTES }: BackendPlace): Uint8Array {
  return rowKey(bucket, key);
}

/** LevelDB answers with Buffers, whose `slice` does not copy: no Buffer leaves this file. */
function keyOf(row: Uint8Array): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset + 1, row.length - 1);
}

function snapshotOption(view: BackendView | undefined): { snapshot?: Snapshot } {
  if (view === undefined) return {};
  assert(view instanceof LevelView, 'a view belongs to the backend that made it');
  return { snapshot: view.snapshot };
}

function openError(error: unknown, folder: string): BackendError {
  // Opening always fails with LEVEL_DATABASE_NOT_OPEN; the reason is its cause.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (levelCode(cause) === 'LEVEL_LOCKED') return lockedError(folder, cause);
  const failed = backendError(cause);
  return new BackendError(failed.code, `cannot open ${folder}: ${failed.message}`, cause);
}

/** LevelDB names the file and what the system said of it, but not what was being done. */
function operationError(operation: string, error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  const { code, message } = backendError(error);
  const isClosed = code === 'BACKEND_CLOSED';
  return new BackendError(code, isClosed ? message : `backend: ${operation}: ${message}`, error);
}

function lockedError(folder: string, cause?: unknown): BackendError {
  return new BackendError('BACKEND_LOCKED', `${folder} is in use by another process`, cause);
}

function backendError(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new BackendError(errorCode(levelCode(error), message), message, error);
}

function errorCode(level: string | undefined, message: string): BackendErrorCode {
  switch (level) {
    case 'LEVEL_LOCKED':
      return 'BACKEND_LOCKED';
    case 'LEVEL_CORRUPTION':
      return 'BACKEND_CORRUPT';
    case 'LEVEL_DATABASE_NOT_OPEN':
    case 'LEVEL_ITERATOR_NOT_OPEN':
    case 'LEVEL_SNAPSHOT_NOT_OPEN':
    case 'LEVEL_BATCH_NOT_OPEN':
      return 'BACKEND_CLOSED';
    default:
      // Synchronous calls carry LevelDB's status as text only, and so does the refusal to create.
      return /^(Corruption|Invalid argument): /.test(message) ? 'BACKEND_CORRUPT' : 'BACKEND_IO';
  }
}

function levelCode(error: unknown): string | undefined {
  const hasCode = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return hasCode ? (error.code as string) : undefined;
}

function translated<T>(operation: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw operationError(operation, error);
  }
}

async function translatedAsync<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw operationError(operation, error);
  }
}
