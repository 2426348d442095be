/** A member among the others, with a transport that the test answers for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerError } from '../../../../src/server/errors.ts';
import { MemberPeers, type PeersOwner, peerEnds } from '../../../../src/server/member-peers.ts';
import { Cluster } from '../../../../src/server/membership/cluster.ts';
import type { LeaderRequests } from '../../../../src/server/node/leader-requests.ts';
import { NO_TRANSPORT } from '../../../../src/server/node/peer-links.ts';
import type { ReconfigurationDone } from '../../../../src/server/node/reconfiguration.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';

const member = (id: bigint, isLearner = false) => ({
  id,
  peerURLs: [`http://${id}:2380`],
  isLearner,
  name: '',
  clientURLs: [],
});

/** Member 1, the leader of itself, 2 and 3, with a learner 4. */
function setUp(requests?: LeaderRequests) {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const cluster = new Cluster(
    { cluster: 9n, local: 1n },
    { put: () => undefined, remove: () => undefined },
  );
  for (const id of [1n, 2n, 3n]) cluster.add(member(id));
  cluster.add(member(4n, true));
  const active = new Map<bigint, number>();
  const transfers: bigint[] = [];
  const connected: string[] = [];
  const raft = {
    isLeader: true,
    leader: 1n,
    leaderSinceMs: 0,
    transferLeadership: (to: bigint) => transfers.push(to),
  };
  const owner = {
    raft,
    cluster,
    clock: scheduler,
    leadership: { confirm: ({ run }: { run: () => void }) => run() },
    whenApplied: ({ run }: { run: () => void }) => run(),
  };
  const peers = new MemberPeers(
    { requestTimeoutMs: 7000, electionTimeoutMs: 1000 },
    owner as unknown as PeersOwner,
    {
      scheduler,
      requests,
      transport: {
        ...NO_TRANSPORT,
        activeSince: (id) => active.get(id),
        addPeer: (id) => connected.push(`+${id}`),
        removePeer: (id) => connected.push(`-${id}`),
      },
    },
  );
  const pass = async (ms: number): Promise<void> => {
    let isOver = false;
    scheduler.after(ms, () => {
      isOver = true;
    });
    while (!isOver) {
      await scheduler.step();
      await new Promise(setImmediate);
    }
  };
  const handedOver: string[] = [];
  const handOver = (): void =>
    void peers.handOver().then(() => handedOver.push(`after ${scheduler.monotonicMs()} ms`));
  return { peers, cluster, raft, active, transfers, connected, pass, handOver, handedOver };
}

describe('member peers: handing over before a stop', () => {
  it('to the voter that is connected for longest; done when that one leads', async () => {
    const { peers, active, transfers, handOver, handedOver, pass } = setUp();
    active.set(2n, 50).set(3n, 20).set(4n, 10);
    handOver();
    await pass(100);
    assert.deepEqual([transfers, handedOver], [[3n], []]);
    peers.leaderIs(2n);
    await pass(100);
    assert.deepEqual(handedOver, []);
    peers.leaderIs(3n);
    await pass(0);
    assert.deepEqual(handedOver, ['after 200 ms']);
  });

  it('nobody takes it -> given up after an election time-out', async () => {
    const { active, handOver, handedOver, pass } = setUp();
    active.set(2n, 50);
    handOver();
    await pass(2000);
    assert.deepEqual(handedOver, ['after 1000 ms']);
  });

  for (const [name, change] of [
    ['no voter is connected', ({ active }) => active.delete(2n)],
    ['does not lead', ({ raft }) => Object.assign(raft, { isLeader: false })],
    ['the other voters are removed', ({ cluster }) => [2n, 3n].map((id) => cluster.remove(id))],
    ['stopped already', ({ peers }) => peers.stop()],
  ] as [string, (on: ReturnType<typeof setUp>) => unknown][]) {
    it(`${name} -> nothing to wait for`, async () => {
      const on = setUp();
      on.active.set(2n, 1).set(4n, 1);
      change(on);
      on.handOver();
      await on.pass(0);
      assert.deepEqual([on.transfers, on.handedOver], [[], ['after 0 ms']]);
    });
  }
});

