import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Removal } from '../../../../src/server/node/removal.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';

function setUp(electionTimeoutMs: number) {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const ends: string[] = [];
  const end = (error: Error): void => {
    ends.push(`${error.message} at ${scheduler.monotonicMs()}`);
  };
  const removal = new Removal({ electionTimeoutMs }, { scheduler, end });
  const pass = async (ms: number): Promise<void> => {
    let isOver = false;
    scheduler.after(ms, () => {
      isOver = true;
    });
    while (!isOver) await scheduler.step();
  };
  return { removal, ends, pass };
}

const REMOVED = 'the member has been permanently removed from the cluster';

describe('a member that was removed', () => {
  for (const [electionTimeoutMs, ms] of [
    [500, 1000],
    [3000, 3000],
  ] as const) {
    it(`election time-out ${electionTimeoutMs} ms -> ends after ${ms} ms, once`, async () => {
      const { removal, ends, pass } = setUp(electionTimeoutMs);
      removal.applied();
      removal.applied();
      removal.toldByPeer();
      await pass(5000);
      assert.deepEqual(ends, [`${REMOVED} at ${ms}`]);
    });
  }

  it('a peer says so -> ends at once, once', async () => {
    const { removal, ends, pass } = setUp(1000);
    removal.toldByPeer();
    removal.toldByPeer();
    removal.applied();
    await pass(5000);
    assert.deepEqual(ends, [`${REMOVED} at 0`]);
  });

  it('stopped meanwhile -> says nothing any more', async () => {
    const { removal, ends, pass } = setUp(1000);
    removal.applied();
    removal.stop();
    removal.toldByPeer();
    await pass(5000);
    assert.deepEqual(ends, []);
  });
});
