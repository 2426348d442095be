import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../src/base/assert.ts';
import { ExpiryHeap, type HeapEntry, NOT_IN_HEAP } from '../../../src/lease/expiry-heap.ts';

function entry(): HeapEntry {
  return { dueMs: 0, heapIndex: NOT_IN_HEAP };
}

/** Takes everything out, first due first. */
function drain(heap: ExpiryHeap<HeapEntry>): number[] {
  const due: number[] = [];
  for (let first = heap.peek(); first !== undefined; first = heap.peek()) {
    due.push(first.dueMs);
    heap.remove(first);
    heap.checkInvariants();
  }
  return due;
}

describe('expiry heap', () => {
  it('LEASE-I1 add, reschedule, remove in any order -> comes out in order of due time', () => {
    const heap = new ExpiryHeap<HeapEntry>();
    const entries = Array.from({ length: 60 }, entry);
    entries.forEach((one, i) => {
      heap.add(one, (i * 37) % 60);
      heap.checkInvariants();
    });
    entries.forEach((one, i) => {
      if (i % 3 === 0) heap.reschedule(one, (i * 53) % 120);
      if (i % 5 === 1) heap.remove(one);
      heap.checkInvariants();
    });
    const expected = entries.filter((one) => one.heapIndex !== NOT_IN_HEAP).map((e) => e.dueMs);
    assert.equal(heap.size, 48);
    assert.deepEqual(
      drain(heap),
      expected.sort((a, b) => a - b),
    );
  });

  it('remove: the entry that fills the gap is due before the parent -> it moves up', () => {
    const heap = new ExpiryHeap<HeapEntry>();
    const entries = [0, 10, 1, 11, 12, 2, 3].map((dueMs) => {
      const one = entry();
      heap.add(one, dueMs);
      return one;
    });
    heap.remove(entries[3] ?? entry());
    heap.checkInvariants();
    assert.deepEqual(drain(heap), [0, 1, 2, 3, 10, 12]);
  });

  it('add twice, remove or reschedule what is not held -> assertions', () => {
    const heap = new ExpiryHeap<HeapEntry>();
    const held = entry();
    heap.add(held, 1);
    assert.throws(() => heap.add(held, 2), InvariantError);
    assert.throws(() => heap.remove(entry()), InvariantError);
    assert.throws(() => heap.reschedule(entry(), 1), InvariantError);
  });
});
