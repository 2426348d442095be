import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReadOnlyQueue } from '../../../src/raft/read-only-queue.ts';

const context = (byte: number): Uint8Array => Uint8Array.of(byte);
const voters = { voters: new Set([1n, 2n, 3n]), votersOutgoing: new Set<bigint>() };

/** Reads 1, 2 and 3 at commit indexes 10, 10 and 12. */
function queue(): ReadOnlyQueue {
  const made = new ReadOnlyQueue();
  for (const [at, index] of [10, 10, 12].entries()) {
    made.add({ context: context(at + 1), from: 1n }, index);
  }
  made.checkInvariants();
  return made;
}

describe('read-only queue', () => {
  it('acknowledge: too few -> nothing; a majority -> that read and all before it', () => {
    const reads = queue();
    assert.deepEqual(reads.acknowledge(context(2), 1n, voters), []);
    const proven = reads.acknowledge(context(2), 3n, voters);
    assert.deepEqual(
      proven.map(({ context: [byte], index }) => [byte, index]),
      [
        [1, 10],
        [2, 10],
      ],
    );
    assert.equal(reads.size, 1);
    reads.checkInvariants();
  });

  it('acknowledge: the same voter twice, a stranger, an unknown context -> nothing', () => {
    const reads = queue();
    reads.acknowledge(context(1), 2n, voters);
    assert.deepEqual(reads.acknowledge(context(1), 2n, voters), []);
    assert.deepEqual(reads.acknowledge(context(1), 9n, voters), []);
    assert.deepEqual(reads.acknowledge(context(9), 3n, voters), []);
  });

  it('add: a context that is pending -> ignored; once proven it may come again', () => {
    const reads = queue();
    assert.equal(reads.add({ context: context(1), from: 2n }, 12), false);
    reads.acknowledge(context(1), 1n, { ...voters, voters: new Set([1n]) });
    assert.equal(reads.add({ context: context(1), from: 2n }, 12), true);
    assert.deepEqual(reads.lastContext, context(1));
  });

  it('add: a commit index that went back -> assertion', () => {
    const stale = { context: context(7), from: 1n };
    assert.throws(() => queue().add(stale, 11), { name: 'InvariantError' });
  });
});
