/**
 * The write buffer on the fake backend against a list of all rows ever written, with flushes,
 * commits, pins and crashes at random moments: reads see every applied write exactly once, and a
 * crash leaves whole entries up to consistent_index.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bucket } from '../../../src/base/ports/backend.ts';
import { loadMeta } from '../../../src/mvcc/backend/meta.ts';
import { RevisionGaps } from '../../../src/mvcc/backend/revision-gaps.ts';
import { readRevisionKey, revisionKey } from '../../../src/mvcc/backend/revision-key.ts';
import type { HistoryRow } from '../../../src/mvcc/ports.ts';
import { type PinnedState, WriteBuffer } from '../../../src/mvcc/write-buffer.ts';
import { MemoryBackend } from '../../sim/memory-backend.ts';

/** Small, so that kept runs are dropped in most runs. */
const KEPT_BYTES = 6_000;

const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('entry'), rows: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('answer') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('show') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove'), pick: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pin') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unpin') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash') }) },
);

type Command = { kind: string; rows?: number; pick?: number };

interface ModelRow {
  readonly index: number;
  readonly row: HistoryRow;
  /** Removed by compaction: reads may see it still, or not. */
  isRemoved: boolean;
}

function nameOf({ main, sub, tombstone, kv }: HistoryRow): string {
  return `${main}/${sub}${tombstone ? 't' : ''}=${kv.join()}`;
}

class Run {
  #backend: MemoryBackend;
  #buffer: WriteBuffer;
  #rows: ModelRow[] = [];
  #index = 0;
  #main = 1;
  #pins: { pin: PinnedState; expected: string[]; mayShow: Set<string> }[] = [];

  static async start(): Promise<Run> {
    const backend = await MemoryBackend.open();
    return new Run(backend, await bufferOn(backend));
  }

  private constructor(backend: MemoryBackend, buffer: WriteBuffer) {
    this.#backend = backend;
    this.#buffer = buffer;
    this.#backend.holdCommits = true;
  }

