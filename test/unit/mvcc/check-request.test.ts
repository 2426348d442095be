import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  checkDeleteRangeRequest,
  checkPutRequest,
  checkRangeRequest,
  checkTxnRequest,
} from '../../../src/mvcc/check-request.ts';
import { RequestOp } from '../../../src/pb/index.ts';
import {
  compareOf,
  deleteOf,
  deleteOp,
  putOf,
  putOp,
  rangeOf,
  rangeOp,
  txnOf,
  txnOp,
} from '../../support/mvcc/requests.ts';

describe('request checks: range', () => {
  it('no key -> MVCC_EMPTY_KEY, before the sort options', () => {
    assert.equal(checkRangeRequest(rangeOf('', 'b', { sortOrder: 7 }))?.code, 'MVCC_EMPTY_KEY');
  });

  it('every known order and target passes', () => {
    for (const sortOrder of [0, 1, 2]) {
      for (const sortTarget of [0, 1, 2, 3, 4]) {
        assert.equal(checkRangeRequest(rangeOf('a', '', { sortOrder, sortTarget })), undefined);
      }
    }
  });

  for (const sort of [{ sortOrder: 3 }, { sortOrder: -1 }, { sortTarget: 5 }, { sortTarget: -1 }]) {
    it(`${JSON.stringify(sort)} -> MVCC_INVALID_SORT_OPTION`, () => {
      assert.equal(checkRangeRequest(rangeOf('a', '', sort))?.code, 'MVCC_INVALID_SORT_OPTION');
    });
  }
});

describe('request checks: put and delete', () => {
  it('no key -> MVCC_EMPTY_KEY', () => {
    assert.equal(checkPutRequest(putOf('', 'v', { ignoreValue: true }))?.code, 'MVCC_EMPTY_KEY');
    assert.equal(checkDeleteRangeRequest(deleteOf('', 'b'))?.code, 'MVCC_EMPTY_KEY');
  });

  it('ignore_value with a value -> MVCC_VALUE_PROVIDED, before the lease is looked at', () => {
    const put = putOf('a', 'v', { ignoreValue: true, ignoreLease: true, lease: 1n });
    assert.equal(checkPutRequest(put)?.code, 'MVCC_VALUE_PROVIDED');
  });

  it('ignore_lease with a lease -> MVCC_LEASE_PROVIDED', () => {
    const put = putOf('a', 'v', { ignoreLease: true, lease: -1n });
    assert.equal(checkPutRequest(put)?.code, 'MVCC_LEASE_PROVIDED');
  });

  it('good ones pass', () => {
    assert.equal(checkPutRequest(putOf('a', '', { ignoreValue: true, lease: 1n })), undefined);
    assert.equal(checkPutRequest(putOf('a', 'v', { ignoreLease: true })), undefined);
    assert.equal(checkDeleteRangeRequest(deleteOf('b', 'a')), undefined);
  });
});

describe('request checks: txn', () => {
  const puts = (count: number, prefix = 'k'): RequestOp[] =>
    Array.from({ length: count }, (_, i) => putOp(`${prefix}${i}`));

  it('the longest of the three lists counts, not their sum', () => {
    const compare = Array.from({ length: 128 }, (_, i) => compareOf(`c${i}`, {}));
    assert.equal(checkTxnRequest(txnOf(puts(128), puts(128), compare), 128), undefined);
    for (const txn of [
      txnOf(puts(129)),
      txnOf([], puts(129)),
      txnOf([], [], [...compare, ...compare]),
    ]) {
      assert.equal(checkTxnRequest(txn, 128)?.code, 'MVCC_TOO_MANY_OPS');
    }
  });

  it('a nested txn gets what the longest list of its parent leaves', () => {
    const nested = (count: number) => txnOf([txnOp(puts(count))], puts(3, 'f'));
    assert.equal(checkTxnRequest(nested(7), 10), undefined);
    assert.equal(checkTxnRequest(nested(8), 10)?.code, 'MVCC_TOO_MANY_OPS');
  });

  it('an empty compare key -> MVCC_EMPTY_KEY, in nested txns too', () => {
    const bad = txnOf([], [], [compareOf('', {})]);
    assert.equal(checkTxnRequest(bad, 128)?.code, 'MVCC_EMPTY_KEY');
    const nested = txnOf([], [RequestOp.create({ requestTxn: bad })]);
    assert.equal(checkTxnRequest(nested, 128)?.code, 'MVCC_EMPTY_KEY');
  });

  it('an operation that is none -> MVCC_KEY_NOT_FOUND', () => {
    assert.equal(checkTxnRequest(txnOf([RequestOp.create()]), 128)?.code, 'MVCC_KEY_NOT_FOUND');
  });

  it('each nested request is checked by its own rules', () => {
    const codes = [
      rangeOp('a', '', { sortTarget: 9 }),
      putOp('a', 'v', { ignoreValue: true }),
      putOp('a', '', { ignoreLease: true, lease: 1n }),
      deleteOp(''),
    ].map((op) => checkTxnRequest(txnOf([], [op]), 128)?.code);
    assert.deepEqual(codes, [
      'MVCC_INVALID_SORT_OPTION',
      'MVCC_VALUE_PROVIDED',
      'MVCC_LEASE_PROVIDED',
      'MVCC_EMPTY_KEY',
    ]);
  });

  it('sizes and keys come first, depth first, then duplicates', () => {
    const duplicate = [putOp('a'), putOp('a')];
    const late = txnOf([...duplicate, txnOp([putOp('')])]);
    assert.equal(checkTxnRequest(late, 128)?.code, 'MVCC_EMPTY_KEY');
    assert.equal(checkTxnRequest(txnOf(duplicate, [deleteOp('')]), 128)?.code, 'MVCC_EMPTY_KEY');
    assert.equal(checkTxnRequest(txnOf(duplicate), 128)?.code, 'MVCC_DUPLICATE_KEY');
    assert.equal(checkTxnRequest(txnOf([], duplicate), 128)?.code, 'MVCC_DUPLICATE_KEY');
  });

  it('success and failure do not see each other', () => {
    assert.equal(checkTxnRequest(txnOf([putOp('a')], [putOp('a'), deleteOp('b')]), 128), undefined);
  });
});
