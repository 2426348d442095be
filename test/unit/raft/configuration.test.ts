import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfChange, ConfChangeType, ConfState } from '../../../src/pb/index.ts';
import { configurationOf, confStateOf, withChange } from '../../../src/raft/configuration.ts';

const { ConfChangeAddNode, ConfChangeAddLearnerNode, ConfChangeRemoveNode, ConfChangeUpdateNode } =
  ConfChangeType;
const before = configurationOf(ConfState.create({ voters: [3n, 1n], learners: [5n] }));

describe('configuration', () => {
  const cases: [string, number, bigint, bigint[], bigint[]][] = [
    ['add a voter', ConfChangeAddNode, 2n, [1n, 2n, 3n], [5n]],
    ['add a voter again', ConfChangeAddNode, 3n, [1n, 3n], [5n]],
    ['promote a learner', ConfChangeAddNode, 5n, [1n, 3n, 5n], []],
    ['add a learner', ConfChangeAddLearnerNode, 4n, [1n, 3n], [4n, 5n]],
    ['make a voter a learner', ConfChangeAddLearnerNode, 3n, [1n], [3n, 5n]],
    ['remove a voter', ConfChangeRemoveNode, 1n, [3n], [5n]],
    ['remove a learner', ConfChangeRemoveNode, 5n, [1n, 3n], []],
    ['remove a stranger', ConfChangeRemoveNode, 9n, [1n, 3n], [5n]],
    ['update', ConfChangeUpdateNode, 1n, [1n, 3n], [5n]],
    ['node id 0', ConfChangeRemoveNode, 0n, [1n, 3n], [5n]],
  ];
  for (const [what, type, nodeId, voters, learners] of cases) {
    it(`${what} -> voters ${voters.join()}, learners ${learners.join()}`, () => {
      const after = confStateOf(withChange(before, ConfChange.create({ type, nodeId })));
      assert.deepEqual(after, ConfState.create({ voters, learners }));
      assert.deepEqual(confStateOf(before), ConfState.create({ voters: [1n, 3n], learners: [5n] }));
    });
  }

  it('an unknown type -> RAFT_CONF_UNSUPPORTED', () => {
    const change = ConfChange.create({ type: 9, nodeId: 1n });
    assert.throws(() => withChange(before, change), { code: 'RAFT_CONF_UNSUPPORTED' });
  });
});
