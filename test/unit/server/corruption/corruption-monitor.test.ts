import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackendError } from '../../../../src/base/ports/backend.ts';
import type { StoreHash } from '../../../../src/mvcc/index.ts';
import { AlarmAction, type AlarmRequest, AlarmType } from '../../../../src/pb/index.ts';
import {
  CorruptionMonitor,
  type MonitoredMember,
} from '../../../../src/server/corruption/corruption-monitor.ts';
import { ServerError } from '../../../../src/server/errors.ts';
import { Alarms } from '../../../../src/server/membership/alarms.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';
import { clusterOf } from '../../../support/server/hash-comparison.ts';

const OWN: StoreHash = {
  hash: 7,
  revision: 10,
  currentRevision: 10,
  compactRevision: 5,
  isComparable: true,
};
const COMPACTION = { hash: 7, revision: 5, compactRevision: 2 };

/** Member 1 of three, which leads, and whose peers say `hash` about everything. */
function setUp(hash: number, intervals: { state?: number; compactions?: number }) {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const logger = new RecordingLogger();
  const alarms = new Alarms({ put: () => undefined, remove: () => undefined });
  const trial = {
    isLeader: true,
    fails: false,
    asked: 0,
    proposed: [] as AlarmRequest[],
    fatal: [] as unknown[],
    own: (): Promise<StoreHash> => Promise.resolve(OWN),
  };
  const member = {
    alarms,
    cluster: clusterOf(3),
    store: { hashKv: () => trial.own(), compactionHashes: [COMPACTION] },
    raft: {
      get isLeader() {
        return trial.isLeader;
      },
    },
    linearizable: ({ run }: { run: () => void }) => run(),
    propose: (kind: string, request: AlarmRequest, done: (outcome: object) => void) => {
      assert.equal(kind, 'alarm');
      trial.proposed.push(request);
      if (!trial.fails) alarms.activate(request.memberID, request.alarm);
      done(trial.fails ? { error: new ServerError('SERVER_TIMEOUT', 'late') } : {});
    },
    fatal: (error: unknown) => void trial.fatal.push(error),
  };
  const { revision, ...floor } = COMPACTION;
  const said = { ...floor, hash, currentRevision: revision, hashRevision: revision };
  const monitor = new CorruptionMonitor(
    {
      corruptCheckIntervalMs: intervals.state ?? 0,
      compactHashCheckIntervalMs: intervals.compactions ?? 0,
      requestTimeoutMs: 7000,
    },
    member as unknown as MonitoredMember,
    {
      scheduler,
      logger,
      remoteHashes: {
        hashAt: (_url, asked) => {
          trial.asked++;
          const { revision: at } = asked;
          return Promise.resolve(at === OWN.revision ? { ...OWN, hash, hashRevision: at } : said);
        },
      },
    },
  );
  monitor.start();
  const pass = async (ms: number): Promise<void> => {
    const endMs = scheduler.monotonicMs() + ms;
    scheduler.after(ms, () => undefined);
    while (scheduler.monotonicMs() < endMs) {
      await scheduler.step();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { trial, monitor, pass, logger, alarms };
}

const alarm = (memberID: bigint): AlarmRequest => ({
  action: AlarmAction.ACTIVATE,
  memberID,
  alarm: AlarmType.CORRUPT,
});

describe('corruption monitor', () => {
  it('CORRUPT-I5: as leader, every interval; an alarm that is active is not raised again', async () => {
    const { trial, pass, monitor, logger } = setUp(8, { state: 1000 });
    assert.deepEqual(logger.lines[0], {
      level: 'info',
      message: 'enabled corruption checking',
      fields: { 'local-member-id': '1', interval: '1s' },
    });
    await pass(3500);
    assert.deepEqual([trial.asked, trial.proposed], [6, [alarm(2n)]]);
    monitor.stop();
    await pass(3500);
    assert.equal(trial.asked, 6);
  });

  it('CORRUPT-I5: by compactions -> the alarm of the one outside the majority', async () => {
    const { trial, pass } = setUp(8, { compactions: 1000 });
    await pass(2500);
    assert.deepEqual(trial.proposed, [alarm(1n)]);
  });

  it('CORRUPT-I5: no leader, or no interval -> asks nobody', async () => {
    const follower = setUp(8, { state: 1000, compactions: 1000 });
    follower.trial.isLeader = false;
    for (const { trial, pass } of [follower, setUp(8, {}), setUp(8, { state: -1 })]) {
      await pass(5000);
      assert.deepEqual([trial.asked, trial.proposed], [0, []]);
    }
  });

  it('an alarm that cannot be raised -> raised at the next round', async () => {
    const { trial, pass, alarms } = setUp(8, { state: 1000 });
    trial.fails = true;
    await pass(1500);
    trial.fails = false;
    await pass(1000);
    assert.equal(trial.proposed.length, 2);
    assert.ok(alarms.has(2n, AlarmType.CORRUPT));
  });

  it('one round at a time; stopped while it goes on -> no alarm', async () => {
    const { trial, pass, monitor } = setUp(8, { state: 1000 });
    let tell: (hash: StoreHash) => void = () => undefined;
    let asked = 0;
    trial.own = () => {
      asked++;
      return new Promise((resolve) => {
        tell = resolve;
      });
    };
    await pass(5500);
    assert.equal(asked, 1);
    trial.own = () => Promise.resolve(OWN);
    monitor.stop();
    tell(OWN);
    await pass(100);
    assert.deepEqual([trial.asked, trial.proposed, trial.fatal], [2, [], []]);
  });

  it('a state that cannot be read -> the end of the member; anything else -> the next round', async () => {
    const { trial, pass, logger } = setUp(7, { state: 1000 });
    trial.own = () => Promise.reject(new ServerError('SERVER_TIMEOUT', 'late'));
    await pass(1500);
    assert.deepEqual(logger.warnings, ['ServerError: late']);
    const damaged = new BackendError('BACKEND_CORRUPT', 'damaged');
    trial.own = () => Promise.reject(damaged);
    await pass(1000);
    assert.deepEqual(trial.fatal, [damaged]);
  });
});
