import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServerError } from '../../../../src/server/errors.ts';
import { Cluster } from '../../../../src/server/membership/cluster.ts';
import type { Member } from '../../../../src/server/membership/member.ts';
import {
  type AskVersions,
  NO_VERSIONS,
  VersionMonitor,
  type VersionMonitorPorts,
} from '../../../../src/server/node/version-monitor.ts';
import { askVersionsOf } from '../../../../src/server/storage/ask-versions.ts';
import type { RemoteCluster } from '../../../../src/server/storage/remote-cluster.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
};

/** Member 1 of a cluster of so many, with what it has proposed. */
function setUp(count: number, askVersions: AskVersions) {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const writer = { put: () => undefined, remove: () => undefined };
  const cluster = new Cluster({ cluster: 9n, local: 1n }, writer);
  for (let id = 1n; id <= count; id++) {
    const peerURLs = [`http://m${id}:1`, `http://m${id}:2`];
    cluster.add({ id, peerURLs, isLearner: false, name: 'm', clientURLs: [] });
  }
  const trial = { isLeader: true, fails: false, settled: 0, proposed: [] as string[] };
  const propose = ((_kind: string, { ver }: { ver: string }, done: (outcome: object) => void) => {
    trial.proposed.push(ver);
    if (!trial.fails) cluster.setVersion(ver);
    done(
      trial.fails ? { error: new ServerError('SERVER_TIMEOUT', 'late') } : { response: undefined },
    );
  }) as VersionMonitorPorts['member']['propose'];
  const raft = {
    get isLeader() {
      return trial.isLeader;
    },
  } as VersionMonitorPorts['member']['raft'];
  const monitor = new VersionMonitor({
    member: { cluster, raft, propose },
    scheduler,
    logger: silent,
    askVersions,
    onSettled: () => void trial.settled++,
  });
  const pass = async (ms: number): Promise<void> => {
    const endMs = scheduler.monotonicMs() + ms;
    scheduler.after(ms, () => undefined);
    while (scheduler.monotonicMs() < endMs) await scheduler.step();
  };
  return { trial, cluster, monitor, pass };
}

describe('version monitor', () => {
  it('NODE-I11: alone -> its own version, at once and once', async () => {
    const { trial, monitor, pass } = setUp(1, NO_VERSIONS);
    monitor.start();
    monitor.look();
    assert.deepEqual([trial.proposed, trial.settled], [['3.6.0'], 1]);
    await pass(10_000);
    assert.deepEqual(trial.proposed, ['3.6.0']);
    monitor.stop();
  });

  it('NODE-I11: not all can be asked -> 3.0.0, raised when all have told', async () => {
    let told: (string | undefined)[] = ['3.6.0', undefined];
    const asked: bigint[][] = [];
    const { trial, monitor, pass } = setUp(3, (members: readonly Member[], done) => {
      asked.push(members.map(({ id }) => id));
      done(told);
    });
    monitor.start();
    monitor.look();
    await pass(5000);
    assert.deepEqual(trial.proposed, ['3.0.0']);
    told = ['3.6.0', '3.5.30'];
    await pass(4000);
    told = ['3.6.0', '3.6.1'];
    await pass(4000);
    assert.deepEqual(trial.proposed, ['3.0.0', '3.5.0', '3.6.0']);
    assert.deepEqual(asked[0], [2n, 3n]);
    monitor.stop();
  });

  it('no leader any more while it asks, or ever -> proposes nothing', async () => {
    const waiting: (() => void)[] = [];
    const { trial, monitor, pass } = setUp(2, (_, done) => waiting.push(() => done(['3.6.0'])));
    monitor.look();
    monitor.look();
    assert.equal(waiting.length, 1, 'one look at a time');
    trial.isLeader = false;
    waiting[0]?.();
    monitor.look();
    assert.deepEqual([trial.proposed, trial.settled, waiting.length], [[], 2, 1]);
    trial.isLeader = true;
    monitor.look();
    monitor.stop();
    waiting[1]?.();
    await pass(10_000);
    assert.deepEqual(trial.proposed, []);
  });

  it('the proposal fails while there is no version -> tried again soon', async () => {
    const { trial, cluster, monitor, pass } = setUp(1, NO_VERSIONS);
    trial.fails = true;
    monitor.look();
    await pass(400);
    assert.equal(trial.proposed.length, 1);
    trial.fails = false;
    await pass(200);
    assert.deepEqual([trial.proposed.length, cluster.version], [2, '3.6.0']);
  });
});

describe('ask versions', () => {
  it('each member at its URLs in turn, none that answers -> undefined', async () => {
    const versions = (url: string): Promise<{ server: string; cluster: string }> =>
      url === 'http://m2:2'
        ? Promise.resolve({ server: '3.5.30', cluster: '3.5.0' })
        : Promise.reject(new TypeError('refused'));
    const { cluster } = setUp(3, NO_VERSIONS);
    const ask = askVersionsOf({ versions } as Partial<RemoteCluster> as RemoteCluster, 1000);
    const found = new Promise((resolve) => ask(cluster.members.slice(1), resolve));
    assert.deepEqual(await found, ['3.5.30', undefined]);
    let isSync = false;
    ask([], () => {
      isSync = true;
    });
    assert.equal(isSync, true, 'a member that is alone waits for nothing');
  });
});
