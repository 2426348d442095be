/**
 * What clients hear of a member that has lost its majority, code, text and time: as real etcd
 * 3.5.30 and 3.6.14 answer (`test/live/no-leader.live.test.ts` holds both against each other).
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import {
  AlarmRequest,
  CampaignRequest,
  CompactionRequest,
  DeleteRangeRequest,
  LeaseGrantRequest,
  LeaseKeepAliveRequest,
  LeaseRevokeRequest,
  LeaseTimeToLiveRequest,
  LockRequest,
  MemberAddRequest,
  MemberAddResponse,
  MemberListRequest,
  MemberUpdateRequest,
  type MessageCodec,
  MoveLeaderRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../../../src/pb/index.ts';
import { FOUNDER, SimMember } from '../../../sim/sim-member.ts';
import type { FakeUnaryCall } from '../../../support/server/fake-calls.ts';
import { answered, written } from '../../../support/server/requests.ts';

/** A founder that has let a second member in, which never comes; leads no more, or still does. */
async function alone({ leads }: { readonly leads: boolean }): Promise<SimMember> {
  const sim = new SimMember(1);
  await sim.start();
  await sim.until(() => sim.member.cluster.version !== undefined);
  await written(sim, 'a', '1');
  const request = MemberAddRequest.create({ peerURLs: ['http://b:1'] });
  const add = sim.unary('/etcdserverpb.Cluster/MemberAdd', MemberAddRequest, request);
  await answered(sim, add, MemberAddResponse);
  if (!leads) await sim.until(() => sim.member.raft.leader === 0n);
  assert.equal(sim.member.raft.isLeader, leads);
  return sim;
}

interface End {
  /** gRPC code and text. */
  readonly what: string;
  readonly ms: number;
}

interface Question {
  readonly path: string;
  readonly ask: (sim: SimMember) => FakeUnaryCall;
}

function question<Request>(
  path: string,
  codec: MessageCodec<Request>,
  fields: Partial<Request> = {},
): Question {
  return { path, ask: (sim) => sim.unary(`/${path}`, codec, codec.create(fields)) };
}

/** Makes one call, and says how and when it has ended. */
async function end(sim: SimMember, { ask }: Question): Promise<End> {
  const startMs = sim.scheduler.monotonicMs();
  const call = ask(sim);
  await sim.until(() => call.isOver);
  const ms = sim.scheduler.monotonicMs() - startMs;
  const { code, message } = call.failure ?? { code: 'OK', message: '' };
  return { what: `${code}: ${message}`, ms };
}

const key = utf8Bytes('a');
const PUT = question('etcdserverpb.KV/Put', PutRequest, { key });
const RANGE = question('etcdserverpb.KV/Range', RangeRequest, { key });
const TIME_TO_LIVE = question('etcdserverpb.Lease/LeaseTimeToLive', LeaseTimeToLiveRequest, {
  ID: 9n,
});
const reading = RequestOp.create({ requestRange: RangeRequest.create({ key }) });
const UPDATE = { ID: FOUNDER.id, peerURLs: ['http://localhost:2380'] };

/** Asked of raft, which takes nothing: in etcd Go's context ends, whose words go to the client. */
const NEVER_TAKEN = 'DeadlineExceeded: context deadline exceeded';
const TIMEOUT = 'Unavailable: etcdserver: request timed out';
const NO_LEADER = 'Unavailable: etcdserver: no leader';

