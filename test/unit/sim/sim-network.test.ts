import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GOOD_LINK, SimNetwork } from '../../sim/network/sim-network.ts';
import { ProcessTime } from '../../sim/process-time.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { SimTime } from '../../sim/sim-time.ts';
import { SimTrace } from '../../sim/sim-trace.ts';

function setUp() {
  const random = new SeededRandom(1);
  const time = new SimTime(random.fork());
  const network = new SimNetwork(random.fork(), new SimTrace(time));
  const [a, b] = ['a', 'b'].map((name) => network.join(name, new ProcessTime(time)));
  const arrived: number[] = [];
  const settle = (): void => {
    for (let steps = 0; steps < 1000; steps++) time.runNext();
  };
  assert.ok(a !== undefined && b !== undefined);
  const post = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => network.post(a, b, () => arrived.push(at)));
  return { network, a, b, post, arrived, settle };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

describe('simulated network', () => {
  it('a good link -> everything, once, in order', () => {
    const { post, arrived, settle } = setUp();
    post(100);
    settle();
    assert.deepEqual(arrived, numbers(100));
  });

  it('loss, duplicates, reordering -> some of each; a stream stays whole', () => {
    const { network, a, b, post, arrived, settle } = setUp();
    const faults = { lossPermille: 200, duplicatePermille: 200, reorderPermille: 200 };
    network.setQuality(a, b, { ...GOOD_LINK, ...faults });
    const fates = post(200);
    settle();
    const { lost, duplicated, reordered } = network.counts;
    assert.equal(fates.filter((fate) => fate === 'lost').length, lost);
    assert.equal(arrived.length, 200 - lost + duplicated);
    assert.ok(lost > 20 && duplicated > 20 && reordered > 20);
    const part: number[] = [];
    for (const at of numbers(50)) assert.ok(network.stream(a, b, () => part.push(at)));
    settle();
    assert.deepEqual(part, numbers(50));
  });

  it('cut one way -> lost there, silently or told; the other way works; mended -> works again', () => {
    const { network, a, b, post, arrived, settle } = setUp();
    network.cut(a, b, 'silent');
    assert.deepEqual(post(1), ['lost']);
    assert.equal(
      network.stream(a, b, () => arrived.push(-1)),
      false,
    );
    network.cut(a, b, 'refused');
    assert.deepEqual(post(1), ['refused']);
    network.post(b, a, () => arrived.push(99));
    settle();
    assert.deepEqual(arrived, [99]);
    network.mend(a, b);
    post(1);
    settle();
    assert.deepEqual(arrived, [99, 0]);
  });
});
