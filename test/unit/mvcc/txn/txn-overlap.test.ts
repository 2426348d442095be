import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hasOverlappingWrites } from '../../../../src/mvcc/txn/txn-overlap.ts';
import type { RequestOp } from '../../../../src/pb/index.ts';
import { overlapsPairwise } from '../../../support/mvcc/overlap-model.ts';
import { deleteOp, putOp, rangeOp, txnOp } from '../../../support/mvcc/requests.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);

describe('overlapping writes of a txn branch', () => {
  const cases: [string, boolean, RequestOp[]][] = [
    ['two puts of one key', true, [putOp('a'), putOp('a')]],
    ['puts of two keys', false, [putOp('a'), putOp('a\0')]],
    ['a put, then a delete of its key', true, [putOp('b'), deleteOp('b')]],
    ['a delete, then a put of its key', true, [deleteOp('b'), putOp('b')]],
    ['a put in a deleted range', true, [putOp('b'), deleteOp('a', 'c')]],
    ['a put at the end of a deleted range', false, [putOp('c'), deleteOp('a', 'c')]],
    [
      'a put in one of two deleted ranges',
      true,
      [deleteOp('a', 'z'), putOp('q'), deleteOp('b', 'c')],
    ],
    ['a put after a delete of one key', false, [deleteOp('a'), putOp('a\0')]],
    ['two deletes', false, [deleteOp('a', 'c'), deleteOp('b')]],
    ['a range and a put', false, [rangeOp('a', 'z'), putOp('b')]],
    // As 3.5.30 does.
    ['a put behind a delete to the end of the keyspace', false, [deleteOp('a', '\0'), putOp('b')]],
    ['a put at a delete to the end of the keyspace', false, [deleteOp('a', '\0'), putOp('a')]],
    ['a put between the bounds of an upside-down delete', false, [deleteOp('c', 'a'), putOp('b')]],
    ['a put at an empty delete', false, [deleteOp('b', 'b'), putOp('b')]],
    ['a put in a nested txn, too', true, [txnOp([putOp('a')]), putOp('a')]],
    ['a put in two nested txns', true, [txnOp([putOp('a')]), txnOp([], [putOp('a')])]],
    ['then and else of one nested txn', false, [txnOp([putOp('a')], [putOp('a')])]],
    ['then puts what else deletes', false, [txnOp([putOp('a')], [deleteOp('a')])]],
    ['else puts what then deletes', false, [txnOp([deleteOp('a')], [putOp('a')])]],
    ['within then', true, [txnOp([putOp('a'), deleteOp('a')])]],
    ['within else', true, [txnOp([], [putOp('a'), putOp('a')])]],
    ['a nested put and a delete beside it', true, [txnOp([putOp('a')]), deleteOp('a')]],
    ['a nested delete and a put beside it', true, [putOp('a'), txnOp([], [deleteOp('a')])]],
    ['a nested delete, then a nested put', true, [txnOp([deleteOp('a')]), txnOp([putOp('a')])]],
    // As 3.5.30 does: deletes of later nested txns are not looked at.
    ['a nested put, then a nested delete', false, [txnOp([putOp('a')]), txnOp([deleteOp('a')])]],
    ['two levels down', true, [txnOp([txnOp([], [putOp('a')])]), deleteOp('a')]],
    [
      'three times nested alternatives',
      false,
      [txnOp([txnOp([putOp('a')], [putOp('a')])], [putOp('a')])],
    ],
  ];
  for (const [name, overlaps, branch] of cases) {
    it(`${name} -> ${overlaps ? 'overlap' : 'no overlap'}`, () => {
      assert.equal(hasOverlappingWrites(branch), overlaps);
      assert.equal(overlapsPairwise(branch), overlaps);
    });
  }

  it('random branches -> as by comparing every pair', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const { branch } = fc.letrec<{ op: RequestOp; branch: RequestOp[] }>((tie) => ({
      op: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        key.map((k) => putOp(k)),
        fc.tuple(key, fc.constantFrom('', '', 'c', 'e', '\0')).map(([k, end]) => deleteOp(k, end)),
        fc.tuple(tie('branch'), tie('branch')).map(([then, or]) => txnOp(then, or)),
      ),
      branch: fc.array(tie('op'), { maxLength: 4 }),
    }));
    let overlapping = 0;
    fc.assert(
      fc.property(branch, (ops) => {
        const expected = overlapsPairwise(ops);
        if (expected) overlapping++;
        assert.equal(hasOverlappingWrites(ops), expected);
      }),
      { seed: SEED, numRuns: 2000 },
    );
    assert.ok(overlapping > 200 && overlapping < 1800, `${overlapping} of 2000 overlap`);
  });

  it('100 000 writes -> well below a second', () => {
    const name = (i: number): string => i.toString().padStart(6, '0');
    const branch: RequestOp[] = [];
    for (let i = 0; i < 100_000; i += 4) {
      branch.push(putOp(name(i)), deleteOp(name(i + 1), name(i + 3)));
      branch.push(txnOp([putOp(name(i + 3))]), txnOp([deleteOp('0', '00')]));
    }
    const started = performance.now();
    assert.equal(hasOverlappingWrites(branch), false);
    assert.ok(performance.now() - started < 2000);
  });
});
