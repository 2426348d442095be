import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isReadTxn, isSerializableTxn } from '../../../src/mvcc/txn/txn-request.ts';
import {
  type Compare,
  CompareResult,
  CompareTarget,
  RequestOp,
  ResponseHeader,
  type ResponseOp,
  ResponseOp as ResponseOpCodec,
} from '../../../src/pb/index.ts';
import {
  b,
  codeOf,
  compareOf,
  deleteOp,
  ok,
  putOp,
  rangeOf,
  rangeOp,
  rowsOf,
  texts,
  txnOf,
  txnOp,
} from '../../support/mvcc/requests.ts';
import { StoreHarness, VALUE_BYTES_TINY } from '../../support/mvcc/store-harness.ts';

const { EQUAL, GREATER, LESS, NOT_EQUAL } = CompareResult;
const { VERSION, CREATE, MOD, VALUE, LEASE } = CompareTarget;

async function withStore(test: (harness: StoreHarness) => void | Promise<void>): Promise<void> {
  const harness = await StoreHarness.open();
  await test(harness);
  await harness.close();
}

/** Whether the compare holds. */
function holds(harness: StoreHarness, key: string, fields: Partial<Compare>): boolean {
  return ok(harness.txn(txnOf([], [], [compareOf(key, fields)]))).succeeded;
}

describe('txn: revisions and headers', () => {
  it('all writes share one main revision, sub 0, 1, 2…', () =>
    withStore(async (harness) => {
      harness.put('x', '');
      const response = ok(harness.txn(txnOf([putOp('a'), deleteOp('x'), txnOp([putOp('b')])])));
      assert.equal(response.header?.revision, 3);
      assert.equal(harness.store.currentRevision, 3);
      const rows = await harness.store.changes(3, 3, 1);
      const told = rows.map(({ main, sub, kv }) => [main, sub, ...texts([kv])]);
      assert.deepEqual(told, [
        [3, 0, 'a'],
        [3, 1, 'x'],
        [3, 2, 'b'],
      ]);
    }));

  it('nothing changed -> the current revision, which stays', () =>
    withStore((harness) => {
      harness.put('a', '1');
      const response = ok(harness.txn(txnOf([deleteOp('b'), rangeOp('a'), txnOp([])])));
      assert.equal(response.header?.revision, 2);
      assert.equal(harness.store.currentRevision, 2);
      assert.equal(harness.now.sink.commits.length, 1);
    }));

  it('inner headers carry the revision as it is then; those of nested txns are empty', () =>
    withStore((harness) => {
      harness.put('a', '1');
      const nested = txnOp([putOp('b', '2'), rangeOp('b')]);
      const ops = [rangeOp('a'), deleteOp('z'), nested, deleteOp('z'), rangeOp('a')];
      const { responses } = ok(harness.txn(txnOf(ops)));
      const revision = ({ responseRange, responseDeleteRange, responsePut }: ResponseOp) =>
        (responseRange ?? responseDeleteRange ?? responsePut)?.header?.revision;
      assert.deepEqual(responses.map(revision), [2, 2, undefined, 3, 3]);
      const inner = responses[2]?.responseTxn;
      assert.deepEqual(inner?.header, ResponseHeader.create());
      assert.equal(inner?.succeeded, true);
      assert.deepEqual(inner?.responses.map(revision), [3, 3]);
    }));

  it('a range sees earlier writes of the txn, not later ones', () =>
    withStore((harness) => {
      harness.put('a', 'old');
      const all = rangeOp('\0', '\0');
      const ops = [
        all,
        putOp('a', 'new'),
        all,
        deleteOp('a'),
        all,
        rangeOp('a', '', { revision: 2 }),
      ];
      const { responses } = ok(harness.txn(txnOf(ops)));
      const seen = responses.flatMap(({ responseRange: range }) =>
        range === undefined ? [] : [texts(range.kvs)],
      );
      assert.deepEqual(seen, [['a=old'], ['a=new'], [], ['a=old']]);
    }));

  it('a put and then a delete of one key (nested, which the check lets through)', () =>
    withStore((harness) => {
      const { responses } = ok(
        harness.txn(txnOf([txnOp([putOp('a', '1')]), txnOp([deleteOp('a', '', true)])])),
      );
      const deleted = responses[1]?.responseTxn?.responses[0]?.responseDeleteRange;
      assert.deepEqual([deleted?.deleted, texts(deleted?.prevKvs ?? [])], [1, ['a=1']]);
      const { changes } = harness.now.sink.commits[0] ?? { changes: [] };
      assert.deepEqual(
        changes.map(({ type, prevKv }) => [type, prevKv]),
        [
          ['put', undefined],
          ['delete', undefined],
        ],
      );
    }));

  it('a delete and then a put of one key -> the put event is a create, without former value', () =>
    withStore((harness) => {
      harness.put('a', '1');
      ok(harness.txn(txnOf([deleteOp('a', '\0'), putOp('a', '2')])));
      const { changes } = harness.now.sink.commits[1] ?? { changes: [] };
      assert.deepEqual(
        changes.map(({ type, prevKv }) => [type, prevKv === undefined ? [] : texts([prevKv])]),
        [
          ['delete', ['a=1']],
          ['put', []],
        ],
      );
    }));

  it('ignore_value after the same txn deleted the key -> an empty value, on every member', () =>
    withStore(async (harness) => {
      harness.put('a', '1');
      ok(harness.txn(txnOf([deleteOp('a', '\0'), putOp('a', '', { ignoreValue: true })])));
      assert.deepEqual(rowsOf(await harness.store.range(rangeOf('a'))), ['a']);
    }));

  it('an operation that is none -> an empty answer in its place', () =>
    withStore((harness) => {
      const { responses } = ok(harness.txn(txnOf([RequestOp.create(), putOp('a')])));
      assert.deepEqual(responses[0], ResponseOpCodec.create());
    }));
});

