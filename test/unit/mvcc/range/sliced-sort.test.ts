import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SORT_SLICE_ITEMS_MAX, sortInSlices } from '../../../../src/mvcc/range/sliced-sort.ts';

interface Item {
  readonly by: number;
  readonly place: number;
}

/** `count` items with few distinct keys, in no order. */
function items(count: number): Item[] {
  return Array.from({ length: count }, (_, place) => ({ by: (place * 7919) % 101, place }));
}

function run(list: readonly Item[]): { sorted: Item[]; steps: number } {
  const work = sortInSlices(list, { of: (item) => item.by, compare: (a, b) => a - b });
  for (let steps = 0; ; steps++) {
    const step = work.next();
    if (step.done === true) return { sorted: step.value, steps };
  }
}

describe('sort in slices', () => {
  for (const count of [0, 1, SORT_SLICE_ITEMS_MAX]) {
    it(`${count} items -> sorted in one go`, () => {
      const list = items(count);
      const { sorted, steps } = run(list);
      assert.deepEqual(
        sorted,
        list.toSorted((a, b) => a.by - b.by),
      );
      assert.equal(steps, 0);
    });
  }

  for (const count of [SORT_SLICE_ITEMS_MAX + 1, 5 * SORT_SLICE_ITEMS_MAX - 3]) {
    it(`${count} items -> stable, with a step for each slice sorted or merged`, () => {
      const list = items(count);
      const { sorted, steps } = run(list);
      assert.deepEqual(
        sorted,
        list.toSorted((a, b) => a.by - b.by),
      );
      assert.ok(steps >= Math.floor(count / SORT_SLICE_ITEMS_MAX));
    });
  }
});
