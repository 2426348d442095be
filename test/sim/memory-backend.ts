/**
 * The backend port in memory, with the faults of the real one under the test's control: commits
 * that take long, fail or are lost in a crash, and batches that vanish from a damaged log.
 */
import { assert, defined } from '../../src/base/assert.ts';
import { copyBytes, fromLatin1, latin1 } from '../../src/base/bytes.ts';
import {
  type Backend,
  type BackendBatch,
  type BackendCursor,
  BackendError,
  type BackendPlace,
  type BackendRow,
  type BackendSpan,
  type BackendView,
  type Bucket,
  type ScanOptions,
} from '../../src/base/ports/backend.ts';

/** A row key, bucket number first, and its new value; undefined = removed. */
interface Operation {
  readonly rowKey: string;
  readonly value: Uint8Array | undefined;
}

/** Rows by latin1 of bucket number and key. Never changed once a view can see it. */
type Rows = Map<string, Uint8Array>;

/** What survives a crash: the batches on disk, in order. Several backends may open it in turn. */
export class MemoryBackendDisk {
  readonly batches: (readonly Operation[])[] = [];
  lockedBy: MemoryBackend | undefined;

  /** The same batches on a disk of its own, which nobody has open. */
  copy(): MemoryBackendDisk {
    const copy = new MemoryBackendDisk();
    copy.batches.push(...this.batches);
    return copy;
  }

  /** What the batches add up to, by latin1 of bucket number and key. */
  rows(): ReadonlyMap<string, Uint8Array> {
    const rows: Rows = new Map();
    for (const operations of this.batches) applyTo(rows, operations);
    return rows;
  }

  /** Keeps the first `count` batches only. */
  keepBatches(count: number): void {
    assert(count <= this.batches.length, 'there are so many batches');
    this.batches.length = count;
  }

  /** Removes one batch (0 = first), as LevelDB does with a damaged record of its log. */
  dropBatch(index: number): void {
    assert(index >= 0 && index < this.batches.length, 'there is such a batch');
    this.batches.splice(index, 1);
  }
}

/** A commit under way, when `holdCommits` is set: first it becomes visible, then it is answered. */
interface HeldCommit {
  readonly operations: readonly Operation[];
  readonly answer: () => void;
  readonly refuse: (error: BackendError) => void;
  isVisible: boolean;
}

export class MemoryBackend implements Backend {
  /** When set, commits wait for {@link showCommit} and {@link answerCommit}. */
  holdCommits = false;
  /** Called when a commit begins to wait. */
  onHeld: () => void = () => undefined;
  /** Views that are not closed. */
  openViews = 0;

  readonly #disk: MemoryBackendDisk;
  readonly #held: HeldCommit[] = [];
  #rows: Rows = new Map();
  #rowsAreShared = false;
  /** Bytes of removed and replaced rows by their row key, until {@link compact}. */
  readonly #garbage = new Map<string, number>();
  #isClosed = false;
  #commitsUntilFailure = Number.POSITIVE_INFINITY;

  private constructor(disk: MemoryBackendDisk) {
    this.#disk = disk;
    for (const operations of disk.batches) this.#apply(operations);
  }

  /** Rejects with BACKEND_LOCKED when the disk is open. */
  static async open(disk: MemoryBackendDisk = new MemoryBackendDisk()): Promise<MemoryBackend> {
    if (disk.lockedBy !== undefined) throw new BackendError('BACKEND_LOCKED', 'disk is in use');
    const backend = new MemoryBackend(disk);
    disk.lockedBy = backend;
    return backend;
  }

  /** The nth commit from now (1 = the next) fails with BACKEND_IO, without being written. */
  failCommit(nth: number): void {
    this.#commitsUntilFailure = nth;
  }

  /** Commits that are waiting. */
  get heldCommits(): number {
    return this.#held.length;
  }