  async step(next: Command): Promise<void> {
    if (next.kind === 'entry') this.#applyEntry(next.rows ?? 0);
    if (next.kind === 'flush') void this.#buffer.flush();
    if (next.kind === 'show' && this.#backend.heldCommits > 0) this.#backend.showCommit();
    if (next.kind === 'answer' && this.#backend.heldCommits > 0) this.#backend.answerCommit();
    if (next.kind === 'remove') this.#remove(next.pick ?? 0);
    if (next.kind === 'pin') this.#pins.push(this.#pin());
    if (next.kind === 'unpin') await this.#pins.shift()?.pin.close();
    if (next.kind === 'crash') await this.#crash();
    await new Promise((resolve) => setImmediate(resolve));
  }

  async check(): Promise<void> {
    this.#buffer.checkInvariants();
    this.#checkMemory();
    const now = this.#pin();
    for (const { pin, expected, mayShow } of [...this.#pins, now]) {
      const seen = await this.#readAll(pin);
      assert.equal(new Set(seen).size, seen.length, 'a row shows twice');
      assert.deepEqual(
        seen.filter((name) => !mayShow.has(name)),
        expected,
      );
    }
    await now.pin.close();
  }

  #applyEntry(rows: number): void {
    this.#index++;
    if (rows > 0) this.#main++;
    for (let sub = 0; sub < rows; sub++) {
      const kv = new Uint8Array((this.#main * 31 + sub) % 400).fill(this.#main);
      const row = { main: this.#main, sub, tombstone: (this.#main + sub) % 4 === 0, kv };
      this.#buffer.putRevision(row);
      this.#rows.push({ index: this.#index, row, isRemoved: false });
    }
    this.#buffer.setApplied(this.#index, 1);
  }

  #remove(pick: number): void {
    const chosen = this.#rows[pick % Math.max(1, this.#rows.length)];
    if (chosen === undefined || chosen.isRemoved) return;
    chosen.isRemoved = true;
    this.#buffer.removeRevision(chosen.row);
  }

  #pin() {
    return {
      pin: this.#buffer.pin(),
      expected: this.#rows.filter((each) => !each.isRemoved).map((each) => nameOf(each.row)),
      mayShow: new Set(this.#rows.filter((each) => each.isRemoved).map((each) => nameOf(each.row))),
    };
  }

  /** All rows by way of a pin, as a scan reads them. */
  async #readAll(pin: PinnedState): Promise<string[]> {
    const to = revisionKey(pin.unflushedFrom, 0);
    const cursor = this.#backend.scan({ bucket: Bucket.key, to, view: pin.view });
    const stored = await cursor.next(100_000);
    await cursor.close();
    const unflushed = pin.unflushed(0, Number.MAX_SAFE_INTEGER);
    for (const row of unflushed) assert.deepEqual(pin.row(row.main, row.sub), row);
    const fromView = stored.map(({ key, value }) => ({ ...readRevisionKey(key), kv: value }));
    return [...fromView, ...unflushed].map(nameOf);
  }

  #checkMemory(): void {
    const from = this.#buffer.memoryFrom;
    const held = this.#buffer.rowsInMemory(from, Number.MAX_SAFE_INTEGER);
    assert.deepEqual(
      held.map(nameOf),
      this.#rows.filter(({ row }) => row.main >= from).map(({ row }) => nameOf(row)),
    );
    for (const { row } of this.#rows) {
      const found = this.#buffer.row(row.main, row.sub);
      assert.deepEqual(found, row.main >= from ? row : undefined);
    }
  }

  async #crash(): Promise<void> {
    const { durableIndex } = this.#buffer;
    for (const { pin } of this.#pins) await pin.close();
    this.#pins = [];
    this.#backend = await MemoryBackend.open(this.#backend.crash());
    this.#backend.holdCommits = true;
    this.#buffer = await bufferOn(this.#backend);
    const { appliedIndex } = this.#buffer;
    assert.ok(appliedIndex >= durableIndex, 'what was durable has survived');
    this.#index = appliedIndex;
    this.#rows = this.#rows.filter((each) => each.index <= appliedIndex);
    this.#main = this.#rows.at(-1)?.row.main ?? 1;
    // Which removals were in the batches that survived, the disk says.
    this.#rows = this.#rows.filter(({ row, isRemoved }) => !isRemoved || this.#isStored(row));
    for (const each of this.#rows) each.isRemoved = false;
  }

  #isStored({ main, sub, tombstone }: HistoryRow): boolean {
    return this.#backend.getSync(Bucket.key, revisionKey(main, sub, tombstone)) !== undefined;
  }
}

async function bufferOn(backend: MemoryBackend): Promise<WriteBuffer> {
  return new WriteBuffer(await loadMeta(backend), backend, {
    batchOperationsMax: 1000,
    batchBytesMax: 100_000,
    keptBytesMax: KEPT_BYTES,
  });
}

function seed(): number {
  return Number(process.env['SEED'] ?? 20_251_120);
}

test('write buffer: any order of writes, flushes, pins and crashes -> each row exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60, size: 'max' }), async (commands) => {
      const run = await Run.start();
      for (const each of commands) {
        await run.step(each);
        await run.check();
      }
    }),
    { seed: seed(), numRuns: 120 },
  );
});

test('write buffer: any batch lost but the last ones -> the start refuses', async () => {
  const entries = fc.array(fc.record({ rows: fc.nat(2), flush: fc.boolean() }), {
    minLength: 1,
    size: '+1',
  });
  await fc.assert(
    fc.asyncProperty(entries, fc.nat(), async (plan, pick) => {
      const backend = await MemoryBackend.open();
      const buffer = await bufferOn(backend);
      let main = 1;
      for (const [at, { rows, flush }] of plan.entries()) {
        if (rows > 0) main++;
        for (let sub = 0; sub < rows; sub++) {
          buffer.putRevision({ main, sub, tombstone: false, kv: Uint8Array.of(at) });
        }
        buffer.setApplied(at + 1, 1);
        if (flush) await buffer.flush();
      }
      await buffer.flush();
      const disk = backend.crash();
      const lost = pick % disk.batches.length;
      const isLast = lost === disk.batches.length - 1;
      disk.dropBatch(lost);
      const again = await MemoryBackend.open(disk);
      if (!isLast) return assert.rejects(loadMeta(again), { code: 'BACKEND_CORRUPT' });
      const { consistentIndex } = await loadMeta(again);
      assert.ok(consistentIndex < plan.length);
      const gaps = new RevisionGaps(undefined);
      const cursor = again.scan({ bucket: Bucket.key });
      for (const { key } of await cursor.next(10_000)) gaps.accept(readRevisionKey(key).main);
    }),
    { seed: seed(), numRuns: 100 },
  );
});