describe('txn: compares', () => {
  it('each target against a key', () =>
    withStore((harness) => {
      harness.put('a', 'x');
      harness.put('a', 'm', { lease: 2n });
      const cases: [Partial<Compare>, [boolean, boolean, boolean, boolean]][] = [
        [{ target: VERSION, version: 2 }, [true, false, false, false]],
        [{ target: CREATE, createRevision: 1 }, [false, true, false, true]],
        [{ target: MOD, modRevision: 4 }, [false, false, true, true]],
        [{ target: VALUE, value: b('l') }, [false, true, false, true]],
        [{ target: VALUE, value: b('m') }, [true, false, false, false]],
        [{ target: LEASE, lease: 2n }, [true, false, false, false]],
        [{ target: LEASE, lease: -1n }, [false, true, false, true]],
      ];
      for (const [fields, expected] of cases) {
        const actual = [EQUAL, GREATER, LESS, NOT_EQUAL].map((result) =>
          holds(harness, 'a', { ...fields, result }),
        );
        assert.deepEqual(
          actual,
          expected,
          JSON.stringify(fields, (_, v: unknown) => String(v)),
        );
      }
    }));

  it('a missing key -> zero for all but the value, which no operator matches', () =>
    withStore((harness) => {
      for (const fields of [
        { target: VERSION, version: 0 },
        { target: CREATE, createRevision: 0 },
        { target: MOD, modRevision: 0 },
        { target: LEASE, lease: 0n },
      ]) {
        assert.equal(holds(harness, 'no', { ...fields, result: EQUAL }), true);
        assert.equal(holds(harness, 'no', { ...fields, result: NOT_EQUAL }), false);
      }
      for (const result of [EQUAL, GREATER, LESS, NOT_EQUAL]) {
        assert.equal(holds(harness, 'no', { target: VALUE, value: b(''), result }), false);
      }
    }));

  it('no operand -> compared with 0 or nothing', () =>
    withStore((harness) => {
      harness.put('a', '');
      assert.equal(holds(harness, 'a', { target: VERSION, result: GREATER }), true);
      assert.equal(holds(harness, 'a', { target: VALUE, result: EQUAL }), true);
      assert.equal(holds(harness, 'a', { target: LEASE, result: EQUAL }), true);
    }));

  it('an unknown result -> true; an unknown target -> equal', () =>
    withStore((harness) => {
      harness.put('a', '');
      assert.equal(holds(harness, 'a', { target: VERSION, version: 7, result: 9 }), true);
      assert.equal(holds(harness, 'a', { target: 9, result: EQUAL }), true);
      assert.equal(holds(harness, 'a', { target: 9, result: LESS }), false);
    }));

  it('with range_end every key must pass; an empty range is a missing key', () =>
    withStore((harness) => {
      for (let i = 0; i < 600; i++) harness.put(`k${1000 + i}`, '');
      const created = (revision: number, rangeEnd: string): boolean =>
        holds(harness, 'k', {
          rangeEnd: b(rangeEnd),
          target: CREATE,
          createRevision: revision,
          result: LESS,
        });
      assert.equal(created(602, '\0'), true);
      assert.equal(created(601, '\0'), false);
      assert.equal(created(601, 'k1599'), true);
      assert.equal(created(1, 'k1'), true);
      assert.equal(created(0, 'k1'), false);
    }));

  it('all, nested ones too, are evaluated before any write', () =>
    withStore((harness) => {
      const isNew = compareOf('a', { target: VERSION, version: 0, result: EQUAL });
      const nested = txnOp([putOp('then')], [putOp('else')], [isNew]);
      const { responses } = ok(harness.txn(txnOf([putOp('a'), nested], [], [isNew])));
      assert.equal(responses[1]?.responseTxn?.succeeded, true);
    }));

  it('all must hold; none -> success', () =>
    withStore((harness) => {
      const isNew = compareOf('a', { target: VERSION, version: 0, result: EQUAL });
      const isOld = compareOf('a', { target: VERSION, version: 0, result: GREATER });
      assert.equal(ok(harness.txn(txnOf([], [], [isNew, isOld]))).succeeded, false);
      assert.equal(ok(harness.txn(txnOf([]))).succeeded, true);
    }));

  it('a value that is not in memory is read from the disk', async () => {
    const harness = await StoreHarness.open({ valueBytesMax: VALUE_BYTES_TINY });
    for (let i = 0; i < 40; i++) harness.put(`k${i}`, 'v'.repeat(100), { lease: 1n });
    await harness.now.buffer.flush();
    await harness.restart();
    for (let i = 0; i < 40; i++) {
      assert.equal(holds(harness, `k${i}`, { target: VALUE, value: b('v'.repeat(100)) }), true);
      assert.equal(holds(harness, `k${i}`, { target: LEASE, lease: 1n }), true);
    }
    await harness.close();
  });
});

