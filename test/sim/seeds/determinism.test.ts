import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulate } from '../cluster/simulation.ts';

describe('simulated clusters: one seed', () => {
  for (const seed of [1001, 1002, 1003]) {
    it(`seed ${seed}, run twice -> the same trace`, async () => {
      const lines: string[] = [];
      const first = await simulate({ seed, print: (line) => lines.push(line) });
      let at = 0;
      const compare = (line: string): void => assert.equal(line, lines[at++], `line ${at}`);
      const second = await simulate({ seed, print: compare });
      assert.equal(second.digest, first.digest);
    });
  }

  it('two seeds -> two traces', async () => {
    const [a, b] = [await simulate({ seed: 1 }), await simulate({ seed: 2 })];
    assert.notEqual(a.digest, b.digest);
  });
});
