import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advanceElectionTicks } from '../../../../src/server/node/tick-advance.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { SimScheduler } from '../../../sim/sim-scheduler.ts';

async function ticksWhen(activeFromMs: number): Promise<number> {
  const scheduler = new SimScheduler(new SeededRandom(1));
  const startMs = scheduler.monotonicMs();
  const peers = {
    activeSince: () => undefined,
    get activePeers() {
      return scheduler.monotonicMs() - startMs >= activeFromMs ? 2 : 1;
    },
  };
  let ticks = 0;
  advanceElectionTicks(10, { scheduler, peers, tick: () => void ticks++ });
  scheduler.after(20_000, () => undefined);
  while (scheduler.monotonicMs() < startMs + 20_000) await scheduler.step();
  return ticks;
}

describe('tick advance', () => {
  it('two peers are active -> all but two ticks of an election time-out, once', async () => {
    assert.equal(await ticksWhen(1000), 8);
  });

  it('not within 5 s -> nothing', async () => {
    assert.equal(await ticksWhen(8000), 0);
  });
});
