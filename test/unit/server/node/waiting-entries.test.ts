import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProposeOutcome } from '../../../../src/raft/index.ts';
import { FORWARD_BYTES_MAX, WaitingEntries } from '../../../../src/server/node/waiting-entries.ts';

/** Raft that notes the sizes of what it is given. */
function raftAs(role: string, kind: ProposeOutcome['kind']) {
  const batches: number[][] = [];
  const propose = (payloads: readonly Uint8Array[]): ProposeOutcome => {
    batches.push(payloads.map(({ length }) => length));
    return { kind } as ProposeOutcome;
  };
  return { role, propose, batches };
}

function entries(...sizes: number[]): WaitingEntries {
  const waiting = new WaitingEntries();
  for (const size of sizes) waiting.add(new Uint8Array(size), { id: 1n, startMs: 0 });
  return waiting;
}

describe('waiting entries', () => {
  it('a leader -> takes all in one batch', () => {
    const raft = raftAs('leader', 'appended');
    const waiting = entries(FORWARD_BYTES_MAX, 5, FORWARD_BYTES_MAX);
    waiting.offerTo(raft);
    assert.deepEqual(raft.batches, [[FORWARD_BYTES_MAX, 5, FORWARD_BYTES_MAX]]);
    assert.equal(waiting.bytes, 0);
  });

  it('FORWARD_BYTES_MAX reached on a follower -> the rest in further messages, a larger one alone', () => {
    const raft = raftAs('follower', 'forwarded');
    const waiting = entries(FORWARD_BYTES_MAX - 5, 5, 1, 2, FORWARD_BYTES_MAX + 1, 3);
    waiting.offerTo(raft);
    assert.deepEqual(raft.batches, [
      [FORWARD_BYTES_MAX - 5, 5],
      [1, 2],
      [FORWARD_BYTES_MAX + 1],
      [3],
    ]);
    assert.equal(waiting.bytes, 0);
  });

  it('nobody takes them -> they wait', () => {
    const raft = raftAs('follower', 'dropped');
    const waiting = entries(1, 2);
    waiting.offerTo(raft);
    assert.deepEqual([raft.batches, waiting.bytes], [[[1, 2]], 3]);
  });
});
