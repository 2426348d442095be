import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_BYTES } from '../../../../src/base/bytes.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import type { RpcFailure, ServiceMethod, ServiceTable } from '../../../../src/grpc/index.ts';
import { RangeRequest } from '../../../../src/pb/index.ts';
import { withCallRules } from '../../../../src/server/api/call-rules.ts';
import { ClientRequests, clientVersionsMax } from '../../../../src/server/api/client-requests.ts';
import { LeaderWatch } from '../../../../src/server/api/leader-watch.ts';
import { OpenCalls } from '../../../../src/server/api/open-calls.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { FOUNDER } from '../../../sim/sim-member.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';
import { FakeBidiCall, FakeUnaryCall } from '../../../support/server/fake-calls.ts';

const NO_LEADER: RpcFailure = { code: 'Unavailable', message: 'etcdserver: no leader' };
const LEARNER = {
  code: 'FailedPrecondition',
  message: 'etcdserver: rpc not supported for learner',
};

const PATHS = {
  range: '/etcdserverpb.KV/Range',
  put: '/etcdserverpb.KV/Put',
  status: '/etcdserverpb.Maintenance/Status',
  snapshot: '/etcdserverpb.Maintenance/Snapshot',
  watch: '/etcdserverpb.Watch/Watch',
};

type Headers = Record<string, string>;

/** Handlers that answer or stay open, behind the rules of a member in any state. */
function served() {
  const state = { version: '3.6.0' as string | undefined, leader: 1n, isLearner: false };
  const seen: string[] = [];
  const answering = (path: string): ServiceMethod => ({
    kind: 'unary',
    handler: (call, request) => {
      seen.push(path);
      call.reply(request);
    },
  });
  const table: ServiceTable = new Map<string, ServiceMethod>([
    ...[PATHS.range, PATHS.put, PATHS.status].map((path) => [path, answering(path)] as const),
    [PATHS.snapshot, { kind: 'server-stream', handler: () => void seen.push(PATHS.snapshot) }],
    [PATHS.watch, { kind: 'bidi', handler: () => void seen.push(PATHS.watch) }],
  ]);
  const member = {
    cluster: {
      get version() {
        return state.version;
      },
      localId: 1n,
      member: (id: bigint) => ({ ...FOUNDER, id, isLearner: state.isLearner }),
    },
    raft: {
      get leader() {
        return state.leader;
      },
    },
  };
  const ports = {
    member,
    calls: new OpenCalls(),
    requests: new ClientRequests(),
  };
  const rules = withCallRules(table, ports);
  return {
    ...ports,
    raft: member.raft,
    state,
    seen,
    unary: (path: string, headers: Headers = {}, request: Uint8Array = EMPTY_BYTES) => {
      const method = rules.get(path);
      const call = new FakeUnaryCall(headers);
      if (method?.kind === 'unary') method.handler(call, request);
      return call;
    },
    stream: (path: string, headers: Headers = {}) => {
      const method = rules.get(path);
      const call = new FakeBidiCall(headers);
      if (method?.kind === 'bidi') method.handler(call);
      if (method?.kind === 'server-stream') method.handler(call, EMPTY_BYTES);
      return call;
    },
  };
}

