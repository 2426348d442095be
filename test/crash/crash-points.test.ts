/**
 * Every operation of a member, ended between any two of its disk calls: by the death of the
 * process, and by power losses that each take another part of what was not synced.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PowerLossError } from '../sim/memory-file-system.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import { liveThrough, prepared, type Remains, remainsOf } from './lives.ts';
import { OPERATIONS } from './operations.ts';
import { assertRecovers } from './recovery.ts';
import { attempt, POWER_SEEDS } from './rerun.ts';

describe('crash between any two disk calls', () => {
  for (const operation of OPERATIONS) {
    it(`${operation.name} -> exactly the durable prefix`, async (t) => {
      const before = await prepared(operation);
      const whole = await liveThrough(operation, before, () => undefined);
      assert.ok(operation.didHappen(whole.client), 'the script does what the row is about');
      assert.deepEqual([whole.error, whole.client.sim.fatals], [undefined, []]);
      // Point n lies before call n; the last one, behind all calls.
      for (let point = 0; point <= whole.calls.length; point++) {
        const life = await liveThrough(operation, before, (files) => files.losePowerAfter(point));
        assert.ok(life.error === undefined || life.error instanceof PowerLossError, life.error);
        const left = remainsOf(life.client, before);
        for (const seed of ['kill', ...POWER_SEEDS] as const) {
          await attempt(t, { point, seed, call: life.calls[point] }, () =>
            assertRecovers(after(left, seed, point), seed === 'kill' ? 'power' : 'kill'),
          );
        }
      }
      const points = whole.calls.length + 1;
      t.diagnostic(`${points} crash points, ${points * (1 + POWER_SEEDS.length)} recoveries`);
    });
  }
});

function after(left: Remains, seed: 'kill' | number, point: number): Remains {
  if (seed === 'kill') return left;
  const disks = left.disks.afterPowerLoss(new SeededRandom(seed * 10_007 + point));
  return { ...left, disks };
}
