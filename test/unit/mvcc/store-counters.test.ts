/** What each request counts as; the numbers are those of a real etcd 3.6 (see test/live). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompareResult, CompareTarget } from '../../../src/pb/index.ts';
import {
  b,
  compareOf,
  deleteOp,
  putOp,
  rangeOf,
  rangeOp,
  txnOf,
} from '../../support/mvcc/requests.ts';
import { StoreHarness } from '../../support/mvcc/store-harness.ts';

interface Counts {
  readonly ranges?: number;
  readonly puts?: number;
  readonly deletes?: number;
  readonly txns?: number;
}

const exists = compareOf('a', {
  target: CompareTarget.VERSION,
  result: CompareResult.GREATER,
  version: 0,
});

const CASES: readonly [string, (harness: StoreHarness) => unknown, Counts][] = [
  ['a put', (h) => h.put('a', '1'), { puts: 1 }],
  ['a put with prev_kv', (h) => h.put('a', '1', { prevKv: true }), { puts: 1, ranges: 1, txns: 1 }],
  ['a put that fails', (h) => h.put('a', '1', { lease: 99n }), {}],
  ['a delete', (h) => h.delete('a'), { deletes: 1 }],
  ['a delete that finds nothing', (h) => h.delete('x'), { deletes: 1 }],
  ['a delete with prev_kv', (h) => h.delete('a', '', true), { deletes: 1, ranges: 1, txns: 1 }],
  ['a range', (h) => h.store.range(rangeOf('a')), { ranges: 1 }],
  [
    'a range of the future',
    (h) => h.store.range(rangeOf('a', '', { revision: 99 })),
    { ranges: 1 },
  ],
  [
    'a txn of a put and a range under one compare',
    (h) => h.txn(txnOf([putOp('a'), rangeOp('a')], [], [exists])),
    { puts: 1, ranges: 2, txns: 1 },
  ],
  ['a txn of one put', (h) => h.txn(txnOf([putOp('a')])), { puts: 1 }],
  [
    'a txn of a put and a delete under two compares',
    (h) => h.txn(txnOf([putOp('b'), deleteOp('a')], [], [exists, exists])),
    { puts: 1, deletes: 1, ranges: 2, txns: 2 },
  ],
  [
    'a txn of ranges',
    (h) => h.store.readTxn(txnOf([rangeOp('a'), rangeOp('b')], [], [exists])),
    { ranges: 3, txns: 1 },
  ],
  [
    'a revocation of two keys',
    (h) => h.apply({ deleteKeys: [b('a'), b('x')] }),
    { deletes: 2, txns: 1 },
  ],
];

describe('StoreCounters', () => {
  for (const [name, run, counts] of CASES) {
    const expected = { ranges: 0, puts: 0, deletes: 0, txns: 0, ...counts };
    it(`${name} -> ${JSON.stringify(counts)}`, async () => {
      const harness = await StoreHarness.open();
      harness.put('a', '0');
      await run(harness);
      const { ranges, puts, deletes, txns } = harness.store.counters;
      assert.deepEqual({ ranges, puts: puts - 1, deletes, txns }, expected);
      await harness.close();
    });
  }

  it('bytes of keys and values put; keys that live', async () => {
    const harness = await StoreHarness.open();
    harness.put('ab', '123');
    harness.put('c', '');
    harness.put('ab', '1');
    assert.equal(harness.store.counters.putBytes, 5 + 1 + 3);
    assert.equal(harness.store.keyCount, 2);
    harness.delete('c');
    assert.equal(harness.store.keyCount, 1);
    await harness.close();
  });
});
