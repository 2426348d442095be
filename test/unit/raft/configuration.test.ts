import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ConfChange,
  type ConfChangeSingle,
  ConfChangeTransition,
  ConfChangeType,
  ConfChangeV2,
  ConfState,
} from '../../../src/pb/index.ts';
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

describe('configuration: changes of the second form', () => {
  const { ConfChangeTransitionAuto, ConfChangeTransitionJointExplicit } = ConfChangeTransition;
  const { ConfChangeTransitionJointImplicit } = ConfChangeTransition;
  const single = (type: number, nodeId: bigint): ConfChangeSingle => ({ type, nodeId });
  const after = (from: ConfState, changes: ConfChangeSingle[], transition = 0): ConfState =>
    confStateOf(withChange(configurationOf(from), ConfChangeV2.create({ changes, transition })));
  const start = ConfState.create({ voters: [1n, 2n, 3n], learners: [5n] });

  it('one change, no transition asked for -> as in the first form', () => {
    const next = after(start, [single(ConfChangeAddNode, 5n)], ConfChangeTransitionAuto);
    assert.deepEqual(next, ConfState.create({ voters: [1n, 2n, 3n, 5n] }));
  });

  it('several changes -> joint; left by an empty one', () => {
    const changes = [
      single(ConfChangeAddNode, 4n),
      single(ConfChangeRemoveNode, 1n),
      single(ConfChangeAddLearnerNode, 2n),
      single(ConfChangeAddLearnerNode, 6n),
    ];
    const joint = after(start, changes);
    assert.deepEqual(
      joint,
      ConfState.create({
        voters: [3n, 4n],
        learners: [5n, 6n],
        votersOutgoing: [1n, 2n, 3n],
        learnersNext: [2n],
        autoLeave: true,
      }),
    );
    assert.deepEqual(
      after(joint, []),
      ConfState.create({ voters: [3n, 4n], learners: [2n, 5n, 6n] }),
    );
  });

  it('one change, joint asked for -> joint; left by itself unless explicit', () => {
    for (const [transition, autoLeave] of [
      [ConfChangeTransitionJointImplicit, true],
      [ConfChangeTransitionJointExplicit, false],
    ] as const) {
      const joint = after(start, [single(ConfChangeRemoveNode, 1n)], transition);
      assert.deepEqual([joint.votersOutgoing, joint.autoLeave], [[1n, 2n, 3n], autoLeave]);
    }
  });

  it('a voter that was to become a learner -> may become a voter or go after all', () => {
    const changes = [single(ConfChangeAddLearnerNode, 2n), single(ConfChangeAddLearnerNode, 3n)];
    const back = [single(ConfChangeAddNode, 2n), single(ConfChangeRemoveNode, 3n)];
    const joint = after(start, [...changes, ...back]);
    assert.deepEqual([joint.voters, joint.learnersNext], [[1n, 2n], []]);
  });

  const joint = after(start, [single(ConfChangeAddNode, 4n)], ConfChangeTransitionJointExplicit);
  const refused: [string, ConfState, ConfChangeSingle[], number][] = [
    ['a change while joint', joint, [single(ConfChangeAddNode, 9n)], ConfChangeTransitionAuto],
    [
      'joint while joint',
      joint,
      [single(ConfChangeAddNode, 9n)],
      ConfChangeTransitionJointExplicit,
    ],
    ['leaving while not joint', start, [], ConfChangeTransitionAuto],
    [
      'joint from nobody',
      ConfState.create({}),
      [single(ConfChangeAddNode, 9n)],
      ConfChangeTransitionJointExplicit,
    ],
  ];
  for (const [what, from, changes, transition] of refused) {
    it(`${what} -> RAFT_CONF_UNSUPPORTED`, () => {
      assert.throws(() => after(from, changes, transition), { code: 'RAFT_CONF_UNSUPPORTED' });
    });
  }

  it('a state that contradicts itself -> RAFT_CONF_UNSUPPORTED', () => {
    for (const state of [
      { voters: [1n], learners: [1n] },
      { voters: [1n], votersOutgoing: [2n], learners: [2n] },
      { voters: [1n], learnersNext: [2n] },
      { voters: [1n, 2n], votersOutgoing: [2n], learnersNext: [2n] },
    ]) {
      assert.throws(() => configurationOf(ConfState.create(state)), {
        code: 'RAFT_CONF_UNSUPPORTED',
      });
    }
  });
});