describe('call rules', () => {
  it('a member that serves -> calls of every kind get through', () => {
    const { unary, stream, seen } = served();
    assert.ok(unary(PATHS.put).response !== undefined);
    assert.equal(stream(PATHS.watch).isOver, false);
    assert.equal(stream(PATHS.snapshot).isOver, false);
    assert.deepEqual(seen, [PATHS.put, PATHS.watch, PATHS.snapshot]);
  });

  it('API-I9: several rules broken -> the first of them tells, and no handler runs', () => {
    const { unary, stream, seen, state, requests } = served();
    const headers = { hasleader: 'true', 'client-api-version': '3\xff' };
    Object.assign(state, { version: undefined, isLearner: true, leader: 0n });
    const told = (): unknown[] => [
      unary(PATHS.put, headers).failure?.message,
      stream(PATHS.watch, headers).failure?.message,
    ];
    assert.deepEqual(told(), Array(2).fill('etcdserver: not capable'));
    state.version = '3.6.0';
    assert.deepEqual(told(), Array(2).fill('etcdserver: rpc not supported for learner'));
    state.isLearner = false;
    assert.deepEqual(told(), Array(2).fill('etcdserver: invalid client api version'));
    assert.equal(requests.counts.unary.size, 0);
    headers['client-api-version'] = '3.6';
    assert.deepEqual(told(), Array(2).fill('etcdserver: no leader'));
    assert.equal(requests.counts.unary.get('3.6'), 1);
    assert.deepEqual(seen, []);
  });

  it('no leader -> matters to those only who say so', () => {
    const { unary, stream, state } = served();
    state.leader = 0n;
    assert.deepEqual(unary(PATHS.put, { hasleader: 'true' }).failure, NO_LEADER);
    assert.deepEqual(stream(PATHS.watch, { hasleader: 'true' }).failure, NO_LEADER);
    assert.ok(unary(PATHS.put).response !== undefined);
    assert.ok(unary(PATHS.put, { hasleader: 'false' }).response !== undefined);
    assert.equal(stream(PATHS.watch).isOver, false);
  });

  it('a learner -> serves its status, its own state, and snapshots', () => {
    const { unary, stream, state } = served();
    state.isLearner = true;
    const range = (serializable: boolean): Uint8Array =>
      RangeRequest.encode(RangeRequest.create({ key: utf8Bytes('a'), serializable }));
    assert.deepEqual(unary(PATHS.put).failure, LEARNER);
    assert.deepEqual(unary(PATHS.range, {}, range(false)).failure, LEARNER);
    assert.deepEqual(stream(PATHS.watch).failure, LEARNER);
    assert.ok(unary(PATHS.range, {}, range(true)).response !== undefined);
    assert.ok(unary(PATHS.range, {}, Uint8Array.of(0xff)).response !== undefined);
    assert.ok(unary(PATHS.status).response !== undefined);
    assert.equal(stream(PATHS.snapshot).isOver, false);
  });
});

describe('client requests', () => {
  it('calls -> counted by kind and version', () => {
    const { unary, stream, requests } = served();
    unary(PATHS.put);
    unary(PATHS.put, { 'client-api-version': '3.6' });
    unary(PATHS.put, { 'client-api-version': '3.6' });
    stream(PATHS.watch, { 'client-api-version': '\xc3\xa9' });
    assert.deepEqual(
      [...requests.counts.unary],
      [
        ['unknown', 1],
        ['3.6', 2],
      ],
    );
    assert.deepEqual([...requests.counts.stream], [['é', 1]]);
  });

  it('API-I14: clientVersionsMax versions -> further ones are counted together', () => {
    const requests = new ClientRequests();
    for (let i = 0; i < clientVersionsMax + 5; i++) requests.count('unary', `v${i}`);
    requests.count('unary', 'v0');
    assert.equal(requests.counts.unary.size, clientVersionsMax + 1);
    assert.equal(requests.counts.unary.get('other'), 5);
    assert.equal(requests.counts.unary.get('v0'), 2);
  });
});

describe('open calls', () => {
  it('ended, by whomever -> forgotten', () => {
    const { stream, calls } = served();
    const [ended, failed, cancelled] = [0, 1, 2].map(() => stream(PATHS.watch));
    assert.equal(calls.size, 3);
    ended?.end();
    failed?.fail(NO_LEADER);
    cancelled?.cancel();
    assert.equal(calls.size, 0);
  });

  it('the server stops -> all are aborted, which their handlers see as cancelled', () => {
    const { stream, calls } = served();
    const call = stream(PATHS.watch);
    let isCancelled = false;
    call.onCancel(() => {
      isCancelled = true;
    });
    calls.endAll();
    assert.equal(isCancelled, true);
    assert.equal(call.failure?.message, 'etcdserver: server stopped');
    assert.equal(calls.size, 0);
  });
});

describe('leader watch', () => {
  it('API-I10: three election time-outs in a row without a leader -> streams that need one end', async () => {
    const { stream, state, raft, calls } = served();
    const scheduler = new SimScheduler(new SeededRandom(1));
    // The watch is all there is to run: one step, one election time-out.
    const pass = async (timeouts: number): Promise<void> => {
      for (let i = 0; i < timeouts; i++) await scheduler.step();
    };
    const needing = stream(PATHS.watch, { hasleader: 'true' });
    const other = stream(PATHS.watch);
    const watch = new LeaderWatch({ electionTimeoutMs: 1000 }, { scheduler, raft, calls });
    state.leader = 0n;
    await pass(2);
    state.leader = 7n;
    await pass(1);
    state.leader = 0n;
    await pass(2);
    assert.equal(needing.isOver, false);
    await pass(1);
    assert.deepEqual(needing.failure, NO_LEADER);
    assert.equal(other.isOver, false);
    watch.stop();
    assert.equal(scheduler.size, 0);
  });
});
