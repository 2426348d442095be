import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MvccError } from '../../../../src/mvcc/index.ts';
import type { CompactionRetention } from '../../../../src/server/config/compaction-retention.ts';
import { ServerError } from '../../../../src/server/errors.ts';
import {
  AutoCompaction,
  type AutoCompactionPorts,
} from '../../../../src/server/node/auto-compaction.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A member whose store takes one revision a minute; compactions take `tookMs`. */
function setUp(retention: CompactionRetention, { startRevision = 1, tookMs = 0 } = {}) {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const logger = new RecordingLogger();
  const startMs = scheduler.monotonicMs();
  const minutes = (): number => (scheduler.monotonicMs() - startMs) / MINUTE_MS;
  const trial = {
    isLeader: true,
    isIdle: false,
    error: undefined as MvccError | ServerError | undefined,
    /** Minute and revision of each. */
    compactions: [] as [number, number][],
    logger,
  };
  const member = {
    store: {
      get currentRevision() {
        return startRevision + (trial.isIdle ? 0 : Math.floor(minutes()));
      },
    },
    raft: {
      get isLeader() {
        return trial.isLeader;
      },
    },
    propose: (kind: string, { revision }: { revision: number }, done: (out: object) => void) => {
      assert.equal(kind, 'compaction');
      trial.compactions.push([Math.round(minutes() * 10) / 10, revision]);
      const { error } = trial;
      scheduler.after(tookMs, () => done(error === undefined ? { response: {} } : { error }));
    },
  } as unknown as AutoCompactionPorts['member'];
  const compaction = new AutoCompaction(retention, { member, scheduler, clock: scheduler, logger });
  const passTo = async (endMinute: number): Promise<void> => {
    const endMs = startMs + endMinute * MINUTE_MS;
    scheduler.after(endMs - scheduler.monotonicMs(), () => undefined);
    while (scheduler.monotonicMs() < endMs) await scheduler.step();
  };
  compaction.start();
  return { trial, compaction, passTo };
}

const periodic = (periodMs: number): CompactionRetention => ({ mode: 'periodic', periodMs });
const hours = (count: number): CompactionRetention => periodic(count * HOUR_MS);

