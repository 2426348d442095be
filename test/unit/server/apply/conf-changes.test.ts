import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  ConfChange,
  ConfChangeTransition,
  ConfChangeType,
  ConfChangeV2,
  ConfState,
} from '../../../../src/pb/index.ts';
import {
  type AppliedConfChange,
  applyConfChange,
  memberChangeOf,
} from '../../../../src/server/apply/conf-changes.ts';
import { Cluster } from '../../../../src/server/membership/cluster.ts';

const { ConfChangeAddNode, ConfChangeAddLearnerNode, ConfChangeRemoveNode, ConfChangeUpdateNode } =
  ConfChangeType;

/** A cluster of members 1 (this one) and 2, a learner; and what raft was told. */
function setUp() {
  const cluster = new Cluster(
    { cluster: 9n, local: 1n },
    { put: () => undefined, remove: () => undefined },
  );
  cluster.add({ id: 1n, peerURLs: ['http://1'], isLearner: false, name: 'a', clientURLs: [] });
  cluster.add({ id: 2n, peerURLs: ['http://2'], isLearner: true, name: 'b', clientURLs: [] });
  const told: (ConfChange | ConfChangeV2)[] = [];
  const raft = {
    applyConfChange: (change: ConfChange | ConfChangeV2): ConfState => {
      told.push(change);
      return ConfState.create({ voters: [7n] });
    },
  };
  const apply = (type: ConfChangeType, nodeId: bigint, json?: string): AppliedConfChange =>
    applyConfChange(
      ConfChange.create({
        type,
        nodeId,
        ...(json === undefined ? {} : { context: utf8Bytes(json) }),
      }),
      cluster,
      raft,
    );
  return { cluster, told, apply };
}

describe('conf changes of the second form', () => {
  const one = { type: ConfChangeAddNode, nodeId: 3n };

  it('APPLY-I8: one member -> as of the first form; none -> leaves a joint configuration', () => {
    const first = ConfChange.create({ ...one, id: 7n });
    assert.equal(memberChangeOf(first), first);
    const context = utf8Bytes('{}');
    const single = ConfChangeV2.create({ changes: [one], context });
    assert.deepEqual(memberChangeOf(single), ConfChange.create({ ...one, context }));
    assert.equal(memberChangeOf(ConfChangeV2.create({})), undefined);
  });

  it('APPLY-I8: into a joint configuration -> refused, in words', () => {
    const transition = ConfChangeTransition.ConfChangeTransitionJointExplicit;
    for (const fields of [{ changes: [one, one] }, { changes: [one], transition }]) {
      const text = /cannot apply: a joint membership change/;
      assert.throws(() => memberChangeOf(ConfChangeV2.create(fields)), text);
    }
  });

  it('APPLY-I8: an unknown kind of change -> refused, in words', () => {
    const { apply } = setUp();
    assert.throws(() => apply(9 as ConfChangeType, 3n), { code: 'APPLY_UNSUPPORTED_ENTRY' });
  });
});

describe('conf changes', () => {
  it('add, promote, update, remove -> raft and the members change together', () => {
    const { cluster, told, apply } = setUp();
    apply(ConfChangeAddNode, 3n, '{"id":3,"peerURLs":["http://3"],"name":"c"}');
    apply(ConfChangeAddNode, 2n, '{"id":2,"peerURLs":null,"isPromote":true}');
    apply(ConfChangeAddLearnerNode, 4n, '{"id":4,"peerURLs":["http://4"],"isLearner":true}');
    apply(ConfChangeUpdateNode, 3n, '{"id":3,"peerURLs":["http://33"]}');
    const { confState, rejected, removedSelf } = apply(ConfChangeRemoveNode, 4n);
    assert.deepEqual(confState.voters, [7n]);
    assert.deepEqual([rejected, removedSelf], [undefined, false]);
    assert.deepEqual(
      told.map((change) => ('nodeId' in change ? change.nodeId : undefined)),
      [3n, 2n, 4n, 3n, 4n],
    );
    assert.deepEqual(
      cluster.members.map(({ id, peerURLs, isLearner, name }) => [
        id,
        peerURLs[0],
        isLearner,
        name,
      ]),
      [
        [1n, 'http://1', false, 'a'],
        [2n, 'http://2', false, 'b'],
        [3n, 'http://33', false, 'c'],
      ],
    );
    assert.equal(cluster.isRemoved(4n), true);
  });

  it('removes this member -> says so', () => {
    const { apply } = setUp();
    assert.equal(apply(ConfChangeRemoveNode, 1n).removedSelf, true);
  });

  const REFUSED: [string, ConfChangeType, bigint, string | undefined, string][] = [
    [
      'a member that is there',
      ConfChangeAddNode,
      1n,
      '{"id":1,"peerURLs":[]}',
      'MEMBERSHIP_ID_EXISTS',
    ],
    [
      'a URL that is taken',
      ConfChangeAddNode,
      3n,
      '{"id":3,"peerURLs":["http://1"]}',
      'MEMBERSHIP_PEER_URL_EXISTS',
    ],
    [
      'promote a voter',
      ConfChangeAddNode,
      1n,
      '{"id":1,"peerURLs":null,"isPromote":true}',
      'MEMBERSHIP_NOT_LEARNER',
    ],
    [
      'a second learner',
      ConfChangeAddLearnerNode,
      3n,
      '{"id":3,"peerURLs":["http://3"],"isLearner":true}',
      'MEMBERSHIP_TOO_MANY_LEARNERS',
    ],
    [
      'update to a URL that is taken',
      ConfChangeUpdateNode,
      2n,
      '{"id":2,"peerURLs":["http://1"]}',
      'MEMBERSHIP_PEER_URL_EXISTS',
    ],
    ['remove a stranger', ConfChangeRemoveNode, 3n, undefined, 'MEMBERSHIP_ID_NOT_FOUND'],
    ['no context', ConfChangeAddNode, 3n, undefined, 'MEMBERSHIP_BAD_JSON'],
  ];
  for (const [name, type, id, json, code] of REFUSED) {
    it(`APPLY-I6: ${name} -> raft hears of node 0, the members stay`, () => {
      const { cluster, told, apply } = setUp();
      const before = cluster.members;
      const { rejected } = apply(type, id, json);
      assert.equal(rejected?.code, code);
      assert.deepEqual(
        told.map((change) => ('nodeId' in change ? change.nodeId : undefined)),
        [0n],
      );
      assert.deepEqual(cluster.members, before);
    });
  }
});