const CALLS: readonly (readonly [Question, string])[] = [
  [PUT, NEVER_TAKEN],
  [question('etcdserverpb.KV/DeleteRange', DeleteRangeRequest, { key }), NEVER_TAKEN],
  [question('etcdserverpb.KV/Compact', CompactionRequest, { revision: 1 }), NEVER_TAKEN],
  [question('etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, { TTL: 9 }), NEVER_TAKEN],
  [question('etcdserverpb.Lease/LeaseRevoke', LeaseRevokeRequest, { ID: 9n }), NEVER_TAKEN],
  [question('etcdserverpb.Maintenance/Alarm', AlarmRequest), NEVER_TAKEN],
  [question('etcdserverpb.Cluster/MemberUpdate', MemberUpdateRequest, UPDATE), NEVER_TAKEN],
  [question('v3lockpb.Lock/Lock', LockRequest, { name: key }), NEVER_TAKEN],
  [
    question('v3electionpb.Election/Campaign', CampaignRequest, { name: key, lease: 5n }),
    NEVER_TAKEN,
  ],
  [RANGE, TIMEOUT],
  [question('etcdserverpb.KV/Txn', TxnRequest, { success: [reading] }), TIMEOUT],
  [question('etcdserverpb.Cluster/MemberList', MemberListRequest, { linearizable: true }), TIMEOUT],
  [TIME_TO_LIVE, NO_LEADER],
];

/** What needs no time, because it is found out here. */
const AT_ONCE: readonly (readonly [Question, string])[] = [
  [question('etcdserverpb.KV/Range', RangeRequest, { key, serializable: true }), 'OK: '],
  [question('etcdserverpb.Cluster/MemberList', MemberListRequest), 'OK: '],
  [
    question('etcdserverpb.Cluster/MemberAdd', MemberAddRequest, {
      peerURLs: ['http://c:1'],
      isLearner: true,
    }),
    'Unavailable: etcdserver: unhealthy cluster',
  ],
  [
    question('etcdserverpb.Maintenance/MoveLeader', MoveLeaderRequest, { targetID: 9n }),
    'FailedPrecondition: etcdserver: not leader',
  ],
];

/** Between two looks at what waits. */
const SWEEP_MS = 250;
const REQUEST_TIMEOUT_MS = 7000;

describe('without a leader', () => {
  for (const [asked, expected] of CALLS) {
    it(`NODE-I5: ${asked.path} -> ${expected}, after the request time-out`, async () => {
      const sim = await alone({ leads: false });
      const { what, ms } = await end(sim, asked);
      assert.equal(what, expected);
      assert.ok(ms >= REQUEST_TIMEOUT_MS && ms <= REQUEST_TIMEOUT_MS + SWEEP_MS, String(ms));
      await sim.stop();
    });
  }

  for (const [asked, expected] of AT_ONCE) {
    it(`${asked.path} -> ${expected}, at once`, async () => {
      const sim = await alone({ leads: false });
      const { what, ms } = await end(sim, asked);
      assert.equal(what, expected);
      assert.ok(ms < 1000, String(ms));
      await sim.stop();
    });
  }

  it('a keep-alive -> no leader, after the request time-out', async () => {
    const sim = await alone({ leads: false });
    const startMs = sim.scheduler.monotonicMs();
    const stream = sim.bidi('/etcdserverpb.Lease/LeaseKeepAlive');
    stream.receive(LeaseKeepAliveRequest.encode({ ID: 9n }));
    await sim.until(() => stream.isOver);
    assert.equal(stream.failure?.message, 'etcdserver: no leader');
    const ms = sim.scheduler.monotonicMs() - startMs;
    assert.ok(ms >= REQUEST_TIMEOUT_MS && ms <= REQUEST_TIMEOUT_MS + SWEEP_MS, String(ms));
    await sim.stop();
  });

  it('what never gets anywhere -> counted as failed proposals, and never applied later', async () => {
    const sim = await alone({ leads: false });
    await end(sim, PUT);
    assert.equal(sim.member.meters.failedProposals, 1);
    assert.equal(sim.member.raft.queuedBytes, 0);
    await sim.stop();
  });
});

describe('a leader that has lost its majority, and does not know it yet', () => {
  it('NODE-I5: a write it has taken -> request timed out: it may be made in the end', async () => {
    const sim = await alone({ leads: true });
    assert.equal((await end(sim, PUT)).what, TIMEOUT);
    await sim.stop();
  });

  it('a read -> request timed out; a stopping member -> server stopped', async () => {
    const sim = await alone({ leads: true });
    assert.equal((await end(sim, RANGE)).what, TIMEOUT);
    const call = RANGE.ask(sim);
    await sim.stop();
    assert.equal(call.failure?.message, 'etcdserver: server stopped');
  });

  it('held up, then asked for a lease -> not answered from what it knew: no leader', async () => {
    const sim = await alone({ leads: true });
    const { member } = sim;
    // The time that a stopped process does not see; its timers and those of the others went on.
    Object.defineProperty(member.leadership, 'isSure', { get: () => false });
    assert.equal((await end(sim, TIME_TO_LIVE)).what, NO_LEADER);
    await sim.stop();
  });
});
