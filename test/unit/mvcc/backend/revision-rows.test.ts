import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RevisionRows } from '../../../../src/mvcc/backend/revision-rows.ts';
import type { HistoryRow } from '../../../../src/mvcc/ports.ts';

function row(main: number, sub: number, bytes: number): HistoryRow {
  return {
    main,
    sub,
    tombstone: (main + sub) % 3 === 0,
    kv: new Uint8Array(bytes).fill(main + sub),
  };
}

describe('revision rows', () => {
  test('rows of all sizes, over many slabs and grown columns, read back as they were', () => {
    const rows = new RevisionRows();
    const expected: HistoryRow[] = [];
    for (let main = 2; main < 200; main++) {
      const bytes = main === 100 ? 3_000_000 : (main * 37) % 2000;
      for (const sub of [0, 1]) expected.push(row(main, sub, bytes));
    }
    for (const each of expected) rows.append(each);
    rows.checkInvariants();
    assert.equal(rows.length, expected.length);
    assert.deepEqual(
      expected.map((_, index) => rows.rowAt(index)),
      expected,
    );
    for (const { main, sub } of expected) assert.equal(rows.find(main, sub)?.main, main);
    assert.ok(rows.bytesUsed > expected.reduce((sum, { kv }) => sum + kv.length, 0));
  });

  test('lowerBound and find: before, between and after the rows', () => {
    const rows = new RevisionRows();
    assert.equal(rows.lowerBound(5, 0), 0);
    for (const [main, sub] of [
      [5, 0],
      [5, 2],
      [8, 0],
    ] as const)
      rows.append(row(main, sub, 1));
    const bounds = [
      [4, 9],
      [5, 0],
      [5, 1],
      [5, 2],
      [5, 3],
      [8, 0],
      [8, 1],
    ] as const;
    assert.deepEqual(
      bounds.map(([main, sub]) => rows.lowerBound(main, sub)),
      [0, 0, 1, 1, 2, 2, 3],
    );
    assert.equal(rows.find(5, 1), undefined);
    assert.equal(rows.find(9, 0), undefined);
    assert.deepEqual(rows.find(5, 2), row(5, 2, 1));
  });

  test('a small run holds little memory', () => {
    const rows = new RevisionRows();
    rows.append(row(2, 0, 100));
    assert.ok(rows.bytesUsed < 4096);
  });
});
