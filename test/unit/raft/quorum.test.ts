import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isQuorum,
  majorityOf,
  quorumIndex,
  type Voters,
  voteResult,
} from '../../../src/raft/quorum.ts';

const voters = (...numbers: number[]): Voters => ({
  voters: ids(...numbers),
  votersOutgoing: new Set(),
});
const ids = (...numbers: number[]): Set<bigint> => new Set(numbers.map(BigInt));

describe('quorum', () => {
  it('majorityOf: n voters -> more than half of them', () => {
    assert.deepEqual([1, 2, 3, 4, 5].map(majorityOf), [1, 2, 2, 3, 3]);
  });

  it('isQuorum: only voters count', () => {
    assert.equal(isQuorum(voters(1, 2, 3), ids(1, 8, 9)), false);
    assert.equal(isQuorum(voters(1, 2, 3), ids(1, 3)), true);
    assert.equal(isQuorum(voters(), ids(1)), false);
  });

  const elections: [string, Record<string, boolean>, string][] = [
    ['no vote', {}, 'pending'],
    ['one of three granted', { 1: true }, 'pending'],
    ['one granted, one refused', { 1: true, 2: false }, 'pending'],
    ['two granted', { 1: true, 3: true }, 'won'],
    ['two refused', { 2: false, 3: false }, 'lost'],
    ['a stranger granted', { 1: true, 9: true }, 'pending'],
  ];
  for (const [what, votes, expected] of elections) {
    it(`voteResult: ${what} -> ${expected}`, () => {
      const map = new Map(Object.entries(votes).map(([id, vote]) => [BigInt(id), vote]));
      assert.equal(voteResult(voters(1, 2, 3), map), expected);
    });
  }

  it('quorumIndex: against counting, for all small clusters', () => {
    for (const matches of [[], [4], [4, 2], [1, 5, 3], [7, 7, 1, 2], [5, 4, 3, 2, 1], [0, 0, 9]]) {
      const progress = new Map(matches.map((match, at) => [BigInt(at), { match }]));
      let expected = 0;
      for (let index = 1; index <= 9; index++) {
        if (matches.filter((match) => match >= index).length * 2 > matches.length) expected = index;
      }
      assert.equal(quorumIndex(voters(...matches.keys()), progress), expected, String(matches));
    }
  });

  it('quorumIndex: a learner does not count, a voter without progress has nothing', () => {
    const progress = new Map([1, 2, 3].map((id) => [BigInt(id), { match: 10 * id }]));
    assert.equal(quorumIndex(voters(1, 2), progress), 10);
    assert.equal(quorumIndex(voters(1, 8, 9), progress), 0);
  });

  describe('joint: both sets of voters decide', () => {
    const joint: Voters = { voters: ids(1, 2, 3), votersOutgoing: ids(3, 4, 5) };
    const votes = (granted: Set<bigint>, refused: Set<bigint> = ids()): Map<bigint, boolean> =>
      new Map([...granted, ...refused].map((id) => [id, granted.has(id)]));

    it('voteResult: won by both, lost by one', () => {
      assert.equal(voteResult(joint, votes(ids(1, 2))), 'pending');
      assert.equal(voteResult(joint, votes(ids(4, 5))), 'pending');
      assert.equal(voteResult(joint, votes(ids(1, 3, 4))), 'won');
      assert.equal(voteResult(joint, votes(ids(1, 2, 3), ids(4, 5))), 'lost');
      assert.equal(voteResult(joint, votes(ids(3, 4, 5), ids(1, 2))), 'lost');
    });

    it('isQuorum: a majority of each', () => {
      assert.equal(isQuorum(joint, ids(1, 2)), false);
      assert.equal(isQuorum(joint, ids(4, 5)), false);
      assert.equal(isQuorum(joint, ids(2, 3, 5)), true);
    });

    it('quorumIndex: the lower one', () => {
      const progress = new Map([1, 2, 3, 4, 5].map((id) => [BigInt(id), { match: 10 * id }]));
      assert.equal(quorumIndex(joint, progress), 20);
      const { voters: votersOutgoing, votersOutgoing: voters } = joint;
      assert.equal(quorumIndex({ voters, votersOutgoing }, progress), 20);
    });
  });
});
