import assert from 'node:assert/strict';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import type { Revision } from '../../../src/base/ids.ts';
import type { Change, ChangeSink, History, HistoryRow } from '../../../src/mvcc/ports.ts';
import { KeyValue } from '../../../src/pb/index.ts';

/** One write of a transaction; a put has a value. */
export interface Write {
  readonly key: string;
  readonly value?: string;
}

interface Row extends HistoryRow {
  readonly key: string;
}

/**
 * A store of a few arrays that drives a watch hub as the real one does. Reads of revisions
 * below `memoryFrom` answer later, when {@link answerReads} is called, and from what the store
 * holds at that time: the least that the port promises.
 */
export class FakeStore implements History {
  currentRevision: Revision = 1;
  compactRevision: Revision = -1;
  /** Reads from here on answer at once. */
  memoryFrom: Revision = 0;
  /** Thrown by the next reads, when set. */
  failure: Error | undefined;
  #rows: Row[] = [];
  readonly #waiting: (() => void)[] = [];

  /** Another store that holds the same, all of it on disk. */
  copy(): FakeStore {
    const copy = new FakeStore();
    copy.currentRevision = this.currentRevision;
    copy.compactRevision = this.compactRevision;
    copy.memoryFrom = this.currentRevision + 1;
    copy.#rows = [...this.#rows];
    return copy;
  }

  get readsWaiting(): number {
    return this.#waiting.length;
  }

  /** Writes in one transaction and tells `sink`, as the store does. */
  commit(writes: readonly Write[], sink?: ChangeSink): Revision {
    const main = this.currentRevision + 1;
    const changes: Change[] = [];
    for (const [sub, write] of writes.entries()) {
      const { key } = write;
      const keyBytes = fromLatin1(key);
      const interest = sink?.interest(keyBytes) ?? 'none';
      const former = this.valueAt(key, main);
      const row = newRow(write, { main, sub }, former);
      this.#rows.push(row);
      if (interest === 'none') continue;
      changes.push({
        type: row.tombstone ? 'delete' : 'put',
        key: keyBytes,
        kv: row.tombstone
          ? KeyValue.encode(KeyValue.create({ key: keyBytes, modRevision: main }))
          : row.kv,
        prevKv: interest === 'event-with-prev' ? former : undefined,
      });
    }
    this.currentRevision = main;
    sink?.committed(main, changes);
    return main;
  }

  compact(revision: Revision, sink?: ChangeSink): void {
    this.compactRevision = revision;
    const newest = new Map<string, Row>();
    for (const row of this.#rows) if (row.main <= revision) newest.set(row.key, row);
    this.#rows = this.#rows.filter(
      (row) =>
        row.main > revision ||
        (newest.get(row.key) === row && !(row.tombstone && row.main < revision)),
    );
    sink?.compacted(revision);
  }

  changes(
    from: Revision,
    to: Revision,
    revisionsMax: number,
  ): HistoryRow[] | Promise<HistoryRow[]> {
    assert.ok(from >= this.compactRevision && from <= to && revisionsMax > 0);
    const cut = from + revisionsMax - 1;
    return this.#answer(from, () => {
      // As the real store: it cuts by number, and a compaction meanwhile leaves fewer of them.
      const last = Math.min(to, cut);
      return this.#rows.filter((row) => row.main >= from && row.main <= last);
    });
  }

  valuesAt(
    lookups: readonly { key: Uint8Array; revision: Revision }[],
  ): (Uint8Array | undefined)[] | Promise<(Uint8Array | undefined)[]> {
    const lowest = Math.min(...lookups.map(({ revision }) => revision));
    return this.#answer(lowest, () =>
      lookups.map(({ key, revision }) =>
        revision < this.compactRevision ? undefined : this.valueAt(latin1(key), revision),
      ),
    );
  }

  /** Answers the reads that wait, and lets what waits for them run. */
  async answerReads(): Promise<void> {
    for (const answer of this.#waiting.splice(0)) answer();
    await new Promise((resolve) => setImmediate(resolve));
  }

  valueAt(key: string, revision: Revision): Uint8Array | undefined {
    const row = this.#rows.findLast((found) => found.key === key && found.main <= revision);
    return row === undefined || row.tombstone ? undefined : row.kv;
  }

  #answer<T>(from: Revision, read: () => T): T | Promise<T> {
    const answer = (): T => {
      if (this.failure !== undefined) throw this.failure;
      return read();
    };
    if (from >= this.memoryFrom) return answer();
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(answer);
  }
}

function newRow(
  { key, value }: Write,
  { main, sub }: { main: Revision; sub: number },
  former: Uint8Array | undefined,
): Row {
  const keyBytes = fromLatin1(key);
  if (value === undefined) {
    const kv = KeyValue.encode(KeyValue.create({ key: keyBytes }));
    return { key, main, sub, tombstone: true, kv };
  }
  const before = former === undefined ? undefined : KeyValue.decode(former);
  const kv = KeyValue.create({
    key: keyBytes,
    value: fromLatin1(value),
    createRevision: before?.createRevision ?? main,
    modRevision: main,
    version: (before?.version ?? 0) + 1,
  });
  return { key, main, sub, tombstone: false, kv: KeyValue.encode(kv) };
}
