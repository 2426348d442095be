/**
 * HashKV against a list of all rows ever written: whatever is written, flushed, compacted or
 * lost in a crash while a hash is taken slice by slice, it is that of the revision (MVCC-I8).
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { concatBytes, fromLatin1 } from '../../../src/base/bytes.ts';
import { crc32c } from '../../../src/base/crc32c.ts';
import { revisionKey } from '../../../src/mvcc/backend/revision-key.ts';
import { MvccError, type Outcome } from '../../../src/mvcc/errors.ts';
import type { StoreHash } from '../../../src/mvcc/hash/hashes.ts';
import { KeyValue } from '../../../src/pb/index.ts';
import { deleteOf, putOf } from '../../support/mvcc/requests.ts';
import { StoreHarness, turn } from '../../support/mvcc/store-harness.ts';
import { type ModelChange, StoreModel } from '../../support/mvcc/store-model.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);

type Command =
  | { readonly put: string }
  | { readonly delete: string }
  | { readonly compactBack: number }
  | { readonly hashBack: number }
  | { readonly event: 'flush' | 'step' | 'settle' | 'restart' };

const key = fc.constantFrom('a', 'b', 'c', 'd');
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ put: key }) },
  { weight: 4, arbitrary: fc.record({ delete: fc.oneof(key, fc.constant('')) }) },
  { weight: 2, arbitrary: fc.record({ compactBack: fc.constantFrom(0, 0, 1, 3) }) },
  { weight: 4, arbitrary: fc.record({ hashBack: fc.nat(6) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      event: fc.constantFrom('flush', 'step', 'step', 'step', 'step', 'settle', 'restart'),
    }),
  },
);

const bytesOf = ({ main, sub, key: name, kv }: ModelChange): Uint8Array =>
  concatBytes([
    revisionKey(main, sub, kv === undefined),
    KeyValue.encode(kv ?? KeyValue.create({ key: fromLatin1(name) })),
  ]);

/** etcd's rule on the rows that a settled compaction at `floor` leaves, with the keep set as a set. */
function expectedHash(changes: readonly ModelChange[], floor: number, revision: number): number {
  const newestAt = (bound: number): Map<string, ModelChange> =>
    new Map(changes.filter(({ main }) => main <= bound).map((row) => [row.key, row]));
  const left = new Set(newestAt(floor).values());
  const kept = new Set([...newestAt(revision).values()].filter(({ kv }) => kv !== undefined));
  const counted = changes.filter((row) => {
    const isTombstone = row.kv === undefined;
    if (row.main > revision) return false;
    if (row.main > floor) return true;
    if (isTombstone || !left.has(row)) return false;
    return kept.size === 0 || kept.has(row);
  });
  return crc32c(concatBytes([fromLatin1('key'), ...counted.map(bytesOf)]));
}

class Run {
  readonly #harness: StoreHarness;
  readonly #model = new StoreModel();
  #answers: Promise<void>[] = [];
  readonly seen: Map<string, number>;

  constructor(harness: StoreHarness, seen: Map<string, number>) {
    this.#harness = harness;
    this.seen = seen;
    harness.now.turns.hold();
  }

  async do(step: Command): Promise<void> {
    const { current } = this.#model;
    if ('put' in step) {
      this.#model.put(putOf(step.put, `${current}`));
      this.#harness.put(step.put, `${current}`);
    } else if ('delete' in step) {
      const request = step.delete === '' ? deleteOf('\0', '\0') : deleteOf(step.delete);
      this.#model.deleteRange(request);
      this.#harness.apply({ deleteRange: request });
    } else if ('compactBack' in step) {
      const revision = Math.max(1, current - step.compactBack);
      this.#model.compact(revision);
      this.#harness.compact(revision);
    } else if ('hashBack' in step) this.#hash(Math.max(0, current - step.hashBack));
    else await this.#event(step.event);
    await turn();
  }

  #hash(revision: number): void {
    const { store } = this.#harness;
    const { changes } = this.#model;
    this.#answers.push(
      store.hashKv(revision).then((outcome) => this.#check(outcome, changes, revision)),
    );
  }

  #check(outcome: Outcome<StoreHash>, changes: readonly ModelChange[], asked: number): void {
    if (outcome instanceof MvccError) {
      assert.equal(outcome.code, 'MVCC_COMPACTED');
      this.#saw('refused');
      return;
    }
    if (asked > 0) assert.equal(outcome.revision, asked);
    const { compactRevision: floor, revision } = outcome;
    const isLive = this.#model.stateAt(revision).length > 0;
    // While rows are being removed below the floor, those that are still there count if none is
    // kept: as in etcd, members may differ then.
    if (!isLive && floor > 0) return this.#saw('nothing kept');
    assert.equal(outcome.hash, expectedHash(changes, floor, revision));
    this.#saw(floor > 0 ? 'above a floor' : 'without a floor');
  }

  #saw(path: string): void {
    this.seen.set(path, (this.seen.get(path) ?? 0) + 1);
  }

  async #event(event: string): Promise<void> {
    const { buffer, turns } = this.#harness.now;
    if (event === 'flush') await buffer.flush();
    if (event === 'step') await turns.step();
    if (event === 'settle') await this.#settle();
    if (event === 'restart') {
      this.#answers = [];
      await this.#harness.restart();
      this.#harness.now.turns.hold();
    }
  }

  async #settle(): Promise<void> {
    const { turns, store } = this.#harness.now;
    turns.release();
    await Promise.all(this.#answers);
    this.#answers = [];
    await store.compactionsSettled();
    store.checkInvariants();
    turns.hold();
  }

  async finish(): Promise<void> {
    await this.#settle();
    this.#harness.now.turns.release();
    const { compactRev, current, changes } = this.#model;
    for (let revision = Math.max(1, compactRev + 1); revision <= current; revision++) {
      const outcome = await this.#harness.store.hashKv(revision);
      assert.ok(!(outcome instanceof MvccError));
      assert.equal(outcome.hash, expectedHash(changes, compactRev, revision));
    }
    this.#checkBytes();
    await this.#harness.close();
  }

  /** What the store says of its size is what lies on disk, flushed or not. */
  #checkBytes(): void {
    const { compactRev, changes } = this.#model;
    const newest = new Map<string, ModelChange>();
    for (const change of changes) if (change.main <= compactRev) newest.set(change.key, change);
    let bytes = 0;
    for (const change of changes) {
      const isLeft =
        newest.get(change.key) === change &&
        (change.kv !== undefined || change.main === compactRev);
      if (change.main > compactRev || isLeft) bytes += bytesOf(change).length;
    }
    assert.equal(this.#harness.store.rowBytes, bytes);
  }
}

it('HashKV: random writes, compactions and crashes around it -> the model agrees (MVCC-I8)', async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 15, maxLength: 60, size: 'max' }),
      async (commands) => {
        const harness = await StoreHarness.open({
          store: { compactionBatchLimit: 2, sliceKeysMax: 1 },
          buffer: { batchOperationsMax: 20, batchBytesMax: 2000, keptBytesMax: 600 },
        });
        const run = new Run(harness, seen);
        for (const step of commands) await run.do(step);
        await run.finish();
      },
    ),
    { seed: SEED, numRuns: 150 },
  );
  assert.deepEqual([...seen.keys()].sort(), [
    'above a floor',
    'nothing kept',
    'refused',
    'without a floor',
  ]);
});
