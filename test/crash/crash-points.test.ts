/**
 * Every operation of a member, ended between any two of its disk calls: by the death of the
 * process, and by power losses that each take another part of what was not synced.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PowerLossError } from '../sim/memory-file-system.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import { fingerprint } from './fingerprint.ts';
import {
  ALL_LOST,
  type Ending,
  ended,
  liveThrough,
  prepared,
  remainsOf,
  thirdSurvives,
} from './lives.ts';
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
      let recoveries = 0;
      const found = new Set<string>();
      // Point n lies before call n; the last one, behind all calls.
      for (let point = 0; point <= whole.calls.length; point++) {
        const life = await liveThrough(operation, before, (files) => files.losePowerAfter(point));
        assert.ok(life.error === undefined || life.error instanceof PowerLossError, life.error);
        const left = remainsOf(life.client, before);
        for (const [how, ending] of endings(point)) {
          const remains = ended(left, ending);
          if (ending !== 'kill' && !isNew(found, fingerprint(remains))) continue;
          await attempt(t, { point, how, call: life.calls[point] }, () =>
            assertRecovers(remains, ending === 'kill' ? ALL_LOST : 'kill'),
          );
          recoveries++;
        }
      }
      t.diagnostic(`${whole.calls.length + 1} crash points, ${recoveries} different recoveries`);
    });
  }
});

/** Whether it is found for the first time. */
function isNew(found: Set<string>, one: string): boolean {
  const { size } = found;
  return found.add(one).size > size;
}

function endings(point: number): (readonly [string, Ending])[] {
  const drawn = Array.from({ length: POWER_SEEDS }, (_, seed) => {
    return [`power ${seed}`, new SeededRandom(seed * 10_007 + point)] as const;
  });
  return [
    ['kill', 'kill'],
    ['power, all lost', ALL_LOST],
    ['power, a third survives', thirdSurvives(0)],
    ['power, the second third survives', thirdSurvives(1)],
    ['power, the last third survives', thirdSurvives(2)],
    ...drawn,
  ];
}
