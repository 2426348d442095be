import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BackendError } from '../../../../src/base/ports/backend.ts';
import { RevisionGaps } from '../../../../src/mvcc/backend/revision-gaps.ts';

function accepts(floor: number | undefined, mains: readonly number[]): boolean {
  const gaps = new RevisionGaps(floor);
  try {
    for (const main of mains) gaps.accept(main);
  } catch (error) {
    assert.ok(error instanceof BackendError && error.code === 'BACKEND_CORRUPT');
    return false;
  }
  gaps.checkInvariants();
  return true;
}

describe('revision gaps', () => {
  test('never compacted: 2, 3, 4 ... with any number of rows each', () => {
    assert.equal(accepts(undefined, []), true);
    assert.equal(accepts(undefined, [2, 2, 3, 4, 4, 4]), true);
  });

  test('never compacted: a revision without a row -> BACKEND_CORRUPT (WB-I8)', () => {
    assert.equal(accepts(undefined, [3]), false);
    assert.equal(accepts(undefined, [2, 4]), false);
  });

  test('compacted: gaps at or below the floor only', () => {
    assert.equal(accepts(10, [3, 7, 11, 12]), true);
    assert.equal(accepts(10, [10, 11]), true);
    assert.equal(accepts(10, []), true);
    assert.equal(accepts(10, [3, 12]), false);
    assert.equal(accepts(10, [3, 11, 13]), false);
  });
});
