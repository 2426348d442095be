/**
 * Three members on three machines whose connections break: the majority goes on, nobody who was away
 * disturbs it, nothing that was acknowledged is lost, and in the end all hold the same.
 */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KV } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import type { MemberProcess } from '../support/processes.ts';
import { SteadyWriters } from '../support/steady-writers.ts';
import { networkSkipReason, SwitchedNetwork } from '../support/switched-network.ts';

const WARM_UP_MS = 500;
/** More than enough for an election, and for members to notice that they are alone. */
const CUT_MS = 5000;
/** Shorter than an election could be. */
const UNNOTICED_MS = 900;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Roles {
  readonly leader: number;
  readonly followers: readonly [number, number];
}

describe('partitions', { skip: networkSkipReason() }, () => {
  let network: SwitchedNetwork;
  let cluster: LiveCluster;
  beforeEach(async () => {
    network = new SwitchedNetwork(3);
    cluster = await LiveCluster.start(3, { places: network.places });
  });
  afterEach(async () => {
    await cluster.dispose();
    network.dispose();
  });

  const member = (at: number): MemberProcess => cluster.members[at] as MemberProcess;

  async function roles(): Promise<Roles> {
    const leader = cluster.members.indexOf(await cluster.leader());
    const [one = 0, other = 0] = [0, 1, 2].filter((at) => at !== leader);
    return { leader, followers: [one, other] };
  }

  async function status(at: number): Promise<{ term: number; knowsLeader: boolean }> {
    const { term, leader } = await cluster.status(member(at));
    return { term, knowsLeader: leader !== '0' };
  }

  /** Breaks connections under writes for a while; `check` looks at it before they are healed. */
  async function during(
    breaking: () => void,
    check: (writers: SteadyWriters, brokenAtMs: number) => Promise<void>,
  ): Promise<void> {
    const clients = cluster.members.map((one) => cluster.client(one));
    const writers = new SteadyWriters(clients, 'steady/');
    await pause(WARM_UP_MS);
    breaking();
    const brokenAtMs = performance.now();
    await pause(CUT_MS);
    try {
      await check(writers, brokenAtMs);
    } finally {
      network.heal();
    }
    await cluster.leader();
    await pause(WARM_UP_MS);
    await writers.stop();
    await cluster.equalHash();
    for (const client of clients) await writers.checkNoneLost(client);
  }

  it('the leader alone -> the two others elect one of them, and writes go on', {
    timeout: 60_000,
  }, async (t) => {
    const { leader, followers } = await roles();
    const { term } = await status(leader);
    await during(
      () => network.split([leader], followers),
      async (writers, brokenAtMs) => {
        const resumedMs = await writers.untilResumed(brokenAtMs);
        t.diagnostic(`writes were back after ${resumedMs} ms`);
        const next = await cluster.leader(followers.map(member));
        assert.ok(resumedMs < (await cluster.failoverMsMax(term, next)), `${resumedMs} ms`);
        assert.ok(!(await status(leader)).knowsLeader, 'it has stepped down');
      },
    );
  });

  it('a follower alone -> no election, neither meanwhile nor when it is back', {
    timeout: 60_000,
  }, async (t) => {
    const { leader, followers } = await roles();
    const { term } = await status(leader);
    await during(
      () => network.split([followers[0]], [leader, followers[1]]),
      async (writers) => {
        t.diagnostic(`longest gap between answers: ${Math.round(writers.longestGapMs)} ms`);
        assert.ok(writers.longestGapMs < UNNOTICED_MS);
        const alone = { term, knowsLeader: false };
        assert.deepEqual(await status(followers[0]), alone, 'it asks, but campaigns for nothing');
      },
    );
    assert.equal((await status(leader)).term, term);
    assert.equal(await cluster.leader(), member(leader));
  });

  it('leader and one follower do not reach each other -> the third keeps the leader', {
    timeout: 60_000,
  }, async () => {
    const { leader, followers } = await roles();
    const { term } = await status(leader);
    await during(
      () => network.split([leader], [followers[0]]),
      async (writers) => {
        assert.ok(writers.longestGapMs < UNNOTICED_MS);
        assert.deepEqual(await status(followers[0]), { term, knowsLeader: false });
      },
    );
    assert.equal((await status(leader)).term, term);
    assert.equal(await cluster.leader(), member(leader));
  });

  it('what a follower sends is lost, what it is sent arrives -> the others go on', {
    timeout: 60_000,
  }, async () => {
    const { leader, followers } = await roles();
    const { term } = await status(leader);
    await during(
      () => {
        network.cut(followers[0], leader);
        network.cut(followers[0], followers[1]);
      },
      async (writers) => {
        assert.ok(writers.longestGapMs < UNNOTICED_MS);
        assert.deepEqual(await status(followers[0]), { term, knowsLeader: false });
      },
    );
    assert.equal((await status(leader)).term, term);
    assert.equal(await cluster.leader(), member(leader));
  });

  for (const [what, leaderSends] of [
    ['what the leader sends is lost, what it is sent arrives', true],
    ['what the leader sends arrives, what it is sent is lost', false],
  ] as const) {
    it(`${what} -> another one leads`, { timeout: 60_000 }, async (t) => {
      const { leader, followers } = await roles();
      await during(
        () => {
          for (const follower of followers) {
            if (leaderSends) network.cut(leader, follower);
            else network.cut(follower, leader);
          }
        },
        async (writers, brokenAtMs) => {
          const resumedMs = await writers.untilResumed(brokenAtMs);
          t.diagnostic(`writes were back after ${resumedMs} ms`);
          assert.notEqual(await cluster.leader(followers.map(member)), member(leader));
        },
      );
    });
  }

  it('nobody reaches anybody -> nothing is acknowledged until they do', {
    timeout: 60_000,
  }, async () => {
    const { leader, followers } = await roles();
    await during(
      () => {
        network.split([leader], followers);
        network.split([followers[0]], [followers[1]]);
      },
      (writers, brokenAtMs) => {
        assert.equal(writers.resumedMs(brokenAtMs), Number.POSITIVE_INFINITY);
        return Promise.resolve();
      },
    );
    await KV.put(cluster.client(member(leader)), Buffer.from('together'), Buffer.from('v'));
  });
});
