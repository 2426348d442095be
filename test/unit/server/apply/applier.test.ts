import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  AlarmAction,
  AlarmType,
  CompactionRequest,
  InternalRaftRequest,
  PutRequest,
  RequestHeader,
  RequestOp,
  TxnRequest,
} from '../../../../src/pb/index.ts';
import type { Outcome } from '../../../../src/server/apply/requests.ts';
import { SimMember } from '../../../sim/sim-member.ts';

/** Puts requests into the log of a running member, as another member's leader would. */
async function setUp() {
  const sim = new SimMember(1);
  await sim.start();
  const { raft } = sim.member;
  return {
    sim,
    /** Applies a request that nobody waits for; returns how far the log went on. */
    apply: async (fields: Partial<InternalRaftRequest>): Promise<number> => {
      const before = raft.appliedIndex;
      const header = RequestHeader.create({ ID: 1n });
      const request = InternalRaftRequest.create({ header, ...fields });
      raft.propose(InternalRaftRequest.encode(request), { id: 1n, startMs: 0 });
      await sim.until(() => raft.appliedIndex > before);
      return raft.appliedIndex - before;
    },
    propose: async <K extends 'alarm' | 'put'>(
      kind: K,
      request: Parameters<typeof sim.member.propose<K>>[1],
    ): Promise<Outcome<K>> => {
      let found: Outcome<K> | undefined;
      sim.member.propose(kind, request, (outcome) => {
        found = outcome;
      });
      await sim.until(() => found !== undefined);
      return found as Outcome<K>;
    },
  };
}

const put = PutRequest.create({ key: utf8Bytes('a'), value: utf8Bytes('1') });

describe('applier', () => {
  const MISTAKES: [string, Partial<InternalRaftRequest>][] = [
    ['a put under an unknown lease', { put: { ...put, lease: 9n } }],
    ['a put that ignores a value that is not there', { put: { ...put, ignoreValue: true } }],
    [
      'a txn with an unset operation',
      { txn: TxnRequest.create({ success: [RequestOp.create({})] }) },
    ],
    ['a compaction of the future', { compaction: CompactionRequest.create({ revision: 99 }) }],
    ['the revocation of an unknown lease', { leaseRevoke: { ID: 9n } }],
    ['a lease with too long a TTL', { leaseGrant: { ID: 9n, TTL: 9_000_000_001 } }],
    ['a lease without an id', { leaseGrant: { ID: 0n, TTL: 10 } }],
    [
      'a checkpoint of an unknown lease',
      { leaseCheckpoint: { checkpoints: [{ ID: 9n, remainingTTL: 1 }] } },
    ],
    ['an unknown alarm action', { alarm: { action: 9, memberID: 1n, alarm: 1 } as never }],
  ];
  for (const [name, request] of MISTAKES) {
    it(`APPLY-I1: ${name} -> applied as a failure, the member goes on`, async () => {
      const { sim, apply } = await setUp();
      assert.equal(await apply(request), 1);
      assert.equal(sim.member.store.currentRevision, 1);
      await apply({ put });
      assert.equal(sim.member.store.currentRevision, 2);
      assert.deepEqual(sim.fatals, []);
      await sim.stop();
    });
  }

  it('APPLY-I2: an entry of any kind -> moves consistent_index, on disk together with its effect', async () => {
    const { sim, apply } = await setUp();
    await apply({ put: { ...put, lease: 9n } });
    const { appliedIndex } = sim.member.raft;
    await sim.stop();
    const opened = await sim.open();
    assert.equal(opened.meta.consistentIndex, appliedIndex);
    assert.deepEqual(opened.confState.voters, [opened.member]);
  });

  it('alarms -> raised and cleared through the log; NOSPACE refuses what follows', async () => {
    const { sim, propose } = await setUp();
    const alarm = { memberID: 5n, alarm: AlarmType.NOSPACE };
    const raised = await propose('alarm', { ...alarm, action: AlarmAction.ACTIVATE });
    assert.deepEqual(raised.error === undefined && raised.response.alarms, [alarm]);
    assert.equal((await propose('put', put)).error?.code, 'SERVER_NO_SPACE');
    const listed = await propose('alarm', {
      ...alarm,
      action: AlarmAction.GET,
      alarm: AlarmType.NONE,
    });
    assert.deepEqual(listed.error === undefined && listed.response.alarms, [alarm]);
    const none = { action: AlarmAction.ACTIVATE, memberID: 5n, alarm: AlarmType.NONE };
    const nothing = await propose('alarm', none);
    assert.deepEqual(nothing.error === undefined && nothing.response.alarms, []);
    for (const expected of [[alarm], []]) {
      const cleared = await propose('alarm', { ...alarm, action: AlarmAction.DEACTIVATE });
      assert.deepEqual(cleared.error === undefined && cleared.response.alarms, expected);
    }
    assert.equal((await propose('put', put)).error, undefined);
    await sim.stop();
  });

  it('MEMBERSHIP-I10: a cluster version that this server does not have -> the member ends, again and again', async () => {
    const { sim, apply } = await setUp();
    await apply({ clusterVersionSet: { ver: '3.6.0' } });
    assert.deepEqual(sim.fatals, []);
    const request = InternalRaftRequest.create({ clusterVersionSet: { ver: '3.7.0' } });
    sim.member.raft.propose(InternalRaftRequest.encode(request), { id: 1n, startMs: 0 });
    await sim.until(() => sim.fatals.length > 0);
    const refusal = {
      code: 'SERVER_START_REFUSED',
      message: 'invalid downgrade; server version is lower than determined cluster version',
    };
    const [error] = sim.fatals as { code: string; message: string }[];
    assert.deepEqual({ code: error?.code, message: error?.message }, refusal);
    await sim.stop();
    await assert.rejects(sim.start(), refusal);
  });

  it("what etcd's own tests put into logs -> has no effect", async () => {
    const { sim, apply } = await setUp();
    await apply({ downgradeVersionTest: { ver: '3.6.0' } });
    assert.deepEqual(sim.fatals, []);
    assert.equal(sim.member.cluster.version, '3.6.0');
  });
});
