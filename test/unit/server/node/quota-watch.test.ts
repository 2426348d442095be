import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackendError } from '../../../../src/base/ports/backend.ts';
import { QuotaWatch, type QuotaWatchPorts } from '../../../../src/server/node/quota-watch.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const QUOTA = 1_000_000;

interface Trial {
  totalBytes: number;
  inUseBytes: number;
  rowBytes: number;
  keys: [string, number][];
  walks: number;
  /** Resolves when a walk may end. */
  walkEnd: Promise<void>;
  fails: boolean;
}

function setUp(start: Partial<Trial> = {}, quotaBytes = QUOTA) {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const logger = new RecordingLogger();
  const trial: Trial = {
    totalBytes: 0,
    inUseBytes: 0,
    rowBytes: 0,
    keys: [],
    walks: 0,
    walkEnd: Promise.resolve(),
    fails: false,
    ...start,
  };
  const member = {
    size: trial,
    quota: { bytes: quotaBytes },
    store: {
      get rowBytes() {
        return trial.rowBytes;
      },
      async walkKeySizes(visit: (key: Uint8Array, bytes: number) => void): Promise<boolean> {
        trial.walks++;
        await trial.walkEnd;
        if (trial.fails) throw new BackendError('BACKEND_IO', 'broken');
        for (const [key, bytes] of trial.keys) visit(Buffer.from(key), bytes);
        return true;
      },
    },
  } as unknown as QuotaWatchPorts['member'];
  const watch = new QuotaWatch({ member, scheduler, logger });
  const pass = async (ms: number): Promise<void> => {
    const endMs = scheduler.monotonicMs() + ms;
    scheduler.after(ms, () => undefined);
    while (scheduler.monotonicMs() < endMs) await scheduler.step();
    await scheduler.step();
  };
  /** Marks that were warned of, while the size goes through `percents`. */
  const warnedOf = async (...percents: number[]): Promise<(string | undefined)[]> => {
    const from = logger.lines.length;
    for (const percent of percents) {
      trial.totalBytes = (percent / 100) * QUOTA;
      trial.inUseBytes = trial.totalBytes;
      await pass(6000);
    }
    return logger.lines.slice(from).map(({ message }) => /\d+ %/.exec(message)?.[0]);
  };
  return { trial, watch, logger, pass, warnedOf };
}

describe('quota-watch: when', () => {
  it('below 80 % -> silence, and no walk', async () => {
    const { watch, trial, warnedOf } = setUp();
    watch.start();
    assert.deepEqual(await warnedOf(0, 50, 79.9), []);
    assert.equal(trial.walks, 0);
    watch.stop();
  });

  it('grows -> once at 80 %, once at 95 %, however long it stays', async () => {
    const { watch, trial, warnedOf } = setUp();
    watch.start();
    assert.deepEqual(await warnedOf(79, 80, 85, 94, 95, 99, 120, 120), ['80 %', '95 %']);
    assert.equal(trial.walks, 2);
    watch.stop();
  });

  it('from below 80 % to above 95 % at once -> one warning', async () => {
    const { watch, warnedOf } = setUp();
    watch.start();
    assert.deepEqual(await warnedOf(10, 97, 97), ['95 %']);
    watch.stop();
  });

  it('up and down around a mark -> again only after it was 5 % below', async () => {
    const { watch, warnedOf } = setUp();
    watch.start();
    assert.deepEqual(await warnedOf(81, 79, 81, 76, 82), ['80 %']);
    assert.deepEqual(await warnedOf(74, 81), ['80 %']);
    assert.deepEqual(await warnedOf(96, 89, 96), ['95 %', '95 %']);
    watch.stop();
  });

  it('above already at the start -> at once', async () => {
    const { watch, logger, pass } = setUp({ totalBytes: 0.9 * QUOTA });
    watch.start();
    await pass(1);
    assert.equal(logger.lines.length, 1);
    watch.stop();
  });

  it('no quota -> never', async () => {
    const { watch, warnedOf } = setUp({}, -1);
    watch.start();
    assert.deepEqual(await warnedOf(500), []);
    watch.stop();
  });

  it('the next mark is passed while the keys are walked -> its turn comes behind that', async () => {
    const { watch, trial, logger, warnedOf } = setUp();
    let end = (): void => {};
    trial.walkEnd = new Promise((resolve) => {
      end = resolve;
    });
    watch.start();
    assert.deepEqual(await warnedOf(81, 96), []);
    assert.equal(trial.walks, 1);
    end();
    assert.deepEqual(await warnedOf(96), ['80 %', '95 %']);
    assert.equal(logger.lines.length, 2);
    watch.stop();
  });

  it('stopped while the keys are walked -> silence', async () => {
    const { watch, trial, warnedOf } = setUp();
    let end = (): void => {};
    trial.walkEnd = new Promise((resolve) => {
      end = resolve;
    });
    watch.start();
    await warnedOf(81);
    watch.stop();
    end();
    assert.deepEqual(await warnedOf(99), []);
  });
});

describe('quota-watch: what', () => {
  const large = { totalBytes: 850_000, inUseBytes: 850_000 };
  const hintOf = async (start: Partial<Trial>): Promise<unknown> => {
    const { watch, logger, pass } = setUp(start);
    watch.start();
    await pass(1);
    watch.stop();
    return logger.lines.at(-1)?.fields['hint'];
  };

  it('sizes, quota and the largest prefixes, safe to print', async () => {
    const { watch, logger, pass } = setUp({
      ...large,
      inUseBytes: 840_000,
      rowBytes: 700_000,
      keys: [
        ['a/\n', 500_000],
        ['b', 1000],
        ['\x01/', 200_000],
      ],
    });
    watch.start();
    await pass(1);
    watch.stop();
    assert.deepEqual(logger.lines, [
      {
        level: 'warn',
        message: 'database size has reached 80 % of the quota',
        fields: {
          'current-db-size-bytes': 850_000,
          'current-db-size': '850 kB',
          'current-db-size-in-use-bytes': 840_000,
          'current-db-size-in-use': '840 kB',
          'quota-size-bytes': 1_000_000,
          'quota-size': '1.0 MB',
          'largest-prefixes': [
            { prefix: 'a/', keys: 1, bytes: 500_000, size: '500 kB' },
            { prefix: '\\x01/', keys: 1, bytes: 200_000, size: '200 kB' },
            { prefix: '* (others)', keys: 1, bytes: 1000, size: '1.0 kB' },
          ],
          hint: 'delete keys, then compact and defragment; or raise --quota-backend-bytes on all members',
        },
      },
    ]);
  });

  it('much of the files is of removed rows -> defragment', async () => {
    assert.equal(
      await hintOf({ ...large, inUseBytes: 300_000 }),
      'defragment this member: some 550 kB belong to removed rows',
    );
  });

  it('much of the data is history -> compact', async () => {
    assert.equal(
      await hintOf({ ...large, rowBytes: 800_000, keys: [['a', 200_000]] }),
      'compact, then defragment: 75 % of the data is history (see --auto-compaction-retention)',
    );
  });

  it('the disk fails under the walk -> said, and warned without prefixes', async () => {
    const { watch, logger, pass } = setUp({ ...large, fails: true });
    watch.start();
    await pass(1);
    watch.stop();
    assert.deepEqual(
      logger.lines.map(({ message }) => message),
      ['cannot tell which keys take the space', 'database size has reached 80 % of the quota'],
    );
  });
});
