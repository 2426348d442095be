import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { ConfState, HardState, InternalRaftRequest, PutRequest } from '../../../../src/pb/index.ts';
import { RAFT_DEFAULTS, Raft } from '../../../../src/raft/index.ts';
import type { Outcome } from '../../../../src/server/apply/requests.ts';
import { MemberNode } from '../../../../src/server/node/member-node.ts';
import {
  Proposals,
  queuedBytesMax,
  requestsUnderWayMax,
  unappliedEntriesMax,
} from '../../../../src/server/node/proposals.ts';
import { RequestIds } from '../../../../src/server/node/request-ids.ts';
import { Waiters } from '../../../../src/server/node/waiters.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const PUT = PutRequest.create({ key: utf8Bytes('k'), value: utf8Bytes('v') });

function setUp() {
  const proposed: Uint8Array[] = [];
  const target = {
    isLeader: false,
    propose: (data: Uint8Array) => proposed.push(data),
    proposeAsLeader(data: Uint8Array): boolean {
      if (target.isLeader) proposed.push(data);
      return target.isLeader;
    },
    committedIndex: 0,
    appliedIndex: 0,
    queuedBytes: 0,
  };
  const clock = { monotonicMs: () => 0, wallMs: () => 0 };
  const waiters = new Waiters<Outcome>(1000);
  const ids = new RequestIds(0xabcdn, 1);
  const proposals = new Proposals({ requestBytesMax: 100 }, { target, waiters, ids, clock });
  const outcomes: Outcome[] = [];
  const put = (request: PutRequest): void =>
    proposals.propose('put', request, (outcome) => outcomes.push(outcome));
  return { proposed, proposals, target, waiters, outcomes, put };
}

const codes = (outcomes: readonly Outcome[]): unknown[] =>
  outcomes.map((outcome) => outcome.error?.code);

describe('proposals', () => {
  it('a request -> an entry with an id of its own; the outcome under that id ends it', () => {
    const { proposed, waiters, outcomes, put } = setUp();
    put(PUT);
    put(PUT);
    const requests = proposed.map((data) => InternalRaftRequest.decode(data));
    assert.deepEqual(
      requests.map(({ header }) => header?.ID),
      [0xabcd_0000_0000_0101n, 0xabcd_0000_0000_0102n],
    );
    assert.deepEqual(requests[0]?.put, PUT);
    waiters.settle(0xabcd_0000_0000_0102n, { response: undefined });
    waiters.settle(0xabcd_0000_0000_0102n, { response: undefined });
    assert.equal(outcomes.length, 1);
    assert.equal(waiters.size, 1);
  });

  it('NODE-I6: only as leader -> appended at once, or fails: never handed on', () => {
    const { proposed, proposals, target, waiters, outcomes } = setUp();
    const revoke = (): void =>
      proposals.proposeAsLeader('leaseRevoke', { ID: 7n }, (outcome) => outcomes.push(outcome));
    revoke();
    assert.deepEqual([proposed.length, waiters.size], [0, 0]);
    assert.deepEqual(codes(outcomes), ['SERVER_NOT_LEADER']);
    target.isLeader = true;
    revoke();
    assert.deepEqual([proposed.length, waiters.size, outcomes.length], [1, 1, 1]);
  });

  it('larger than the limit once encoded -> SERVER_REQUEST_TOO_LARGE', () => {
    const { proposed, outcomes, put } = setUp();
    put({ ...PUT, value: new Uint8Array(101) });
    assert.deepEqual(codes(outcomes), ['SERVER_REQUEST_TOO_LARGE']);
    assert.equal(proposed.length, 0);
  });

  it('unappliedEntriesMax entries behind -> accepted; one more -> SERVER_TOO_MANY_REQUESTS', () => {
    const { target, outcomes, put } = setUp();
    target.committedIndex = unappliedEntriesMax;
    put(PUT);
    assert.deepEqual(outcomes, []);
    target.committedIndex += 1;
    put(PUT);
    assert.deepEqual(codes(outcomes), ['SERVER_TOO_MANY_REQUESTS']);
  });

  it('queuedBytesMax bytes wait for raft -> SERVER_TOO_MANY_REQUESTS', () => {
    const { target, outcomes, put } = setUp();
    target.queuedBytes = queuedBytesMax;
    put(PUT);
    assert.deepEqual(codes(outcomes), ['SERVER_TOO_MANY_REQUESTS']);
  });

  it('requestsUnderWayMax requests wait -> SERVER_TOO_MANY_REQUESTS', () => {
    const { waiters, outcomes, put } = setUp();
    for (let id = 0; id < requestsUnderWayMax; id++) waiters.add(BigInt(id), 0, () => undefined);
    put(PUT);
    assert.deepEqual(codes(outcomes), ['SERVER_TOO_MANY_REQUESTS']);
  });
});

