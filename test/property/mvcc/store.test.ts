/**
 * The store against a list of all changes ever made, with a cache that holds a few rows, disk
 * commits that hang, compactions that advance slice by slice, and crashes.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { compareBytes, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { Bucket } from '../../../src/base/ports/backend.ts';
import { loadMeta } from '../../../src/mvcc/backend/meta.ts';
import { revisionKey } from '../../../src/mvcc/backend/revision-key.ts';
import { MvccError } from '../../../src/mvcc/errors.ts';
import { isReadTxn } from '../../../src/mvcc/txn/txn-request.ts';
import {
  CompactionRequest,
  Compare,
  DeleteRangeRequest,
  KeyValue,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
  type TxnResponse,
} from '../../../src/pb/index.ts';
import {
  type Entry,
  StoreHarness,
  turn,
  VALUE_BYTES_TINY,
} from '../../support/mvcc/store-harness.ts';
import { type ModelChange, StoreModel } from '../../support/mvcc/store-model.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);

const key = fc.constantFrom('a', 'aa', 'b', 'b\0', 'c', 'd', '\xff').map(fromLatin1);
const rangeEnd = fc.constantFrom('', '', '\0', 'b', 'c', 'e', 'a').map(fromLatin1);
/** Single keys, the whole keyspace, and spans of any kind, empty ones too. */
const bounds = fc.oneof(
  fc.record({ key, rangeEnd }),
  fc
    .constantFrom('\0', 'a', 'b')
    .map((from) => ({ key: fromLatin1(from), rangeEnd: fromLatin1('\0') })),
);
const value = fc
  .tuple(fc.constantFrom('', 'x', 'y', 'z'), fc.constantFrom(0, 1, 90))
  .map(([text, length]) => fromLatin1(text.padEnd(length, '.')));
const lease = fc.constantFrom(0n, 0n, 0n, 0n, 1n, 1n, -3n, 9n);
/** Relative to the current revision, or absolute when negative or zero. */
const revision = fc.constantFrom(0, 0, -1, 1, 2, 3, 5, 8, 13, 1000);

const put = fc
  .record({
    key,
    value,
    lease,
    prevKv: fc.boolean(),
    ignoreValue: fc.nat(5).map((n) => n === 0),
    ignoreLease: fc.nat(5).map((n) => n === 0),
  })
  .map((fields) => PutRequest.create(fields));
const deleteRange = fc
  .record({ key, rangeEnd, prevKv: fc.boolean() })
  .map((fields) => DeleteRangeRequest.create(fields));
const bound = fc.constantFrom(0, 3, 6, 12);
const filters = fc.record({
  minModRevision: bound,
  maxModRevision: bound,
  minCreateRevision: bound,
  maxCreateRevision: bound,
});
const range = fc
  .record({
    bounds,
    revision,
    limit: fc.constantFrom(0, 0, 1, 2, 4),
    sortOrder: fc.constantFrom(0, 0, 1, 2),
    sortTarget: fc.constantFrom(0, 0, 1, 2, 3, 4),
    keysOnly: fc.boolean(),
    countOnly: fc.constantFrom(false, false, true),
    filter: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, filters),
  })
  .map(({ bounds: keys, filter, ...fields }) =>
    RangeRequest.create({ ...keys, ...fields, ...filter }),
  );
const compare = fc
  .record({
    bounds,
    result: fc.constantFrom(0, 1, 2, 3, 7),
    operand: fc.oneof(
      fc.constantFrom(0, 1, 2, 5).map((version) => ({ target: 0, version })),
      fc.constantFrom(0, 2, 4, 8).map((createRevision) => ({ target: 1, createRevision })),
      fc.constantFrom(0, 2, 4, 8).map((modRevision) => ({ target: 2, modRevision })),
      value.map((given) => ({ target: 3, value: given })),
      lease.map((given) => ({ target: 4, lease: given })),
      fc.constantFrom({ target: 0 }, { target: 3 }, { target: 9 }),
    ),
  })
  .map(({ bounds: keys, operand, ...fields }) =>
    Compare.create({ ...keys, ...fields, ...operand }),
  );