  /** Makes the oldest held commit visible to reads and durable, without answering it. */
  showCommit(): void {
    const commit = defined(this.#held[0], 'a commit is held');
    if (commit.isVisible) return;
    commit.isVisible = true;
    this.#write(commit.operations);
  }

  /** Answers the oldest held commit, showing it first. */
  answerCommit(): void {
    this.showCommit();
    defined(this.#held.shift(), 'a commit is held').answer();
  }

  /** Fails the oldest held commit; what it has shown stays on disk. */
  refuseCommit(): void {
    const refused = new BackendError('BACKEND_IO', 'disk failed');
    defined(this.#held.shift(), 'a commit is held').refuse(refused);
  }

  /** Ends this backend as kill -9 does: commits under way are lost unless they were shown. */
  crash(): MemoryBackendDisk {
    this.#isClosed = true;
    this.#held.length = 0;
    this.#disk.lockedBy = undefined;
    return this.#disk;
  }

  getSync(bucket: Bucket, key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return ownedCopy(this.#rows.get(rowKey(bucket, key)));
  }

  async getMany(
    bucket: Bucket,
    keys: readonly Uint8Array[],
    view?: BackendView,
  ): Promise<(Uint8Array | undefined)[]> {
    this.#assertOpen();
    const rows = view === undefined ? this.#rows : rowsOf(view);
    return keys.map((key) => ownedCopy(rows.get(rowKey(bucket, key))));
  }

  batch(): BackendBatch {
    this.#assertOpen();
    return new MemoryBatch((operations) => this.#commit(operations));
  }

  view(): BackendView {
    this.#assertOpen();
    this.#rowsAreShared = true;
    this.openViews++;
    return new MemoryView(this.#rows, () => this.openViews--);
  }

  scan(options: ScanOptions): BackendCursor {
    this.#assertOpen();
    const rows = options.view === undefined ? this.#rows : rowsOf(options.view);
    return new MemoryCursor(selectRows(rows, options), () => this.#assertOpen());
  }

  async compact({ from, to }: BackendSpan): Promise<void> {
    this.#assertOpen();
    const start = from === undefined ? '' : placeKey(from);
    const end = to === undefined ? '\u00ff' : placeKey(to);
    for (const key of this.#garbage.keys()) {
      if (key >= start && key < end) this.#garbage.delete(key);
    }
  }

  async sizeBytes(): Promise<number> {
    this.#assertOpen();
    let total = 0;
    for (const bytes of this.#garbage.values()) total += bytes;
    for (const [key, value] of this.#rows) total += key.length + value.length;
    return total;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#disk.lockedBy = undefined;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new BackendError('BACKEND_CLOSED', 'backend is closed');
  }

  async #commit(operations: readonly Operation[]): Promise<void> {
    this.#assertOpen();
    this.#commitsUntilFailure--;
    if (this.#commitsUntilFailure === 0) throw new BackendError('BACKEND_IO', 'disk failed');
    if (!this.holdCommits) {
      this.#write(operations);
      return;
    }
    await new Promise<void>((answer, refuse) => {
      this.#held.push({ operations, answer, refuse, isVisible: false });
      this.onHeld();
    });
  }

  #write(operations: readonly Operation[]): void {
    this.#disk.batches.push(operations);
    this.#apply(operations);
  }

  #apply(operations: readonly Operation[]): void {
    if (this.#rowsAreShared) this.#rows = new Map(this.#rows);
    this.#rowsAreShared = false;
    this.#countGarbage(operations);
    applyTo(this.#rows, operations);
  }

  /** Notes the bytes of rows that are about to be replaced or removed. */
  #countGarbage(operations: readonly Operation[]): void {
    const next = new Map<string, Uint8Array | undefined>();
    for (const { rowKey, value } of operations) {
      const former = next.has(rowKey) ? next.get(rowKey) : this.#rows.get(rowKey);
      if (former !== undefined) {
        const bytes = (this.#garbage.get(rowKey) ?? 0) + rowKey.length + former.length;
        this.#garbage.set(rowKey, bytes);
      }
      next.set(rowKey, value);
    }
  }
}

function applyTo(rows: Rows, operations: readonly Operation[]): void {
  for (const { rowKey, value } of operations) {
    if (value === undefined) rows.delete(rowKey);
    else rows.set(rowKey, value);
  }
}

class MemoryBatch implements BackendBatch {
  readonly #commit: (operations: readonly Operation[]) => Promise<void>;
  readonly #operations: Operation[] = [];
  #isOpen = true;

  constructor(commit: (operations: readonly Operation[]) => Promise<void>) {
    this.#commit = commit;
  }

  get operations(): number {
    return this.#operations.length;
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    this.#add({ rowKey: rowKey(bucket, key), value: copyBytes(value) });
  }

  remove(bucket: Bucket, key: Uint8Array): void {
    this.#add({ rowKey: rowKey(bucket, key), value: undefined });
  }

  async commit(): Promise<void> {
    this.#end();
    await this.#commit(this.#operations);
  }

  async discard(): Promise<void> {
    this.#isOpen = false;
  }

  #add(operation: Operation): void {
    if (!this.#isOpen) throw new BackendError('BACKEND_CLOSED', 'batch is closed');
    this.#operations.push(operation);
  }

  #end(): void {
    if (!this.#isOpen) throw new BackendError('BACKEND_CLOSED', 'batch is closed');
    this.#isOpen = false;
  }
}

class MemoryView implements BackendView {
  rows: Rows | undefined;
  readonly #onClose: () => void;

  constructor(rows: Rows, onClose: () => void) {
    this.rows = rows;
    this.#onClose = onClose;
  }

  async close(): Promise<void> {
    if (this.rows !== undefined) this.#onClose();
    this.rows = undefined;
  }
}

class MemoryCursor implements BackendCursor {
  #rows: BackendRow[] | undefined;
  readonly #assertOpen: () => void;

  constructor(rows: BackendRow[], assertOpen: () => void) {
    this.#rows = rows;
    this.#assertOpen = assertOpen;
  }

  async next(rowsMax: number): Promise<BackendRow[]> {
    this.#assertOpen();
    if (this.#rows === undefined) throw new BackendError('BACKEND_CLOSED', 'cursor is closed');
    return this.#rows.splice(0, rowsMax);
  }

  async close(): Promise<void> {
    this.#rows = undefined;
  }
}

function rowsOf(view: BackendView): Rows {
  assert(view instanceof MemoryView, 'a view belongs to the backend that made it');
  if (view.rows === undefined) throw new BackendError('BACKEND_CLOSED', 'view is closed');
  return view.rows;
}

function selectRows(rows: Rows, options: ScanOptions): BackendRow[] {
  const { bucket, from, to } = options;
  const start = from === undefined ? String.fromCharCode(bucket) : rowKey(bucket, from);
  const end = to === undefined ? String.fromCharCode(bucket + 1) : rowKey(bucket, to);
  const keys = [...rows.keys()].filter((key) => key >= start && key < end).sort();
  if (options.reverse === true) keys.reverse();
  return keys.map((key) => ({
    key: fromLatin1(key.slice(1)),
    value: copyBytes(defined(rows.get(key), 'selected from these rows')),
  }));
}

function rowKey(bucket: Bucket, key: Uint8Array): string {
  return String.fromCharCode(bucket) + latin1(key);
}

function placeKey({ bucket, key }: BackendPlace): string {
  return String.fromCharCode(bucket) + (key === undefined ? '' : latin1(key));
}

function ownedCopy(value: Uint8Array | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : copyBytes(value);
}