describe('txn: what fails before any write (MVCC-I2)', () => {
  const cases: [string, RequestOp, string][] = [
    [
      'a range above the current revision',
      rangeOp('a', '', { revision: 5 }),
      'MVCC_FUTURE_REVISION',
    ],
    ['a range below the compacted one', rangeOp('a', '', { revision: 2 }), 'MVCC_COMPACTED'],
    ['a range at a negative revision', rangeOp('a', '', { revision: -1 }), 'MVCC_COMPACTED'],
    ['a put with an unknown lease', putOp('a', '', { lease: 9n }), 'MVCC_LEASE_NOT_FOUND'],
    ['ignore_value on a missing key', putOp('no', '', { ignoreValue: true }), 'MVCC_KEY_NOT_FOUND'],
    ['ignore_lease on a missing key', putOp('no', '', { ignoreLease: true }), 'MVCC_KEY_NOT_FOUND'],
    [
      'ignore_value on a missing key with an unknown lease',
      putOp('no', '', { ignoreValue: true, lease: 9n }),
      'MVCC_KEY_NOT_FOUND',
    ],
  ];
  for (const [name, op, code] of cases) {
    for (const branch of [
      [putOp('w'), op],
      [putOp('w'), txnOp([op])],
    ]) {
      it(`${name}${branch[1] === op ? '' : ', nested'} -> ${code}`, () =>
        withStore(async (harness) => {
          for (const value of ['1', '2', '3']) harness.put('a', value);
          ok(harness.compact(3));
          assert.equal(codeOf(harness.txn(txnOf(branch))), code);
          assert.equal(harness.store.currentRevision, 4);
          assert.deepEqual(rowsOf(await harness.store.range(rangeOf('\0', '\0'))), ['a=3']);
          // On the path that is not chosen it does no harm.
          assert.equal(ok(harness.txn(txnOf([], branch))).succeeded, true);
        }));
    }
  }

  it('a negative revision before the first compaction -> -1 is current, -2 is compacted', () =>
    withStore((harness) => {
      harness.put('a', '1');
      ok(harness.txn(txnOf([rangeOp('a', '', { revision: -1 }), txnOp([])])));
      const refused = harness.txn(txnOf([rangeOp('a', '', { revision: -2 }), txnOp([])]));
      assert.equal(codeOf(refused), 'MVCC_COMPACTED');
    }));

  it('a put of the txn itself does not satisfy ignore_value: the check looks at the state before', () =>
    withStore((harness) => {
      const txn = txnOf([txnOp([putOp('a', '1')]), putOp('a', '', { ignoreValue: true })]);
      assert.equal(codeOf(harness.txn(txn)), 'MVCC_KEY_NOT_FOUND');
    }));
});