describe('member peers', () => {
  it('moving leadership -> ends with the new leader, in time, or when the member stops', async () => {
    const { peers, transfers, pass } = setUp();
    const ends: string[] = [];
    const done =
      (name: string) =>
      (error: ServerError | undefined): void =>
        void ends.push(`${name} ${error?.code ?? 'leads'}`);
    peers.moveLeader(1n, done('itself'));
    peers.moveLeader(2n, done('two'));
    peers.leaderIs(2n);
    peers.moveLeader(3n, done('three'));
    await pass(6999);
    peers.expire();
    assert.deepEqual(
      [ends, transfers],
      [
        ['itself leads', 'two leads'],
        [2n, 3n],
      ],
    );
    await pass(1);
    peers.expire();
    peers.moveLeader(2n, done('last'));
    peers.stop();
    peers.moveLeader(3n, done('late'));
    assert.deepEqual(ends.slice(2), [
      'three SERVER_TRANSFER_TIMEOUT',
      'last SERVER_STOPPED',
      'late SERVER_STOPPED',
    ]);
  });

  it('members come and go -> connected to and let go, never to itself', () => {
    const { peers, cluster, connected } = setUp();
    peers.connect([member(7n)]);
    cluster.remove(3n);
    peers.changed();
    assert.deepEqual(connected, ['+7', '+2', '+3', '+4', '-3']);
  });

  it('time-outs -> by the leader and the connections as they are then', () => {
    const { peers, raft, active } = setUp();
    assert.equal(peers.timeoutError(5).code, 'SERVER_TIMEOUT_CONNECTION_LOST');
    active.set(2n, 1).set(3n, 1);
    assert.equal(peers.timeoutError(5).code, 'SERVER_TIMEOUT');
    raft.leaderSinceMs = 6;
    assert.equal(peers.timeoutError(5).code, 'SERVER_TIMEOUT_LEADER_FAILED');
  });

  it('a promotion on a follower -> asked of the leader; its members, or its refusal', async () => {
    const requests = {
      promote: (urls: readonly string[], id: bigint) =>
        id === 4n ? Promise.resolve([member(4n)]) : Promise.reject(new TypeError(urls.join())),
    } as LeaderRequests;
    const { peers, raft, pass } = setUp(requests);
    Object.assign(raft, { isLeader: false, leader: 2n });
    const ends: unknown[] = [];
    const done: ReconfigurationDone = (outcome) =>
      ends.push(
        outcome.error === undefined
          ? outcome.members.map(({ id }) => id)
          : (outcome.error as ServerError).code,
      );
    peers.promoteAtLeader?.(4n, done);
    peers.promoteAtLeader?.(5n, done);
    for (let times = 0; times < 10; times++) await pass(10);
    assert.deepEqual(ends, [[4n]]);
    for (let times = 0; times < 70; times++) await pass(101);
    assert.deepEqual(ends, [[4n], 'SERVER_TIMEOUT']);
    assert.equal(setUp().peers.promoteAtLeader, undefined);
  });
});

describe('what the transport tells a member', () => {
  it('each event reaches it; what it throws ends it', () => {
    const told: string[] = [];
    const fatals: unknown[] = [];
    const ends = peerEnds({
      raft: {
        received: (messages: readonly unknown[]) => told.push(`received ${messages.length}`),
        unreachable: (id: bigint) => told.push(`unreachable ${id}`),
        snapshotSent: () => {
          throw new TypeError('a bug');
        },
      },
      cluster: { isRemoved: (id: bigint) => id === 3n },
      removal: { toldByPeer: () => told.push('removed') },
      fatal: (error: unknown) => fatals.push(error),
    } as unknown as Parameters<typeof peerEnds>[0]);
    ends.events.received([]);
    ends.events.unreachable(2n);
    ends.events.removed();
    ends.events.becameActive(2n);
    ends.events.snapshotSent(2n, true);
    assert.deepEqual(told, ['received 0', 'unreachable 2', 'removed']);
    assert.match(String(fatals), /a bug/);
    assert.deepEqual([ends.isRemoved(3n), ends.isRemoved(2n)], [true, false]);
  });
});
