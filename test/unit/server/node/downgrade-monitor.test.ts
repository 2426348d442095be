import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServerError } from '../../../../src/server/errors.ts';
import { Cluster } from '../../../../src/server/membership/cluster.ts';
import {
  DowngradeMonitor,
  type DowngradeMonitorPorts,
} from '../../../../src/server/node/downgrade-monitor.ts';
import type { AskVersions } from '../../../../src/server/node/version-monitor.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
};

/** Member 1 of three, a server of 3.6, in a cluster of 3.7 that goes to `target`. */
function setUp(target: string | undefined, intervalMs = 5000) {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const cluster = new Cluster(
    { cluster: 9n, local: 1n },
    { put: () => undefined, remove: () => undefined },
  );
  for (const id of [1n, 2n, 3n]) {
    cluster.add({ id, peerURLs: [`http://m${id}`], isLearner: false, name: 'm', clientURLs: [] });
  }
  cluster.setDowngrade(target);
  const trial = {
    isLeader: true,
    fails: false,
    servers: [] as (string | undefined)[],
    asked: 0,
    ended: 0,
    cluster,
    pass: async (ms: number): Promise<void> => {
      const endMs = scheduler.monotonicMs() + ms;
      scheduler.after(ms, () => undefined);
      while (scheduler.monotonicMs() < endMs) await scheduler.step();
    },
  };
  const propose = ((kind: string, request: object, done: (outcome: object) => void) => {
    assert.deepEqual([kind, request], ['downgradeInfoSet', { enabled: false, ver: '' }]);
    trial.ended++;
    if (!trial.fails) cluster.setDowngrade(undefined);
    done(trial.fails ? { error: new ServerError('SERVER_TIMEOUT', 'late') } : {});
  }) as DowngradeMonitorPorts['member']['propose'];
  const raft = {
    get isLeader() {
      return trial.isLeader;
    },
  } as DowngradeMonitorPorts['member']['raft'];
  const askVersions: AskVersions = (members, done) => {
    assert.deepEqual(
      members.map(({ id }) => id),
      [2n, 3n],
    );
    trial.asked++;
    done(trial.servers);
  };
  const monitor = new DowngradeMonitor(intervalMs, {
    member: { cluster, raft, propose },
    scheduler,
    logger: silent,
    askVersions,
  });
  monitor.start();
  return { trial, pass: trial.pass, monitor };
}

describe('downgrade monitor', () => {
  it('NODE-I14: all servers are at the target -> ended, once; one that is not, or is silent -> not', async () => {
    const { trial, pass, monitor } = setUp('3.6.0');
    for (const servers of [
      ['3.7.0', '3.6.14'],
      ['3.6.14', undefined],
      ['3.6.14', 'what'],
    ]) {
      trial.servers = servers;
      await pass(5100);
    }
    assert.deepEqual([trial.asked, trial.ended], [3, 0]);
    trial.servers = ['3.6.0', '3.6.14'];
    await pass(20_000);
    assert.deepEqual([trial.asked, trial.ended], [4, 1]);
    monitor.stop();
  });

  it('NODE-I14: its own server is not at the target -> nobody is asked', async () => {
    const { trial, pass } = setUp('3.5.0');
    trial.servers = ['3.5.30', '3.5.30'];
    await pass(20_000);
    assert.deepEqual([trial.asked, trial.ended], [0, 0]);
  });

  it('no leader, no downgrade, no interval, or stopped -> nothing', async () => {
    const follower = setUp('3.6.0');
    follower.trial.isLeader = false;
    const stopped = setUp('3.6.0');
    stopped.monitor.stop();
    for (const { trial, pass } of [follower, stopped, setUp(undefined), setUp('3.6.0', 0)]) {
      trial.servers = ['3.6.0', '3.6.0'];
      await pass(20_000);
      assert.deepEqual([trial.asked, trial.ended], [0, 0]);
    }
  });

  it('the proposal fails -> tried again at the next look', async () => {
    const { trial, pass } = setUp('3.6.0');
    trial.servers = ['3.6.0', '3.6.0'];
    trial.fails = true;
    await pass(5100);
    trial.fails = false;
    await pass(5100);
    assert.deepEqual([trial.ended, trial.cluster.downgradeTarget], [2, undefined]);
  });
});