const rangeOp = range.map((requestRange) => RequestOp.create({ requestRange }));
const { txn } = fc.letrec<{ txn: TxnRequest; op: RequestOp }>((tie) => ({
  op: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    rangeOp,
    put.map((requestPut) => RequestOp.create({ requestPut })),
    deleteRange.map((requestDeleteRange) => RequestOp.create({ requestDeleteRange })),
    tie('txn').map((requestTxn) => RequestOp.create({ requestTxn })),
  ),
  txn: fc
    .record({
      compare: fc.array(compare, { maxLength: 2 }),
      success: fc.array(tie('op'), { maxLength: 5 }),
      failure: fc.array(tie('op'), { maxLength: 3 }),
    })
    .map((fields) => TxnRequest.create(fields)),
}));
const readTxn = fc
  .record({
    compare: fc.array(compare, { maxLength: 2 }),
    success: fc.array(rangeOp, { maxLength: 3 }),
    failure: fc.array(rangeOp, { maxLength: 3 }),
  })
  .map((fields) => TxnRequest.create(fields));

type Command =
  | { readonly put: PutRequest }
  | { readonly deleteRange: DeleteRangeRequest }
  | { readonly txn: TxnRequest }
  | { readonly compactBack: number }
  | { readonly revoke: readonly Uint8Array[] }
  | { readonly range: RangeRequest }
  | { readonly readTxn: TxnRequest }
  | { readonly changesBack: number; readonly revisionsMax: number }
  | { readonly valuesBack: readonly number[] }
  | { readonly event: 'flush' | 'hold' | 'show' | 'answer' | 'step' | 'settle' | 'restart' };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ put }) },
  { weight: 1, arbitrary: fc.record({ deleteRange }) },
  { weight: 4, arbitrary: fc.record({ txn }) },
  { weight: 1, arbitrary: fc.record({ compactBack: fc.constantFrom(-1, 0, 0, 1, 3, 6) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      revoke: fc.array(key, { maxLength: 4 }).map((k) => k.sort(compareBytes)),
    }),
  },
  { weight: 6, arbitrary: fc.record({ range }) },
  { weight: 2, arbitrary: fc.record({ readTxn }) },
  {
    weight: 2,
    arbitrary: fc.record({ changesBack: fc.nat(12), revisionsMax: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 2, arbitrary: fc.record({ valuesBack: fc.array(fc.nat(12), { maxLength: 4 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      event: fc.constantFrom(
        'flush',
        'flush',
        'hold',
        'show',
        'answer',
        'step',
        'step',
        'step',
        'settle',
        'restart',
      ),
    }),
  },
);

/** Store and model side by side. */
class Run {
  readonly #harness: StoreHarness;
  readonly #model = new StoreModel();
  /** Reads that are not answered yet, each with a check of its answer. */
  #reads: Promise<void>[] = [];
  /** Which paths the run has taken, to show that the property exercises them. */
  readonly seen: Set<string>;

  constructor(harness: StoreHarness, seen: Set<string>) {
    this.#harness = harness;
    this.seen = seen;
    harness.now.turns.hold();
  }

  async do(step: Command): Promise<void> {
    if ('put' in step) this.#compare(this.#harness.apply(step), this.#model.put(step.put));
    else if ('deleteRange' in step) {
      this.#compare(this.#harness.apply(step), this.#model.deleteRange(step.deleteRange));
    } else if ('txn' in step) {
      const request = this.#resolved(step.txn);
      this.#compare(this.#harness.apply({ txn: request }), this.#model.txn(request));
    } else if ('revoke' in step) {
      const outcome = this.#harness.apply({ deleteKeys: step.revoke });
      assert.equal(outcome, this.#model.deleteKeys(step.revoke));
    } else if ('compactBack' in step) this.#compact(step.compactBack);
    else if ('range' in step) {
      const request = this.#resolvedRange(step.range);
      this.#read(this.#harness.store.range(request), this.#model.range(request));
    } else if ('readTxn' in step) this.#readTxn(this.#resolved(step.readTxn));
    else if ('changesBack' in step) await this.#changes(step.changesBack, step.revisionsMax);
    else if ('valuesBack' in step) await this.#values(step.valuesBack);
    else await this.#event(step.event);
    assert.equal(this.#harness.store.currentRevision, this.#model.current);
    assert.equal(this.#harness.store.compactRevision, this.#model.compactRev);
  }

  #compact(back: number): void {
    const revision = this.#model.current - back;
    const entry: Entry = { compact: CompactionRequest.create({ revision }) };
    const outcome = this.#harness.apply(entry);
    const expected = this.#model.compact(revision);
    if (outcome instanceof MvccError) assert.equal(outcome.code, expected);
    else assert.equal((outcome as TxnResponse).header?.revision, expected);
  }

  #compare(outcome: unknown, expected: unknown): void {
    assert.deepEqual(outcome instanceof MvccError ? outcome.code : outcome, expected);
  }

  /** Checks an answer against what the model says now, whenever it comes. */
  #read(answer: unknown, expected: unknown): void {
    if (!(answer instanceof Promise)) return this.#compare(answer, expected);
    this.seen.add('read from disk');
    this.#reads.push(answer.then((outcome) => this.#compare(outcome, expected)));
  }

  #readTxn(request: TxnRequest): void {
    assert.ok(isReadTxn(request));
    const expected = this.#model.txn(request);
    this.#read(this.#harness.store.readTxn(request), expected);
  }

  async #changes(back: number, revisionsMax: number): Promise<void> {
    const { current, compactRev, changes } = this.#model;
    const from = Math.max(2, compactRev + 1, current - back);
    const answer = this.#harness.store.changes(from, current, revisionsMax);
    if (answer instanceof Promise) this.seen.add('changes from disk');
    const rows = (await answer).map((row) => ({ ...row, kv: KeyValue.decode(row.kv) }));
    const to = Math.min(current, from + revisionsMax - 1);
    const expected = changes
      .filter(({ main }) => main >= from && main <= to)
      .map((change) => ({
        main: change.main,
        sub: change.sub,
        tombstone: change.kv === undefined,
        kv: change.kv ?? KeyValue.create({ key: fromLatin1(change.key) }),
      }));
    assert.deepEqual(normal(rows), normal(expected));
  }

  async #values(backs: readonly number[]): Promise<void> {
    const { current, compactRev } = this.#model;
    const lookups = backs.flatMap((back) =>
      ['a', 'b', 'd'].map((name) => ({ key: fromLatin1(name), revision: current - back })),
    );
    const answer = this.#harness.store.valuesAt(lookups);
    if (answer instanceof Promise) this.seen.add('values from disk');
    const expected = lookups.map((lookup) => {
      if (lookup.revision < compactRev) return undefined;
      const kv = this.#model.valueAt(latin1(lookup.key), lookup.revision);
      return kv === undefined ? undefined : KeyValue.encode(kv);
    });
    assert.deepEqual(await answer, expected);
  }

  async #event(event: string): Promise<void> {
    const { backend, buffer, turns } = this.#harness.now;
    if (event === 'hold') backend.holdCommits = true;
    if (event === 'flush') buffer.flush().catch(() => undefined);
    if (event === 'show' && backend.heldCommits > 0) backend.showCommit();
    if (event === 'answer' && backend.heldCommits > 0) backend.answerCommit();
    if (event === 'step') await turns.step();
    if (event === 'settle') await this.#settle();
    if (event === 'restart') {
      this.#reads = [];
      await this.#harness.restart();
      this.#harness.now.turns.hold();
      this.#checkLeases();
    }
    await turn();
  }

  /** Lets everything come to its end: commits, reads, compactions. */
  async #settle(): Promise<void> {
    const { backend, turns, store } = this.#harness.now;
    backend.holdCommits = false;
    turns.release();
    for (let round = 0; round < 3; round++) {
      while (backend.heldCommits > 0) backend.answerCommit();
      await turn();
    }
    await Promise.all(this.#reads);
    this.#reads = [];
    await store.compactionsSettled();
    store.checkInvariants();
    turns.hold();
  }

  #checkLeases(): void {
    const expected = new Map<string, bigint>();
    for (const kv of this.#model.stateAt(this.#model.current)) {
      if (kv.lease !== 0n) expected.set(latin1(kv.key), kv.lease);
    }
    assert.deepEqual(this.#harness.now.lessor.attached, expected);
  }

  /** Events hold the value from before the txn as the former one. */
  #checkEvents(): void {
    for (const { revision, changes } of this.#harness.now.sink.commits) {
      const expected = this.#model.changes
        .filter(({ main }) => main === revision)
        .map(({ key: name, kv }) => {
          const isCreate = kv?.createRevision === revision;
          const former = isCreate ? undefined : this.#model.valueAt(name, revision - 1);
          const deleted = KeyValue.create({ key: fromLatin1(name), modRevision: revision });
          return {
            type: kv === undefined ? 'delete' : 'put',
            key: fromLatin1(name),
            kv: KeyValue.encode(kv ?? deleted),
            prevKv: former === undefined ? undefined : KeyValue.encode(former),
          };
        });
      assert.deepEqual(changes, expected);
    }
  }

  /** Ends the run: everything settles, and the whole state is what the model says. */
  async finish(): Promise<void> {
    await this.#settle();
    this.#checkLeases();
    this.#checkEvents();
    const first = Math.max(1, this.#model.compactRev);
    for (let revision = first; revision <= this.#model.current; revision++) {
      const all = { key: fromLatin1('\0'), rangeEnd: fromLatin1('\0') };
      const request = RangeRequest.create({ ...all, revision });
      this.#read(this.#harness.store.range(request), this.#model.range(request));
    }
    await this.#settle();
    await this.#checkDisk();
    await this.#harness.close();
  }

  /** Compaction leaves all above the floor, and of each key what can be read at the floor. */
  async #checkDisk(): Promise<void> {
    const { backend, buffer } = this.#harness.now;
    await buffer.flush();
    const { compactRev, changes } = this.#model;
    const newest = new Map<string, ModelChange>();
    for (const change of changes) if (change.main <= compactRev) newest.set(change.key, change);
    const expected = changes
      .filter((change) => {
        if (change.main > compactRev) return true;
        const isTombstone = change.kv === undefined;
        return newest.get(change.key) === change && !(isTombstone && change.main < compactRev);
      })
      .map(({ main, sub, kv }) => revisionKey(main, sub, kv === undefined));
    const rows = await backend.scan({ bucket: Bucket.key }).next(10_000);
    assert.deepEqual(
      rows.map((row) => row.key),
      expected,
    );
    const { finishedCompactRev } = await loadMeta(backend);
    assert.equal(finishedCompactRev ?? -1, compactRev);
  }

  #resolved(request: TxnRequest): TxnRequest {
    const ops = (list: readonly RequestOp[]): RequestOp[] =>
      list.map((op) => ({
        ...op,
        requestRange: op.requestRange && this.#resolvedRange(op.requestRange),
        requestTxn: op.requestTxn && this.#resolved(op.requestTxn),
      }));
    return { ...request, success: ops(request.success), failure: ops(request.failure) };
  }

  #resolvedRange(request: RangeRequest): RangeRequest {
    const back = request.revision;
    if (back <= 0) return request;
    if (back === 1000) return { ...request, revision: this.#model.current + 1 };
    return { ...request, revision: Math.max(1, this.#model.current - back + 1) };
  }
}

/** Byte strings of any kind as plain ones, for deep equality. */
function normal(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => {
      if (part instanceof Uint8Array) return latin1(part);
      return typeof part === 'bigint' ? `${part}n` : part;
    }),
  );
}

it('store: random entries, reads, compactions and crashes -> the model agrees (MVCC-I1, MVCC-I5, MVCC-I7)', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 20, maxLength: 80, size: 'max' }),
      async (commands) => {
        const harness = await StoreHarness.open({
          valueBytesMax: VALUE_BYTES_TINY,
          store: { compactionBatchLimit: 2, sliceKeysMax: 2 },
          buffer: { batchOperationsMax: 20, batchBytesMax: 2000, keptBytesMax: 600 },
        });
        const run = new Run(harness, seen);
        for (const step of commands) await run.do(step);
        await run.finish();
      },
    ),
    { seed: SEED, numRuns: 150 },
  );
  assert.deepEqual([...seen].sort(), ['changes from disk', 'read from disk', 'values from disk']);
});
