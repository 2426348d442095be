import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../../../src/base/coded-error.ts';
import { LeaseError } from '../../../../src/lease/index.ts';
import { ServerError } from '../../../../src/server/errors.ts';
import { Cluster } from '../../../../src/server/membership/cluster.ts';
import {
  type LeaderAnswer,
  LeaderDesk,
  type LeaderQuestion,
  type LeaderRequests,
} from '../../../../src/server/node/leader-requests.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';

/** A member 1 that is not alone: 2 leads. */
function follower() {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const cluster = new Cluster(
    { cluster: 9n, local: 1n },
    { put: () => undefined, remove: () => undefined },
  );
  for (const id of [1n, 2n]) {
    const peerURLs = [`http://${id}:2380`];
    cluster.add({ id, peerURLs, isLearner: false, name: '', clientURLs: [] });
  }
  const raft = { isLeader: false, leader: 2n };
  const leads = { confirmed: true };
  const desk = new LeaderDesk(
    { requestTimeoutMs: 1000 },
    {
      raft,
      member: { cluster },
      clock: scheduler,
      scheduler,
      leadership: {
        confirm: (read) =>
          leads.confirmed ? read.run() : read.fail(new ServerError('SERVER_NOT_LEADER', '')),
      },
      whenApplied: (read) => read.run(),
      requests: {} as LeaderRequests,
    },
  );
  const answers: string[] = [];
  const done = ({ value, error }: LeaderAnswer<string>): void => {
    answers.push(error instanceof CodedError ? String(error.code) : String(value));
  };
  const ask = (question: LeaderQuestion<string>): void => desk.ask(question, done);
  /** Answers come from outside of the scheduler: they get their turn every 10 ms. */
  const pass = async (ms: number): Promise<void> => {
    const endMs = scheduler.monotonicMs() + ms;
    while (scheduler.monotonicMs() < endMs) {
      let isOver = false;
      scheduler.after(10, () => {
        isOver = true;
      });
      while (!isOver) await scheduler.step();
      await new Promise(setImmediate);
    }
  };
  return { raft, leads, desk, answers, ask, pass };
}

const notPrimary = (): never => {
  throw new LeaseError('LEASE_NOT_PRIMARY', 'not yet');
};

describe('what only a leader can answer', () => {
  it('another member leads -> it is asked, at its URLs; what it says is the answer', async () => {
    const { answers, ask, pass } = follower();
    ask({ there: (_, urls) => Promise.resolve(urls.join()) });
    const lost = new LeaseError('LEASE_NOT_FOUND', 'gone');
    ask({ there: () => Promise.reject(lost) });
    await pass(20);
    assert.deepEqual(answers, ['http://2:2380', 'LEASE_NOT_FOUND']);
  });

  it('no answer -> asked again every 50 ms, until the request time-out', async () => {
    const { answers, ask, pass } = follower();
    let asked = 0;
    ask({
      there: () => {
        asked++;
        return Promise.reject(new TypeError('connection refused'));
      },
    });
    await pass(900);
    assert.deepEqual([answers, asked >= 10], [[], true]);
    await pass(200);
    assert.deepEqual(answers, ['SERVER_TIMEOUT']);
  });

  it('leads, but its leases are not its own yet -> answers when they are', async () => {
    const { raft, answers, ask, pass } = follower();
    raft.isLeader = true;
    raft.leader = 1n;
    let tries = 0;
    ask({ here: () => (++tries < 3 ? notPrimary() : 'here'), there: () => assert.fail() });
    assert.deepEqual(answers, []);
    await pass(200);
    assert.deepEqual([answers, tries], [['here'], 3]);
  });

  it('nobody leads until the end -> SERVER_NO_LEADER; a leader that is no member -> the same', async () => {
    const { raft, answers, ask, pass } = follower();
    raft.leader = 0n;
    ask({ there: () => assert.fail('there is nobody') });
    await pass(900);
    assert.deepEqual(answers, []);
    raft.leader = 7n;
    await pass(200);
    assert.deepEqual(answers, ['SERVER_NO_LEADER']);
  });

  it('a leader is asked until the end, though none is known by then -> SERVER_TIMEOUT', async () => {
    const { raft, answers, ask, pass } = follower();
    let lose = (): void => assert.fail('it was asked');
    ask({
      there: () =>
        new Promise((_resolve, reject) => {
          lose = () => reject(new TypeError('timed out'));
        }),
    });
    raft.leader = 0n;
    await pass(990);
    assert.deepEqual(answers, []);
    lose();
    await pass(100);
    assert.deepEqual(answers, ['SERVER_TIMEOUT']);
  });

  it('a leader was asked in vain, then none is known until the end -> SERVER_NO_LEADER', async () => {
    const { raft, answers, ask, pass } = follower();
    let asked = 0;
    ask({
      there: () => {
        asked++;
        raft.leader = 0n;
        return Promise.reject(new TypeError('connection refused'));
      },
    });
    await pass(1100);
    assert.deepEqual([answers, asked], [['SERVER_NO_LEADER'], 1]);
  });

  it('NODE-I13: leads no more, as it turns out -> whoever leads then is asked', async () => {
    const { raft, leads, answers, ask, pass } = follower();
    Object.assign(raft, { isLeader: true, leader: 1n });
    leads.confirmed = false;
    ask({ here: () => 'here', there: () => Promise.resolve('there') });
    assert.deepEqual(answers, []);
    Object.assign(raft, { isLeader: false, leader: 2n });
    await pass(100);
    assert.deepEqual(answers, ['there']);
  });

  it('leads meanwhile, and has no answer of its own -> asks itself, as the others do', async () => {
    const { raft, answers, ask, pass } = follower();
    Object.assign(raft, { isLeader: true, leader: 1n });
    ask({ there: (_, urls) => Promise.resolve(urls.join()) });
    await pass(20);
    assert.deepEqual(answers, ['http://1:2380']);
  });

  it('nobody leads, then somebody does -> asked then; stopped -> server stopped', async () => {
    const { raft, desk, answers, ask, pass } = follower();
    raft.leader = 0n;
    ask({ there: () => Promise.resolve('there') });
    await pass(300);
    assert.deepEqual(answers, []);
    raft.leader = 2n;
    await pass(100);
    raft.leader = 0n;
    ask({ there: () => Promise.resolve('never') });
    desk.stop();
    await pass(100);
    assert.deepEqual(answers, ['there', 'SERVER_STOPPED']);
  });
});