describe('auto-compaction: periodic', () => {
  it('NODE-I20: an hour -> each hour, to where the store was an hour and a tenth before (as etcd)', async () => {
    const { trial, compaction, passTo } = setUp(hours(1));
    await passTo(59.9);
    assert.deepEqual(trial.compactions, []);
    await passTo(190);
    assert.deepEqual(trial.compactions, [
      [60, 1],
      [120, 55],
      [180, 115],
    ]);
    compaction.stop();
  });

  it('a day -> first after a day, then each hour to where it was then', async () => {
    const { trial, compaction, passTo } = setUp(hours(24));
    await passTo(24 * 60 - 1);
    assert.deepEqual(trial.compactions, []);
    await passTo(26.5 * 60);
    assert.deepEqual(trial.compactions, [
      [24 * 60, 1],
      [25 * 60, 55],
      [26 * 60, 115],
    ]);
    compaction.stop();
  });

  it('61 minutes -> at samples each six minutes', async () => {
    const { trial, compaction, passTo } = setUp(periodic(61 * MINUTE_MS));
    await passTo(130);
    assert.deepEqual(trial.compactions, [
      [66, 1],
      [126, 61],
    ]);
    compaction.stop();
  });

  it('ten minutes -> each ten minutes', async () => {
    const { trial, compaction, passTo } = setUp(periodic(10 * MINUTE_MS));
    await passTo(31);
    assert.deepEqual(trial.compactions, [
      [10, 1],
      [20, 10],
      [30, 20],
    ]);
    compaction.stop();
  });

  it('nothing written -> one compaction, and none until there is something', async () => {
    const { trial, compaction, passTo } = setUp(hours(1), { startRevision: 50 });
    trial.isIdle = true;
    await passTo(400);
    assert.deepEqual(trial.compactions, [[60, 50]]);
    trial.isIdle = false;
    await passTo(480);
    assert.deepEqual(trial.compactions.slice(1), [[468, 452]]);
    compaction.stop();
  });

  it('it fails -> again after a tenth of the period', async () => {
    const { trial, compaction, passTo } = setUp(hours(1));
    trial.error = new ServerError('SERVER_TIMEOUT', 'request timed out');
    await passTo(67);
    assert.deepEqual(trial.compactions, [
      [60, 1],
      [66, 1],
    ]);
    trial.error = undefined;
    await passTo(140);
    assert.deepEqual(trial.compactions.slice(2), [
      [72, 7],
      [132, 67],
    ]);
    assert.deepEqual(trial.logger.lines.slice(0, 2), [
      {
        level: 'info',
        message: 'starting auto periodic compaction',
        fields: { revision: 1, 'compact-period': '1h0m0s' },
      },
      {
        level: 'warn',
        message: 'failed auto periodic compaction',
        fields: {
          revision: 1,
          'compact-period': '1h0m0s',
          'retry-interval': '6m0s',
          error: new ServerError('SERVER_TIMEOUT', 'request timed out'),
        },
      },
    ]);
    compaction.stop();
  });

  it('a client has compacted further -> as if done', async () => {
    const { trial, compaction, passTo } = setUp(hours(1), { tookMs: 1500 });
    trial.error = new MvccError('MVCC_COMPACTED', 'compacted');
    await passTo(70);
    assert.deepEqual(trial.compactions, [[60, 1]]);
    assert.deepEqual(trial.logger.lines.at(-1), {
      level: 'info',
      message: 'completed auto periodic compaction',
      fields: { revision: 1, 'compact-period': '1h0m0s', took: '1.5s' },
    });
    compaction.stop();
  });

  it('a follower -> keeps time only, and as leader compacts with its next sample', async () => {
    const { trial, compaction, passTo } = setUp(hours(1));
    trial.isLeader = false;
    await passTo(200);
    assert.deepEqual(trial.compactions, []);
    trial.isLeader = true;
    await passTo(265);
    assert.deepEqual(trial.compactions, [
      [204, 139],
      [264, 199],
    ]);
    compaction.stop();
  });

  it('a leader no more, then again -> goes on with what it has seen meanwhile', async () => {
    const { trial, compaction, passTo } = setUp(hours(1));
    await passTo(61);
    trial.isLeader = false;
    await passTo(121);
    trial.isLeader = true;
    await passTo(127);
    assert.deepEqual(trial.compactions, [
      [60, 1],
      [126, 61],
    ]);
    compaction.stop();
  });

  it('stopped -> no more, not even what is under way', async () => {
    const { trial, compaction, passTo } = setUp(hours(1), { tookMs: MINUTE_MS });
    await passTo(60.5);
    compaction.stop();
    await passTo(300);
    assert.deepEqual(trial.compactions, [[60, 1]]);
    assert.equal(trial.logger.lines.length, 1);
  });
});

describe('auto-compaction: revision', () => {
  it('keeps so many -> looked at each five minutes', async () => {
    const { trial, compaction, passTo } = setUp({ mode: 'revision', revisions: 7 });
    await passTo(16);
    assert.deepEqual(trial.compactions, [
      [10, 4],
      [15, 9],
    ]);
    assert.deepEqual(trial.logger.lines.slice(0, 2), [
      {
        level: 'info',
        message: 'starting auto revision compaction',
        fields: { revision: 4, 'revision-compaction-retention': 7 },
      },
      {
        level: 'info',
        message: 'completed auto revision compaction',
        fields: { revision: 4, 'revision-compaction-retention': 7, took: '0s' },
      },
    ]);
    compaction.stop();
  });

  it('nothing written, or a follower -> nothing to do', async () => {
    const { trial, compaction, passTo } = setUp(
      { mode: 'revision', revisions: 10 },
      { startRevision: 30 },
    );
    trial.isIdle = true;
    await passTo(31);
    assert.deepEqual(trial.compactions, [[5, 20]]);
    trial.isIdle = false;
    trial.isLeader = false;
    await passTo(60);
    assert.equal(trial.compactions.length, 1);
    compaction.stop();
  });

  it('it fails -> again after five minutes', async () => {
    const { trial, compaction, passTo } = setUp({ mode: 'revision', revisions: 7 });
    trial.error = new ServerError('SERVER_TIMEOUT', 'request timed out');
    trial.isIdle = false;
    await passTo(16);
    assert.deepEqual(trial.compactions, [
      [10, 4],
      [15, 9],
    ]);
    assert.equal(trial.logger.lines.at(-1)?.message, 'failed auto revision compaction');
    assert.equal(trial.logger.lines.at(-1)?.fields['retry-interval'], '5m0s');
    compaction.stop();
  });
});