describe('member node: proposals that raft does not take', () => {
  it('NODE-I5: no leader -> each is dropped after its own time-out, not after that of the oldest', () => {
    const random = new SeededRandom(1);
    const scheduler = new SimScheduler(random);
    const raft = new Raft(
      { ...RAFT_DEFAULTS, id: 1n },
      {
        hardState: HardState.create({}),
        confState: ConfState.create({ voters: [1n, 2n] }),
        snapshot: { index: 0, term: 0 },
        entries: [],
        applied: 0,
      },
      { random },
    );
    let nowMs = 0;
    const node = new MemberNode(
      { requestTimeoutMs: 7000, tickMs: 100 },
      {
        raft,
        log: { pending: 0 } as never,
        entries: () => ({ apply: () => undefined, hasRoom: true }),
        states: undefined,
        transport: { send: () => undefined },
        ids: new RequestIds(1n, 0),
        confChanges: { offerTo: () => undefined },
        scheduler,
        clock: { monotonicMs: () => nowMs, wallMs: () => 0 },
        logger: new RecordingLogger(),
        onSoftState: () => undefined,
        fatal: (error) => assert.fail(String(error)),
      },
    );
    node.propose(new Uint8Array(10), { id: 1n, startMs: nowMs });
    nowMs = 6000;
    node.propose(new Uint8Array(20), { id: 2n, startMs: nowMs });
    nowMs = 7000;
    assert.deepEqual(node.sweep(), [1n]);
    assert.equal(node.queuedBytes, 20);
    nowMs = 13_000;
    assert.deepEqual(node.sweep(), [2n]);
    assert.equal(node.queuedBytes, 0);
  });
});

describe('waiters', () => {
  it('NODE-I5: expire -> those whose time is over, oldest first; settleAll -> all of them', () => {
    const waiters = new Waiters<string>(100);
    const seen: string[] = [];
    waiters.add(1n, 0, (outcome) => seen.push(`1 ${outcome}`));
    waiters.add(2n, 0, (outcome) => seen.push(`2 ${outcome}`));
    waiters.add(3n, 1, (outcome) => seen.push(`3 ${outcome}`));
    waiters.expire(99, () => 'late');
    assert.deepEqual(seen, []);
    waiters.expire(100, () => 'late');
    assert.deepEqual(seen, ['1 late', '2 late']);
    assert.equal(waiters.has(3n), true);
    waiters.settleAll(() => 'stopped');
    assert.deepEqual(seen, ['1 late', '2 late', '3 stopped']);
  });

  it('random adds, answers and sweeps -> as a Map would have it', () => {
    const random = new SeededRandom(7);
    const waiters = new Waiters<string>(50);
    const model = new Map<bigint, number>();
    const told: string[] = [];
    const expected: string[] = [];
    // Ids of two members, with gaps, so that chains are shared.
    const ids = Array.from({ length: 6000 }, (_, at) => BigInt(at * 3) << BigInt(16 * (at % 2)));
    for (const [nowMs, id] of ids.entries()) {
      waiters.add(id, nowMs, (outcome) => told.push(`${id} ${outcome}`));
      model.set(id, nowMs);
      const asked = ids[nowMs - random.below(60)] ?? 1n;
      assert.equal(waiters.has(asked), model.has(asked));
      if (model.delete(asked)) expected.push(`${asked} done`);
      waiters.settle(asked, 'done');
      if (random.below(10) > 0) continue;
      for (const [old, startMs] of model) {
        if (startMs + 50 <= nowMs && model.delete(old)) expected.push(`${old} late ${startMs}`);
      }
      waiters.expire(nowMs, (startMs) => `late ${startMs}`);
      waiters.checkInvariants();
      assert.equal(waiters.size, model.size);
    }
    assert.deepEqual(told, expected);
  });

  it('a burst -> all are found, and told in order at the end', () => {
    const waiters = new Waiters<string>(100);
    const told: number[] = [];
    for (let at = 0; at < 10_000; at++) waiters.add(BigInt(at), at, () => told.push(at));
    waiters.checkInvariants();
    waiters.settleAll(() => 'stopped');
    waiters.checkInvariants();
    assert.deepEqual(
      told,
      Array.from({ length: 10_000 }, (_, at) => at),
    );
  });

  it('an id that waits already -> a bug', () => {
    const waiters = new Waiters<string>(100);
    waiters.add(1n, 0, () => undefined);
    assert.throws(() => waiters.add(1n, 0, () => undefined), /unique/);
  });
});

describe('request ids', () => {
  it('low bits of the member, then a count that starts at the time of the start', () => {
    const ids = new RequestIds(0x8e9e_05c5_2164_694dn, 0x0102_0304_05);
    assert.equal(ids.next(), 0x694d_0102_0304_0501n);
    assert.equal(ids.next(), 0x694d_0102_0304_0502n);
  });
});