describe('txn: of ranges only', () => {
  it('is a read; any write, nested txn or empty operation makes it a write', () => {
    assert.equal(isReadTxn(txnOf([rangeOp('a')], [rangeOp('b')])), true);
    assert.equal(isReadTxn(txnOf([])), true);
    for (const op of [putOp('a'), deleteOp('a'), txnOp([rangeOp('a')]), RequestOp.create()]) {
      assert.equal(isReadTxn(txnOf([op])), false);
      assert.equal(isReadTxn(txnOf([rangeOp('a')], [op])), false);
    }
  });

  it('is serializable when every range is', () => {
    const local = rangeOp('a', '', { serializable: true });
    assert.equal(isSerializableTxn(txnOf([local], [local])), true);
    assert.equal(isSerializableTxn(txnOf([local], [local, rangeOp('a')])), false);
  });

  it('is answered at one revision, even when its values come from the disk', async () => {
    const harness = await StoreHarness.open({ valueBytesMax: VALUE_BYTES_TINY });
    for (const key of ['a', 'b', 'c']) harness.put(key, 'v'.repeat(400));
    await harness.now.buffer.flush();
    await harness.restart();
    const txn = txnOf([rangeOp('a'), rangeOp('\0', '\0'), rangeOp('b', '', { revision: 3 })]);
    const answer = harness.store.readTxn(txn);
    assert.ok(answer instanceof Promise, 'values are not in memory');
    harness.put('a', 'later');
    const { header, responses, succeeded } = ok(await answer);
    assert.deepEqual([header?.revision, succeeded], [4, true]);
    assert.deepEqual(
      responses.map(({ responseRange: range }) => [range?.header?.revision, range?.kvs.length]),
      [
        [4, 1],
        [4, 3],
        [4, 1],
      ],
    );
    await harness.close();
  });

  it('fails as a whole', () =>
    withStore((harness) => {
      const outcome = harness.store.readTxn(
        txnOf([rangeOp('a'), rangeOp('a', '', { revision: 2 })]),
      );
      assert.equal(codeOf(outcome), 'MVCC_FUTURE_REVISION');
    }));
});
