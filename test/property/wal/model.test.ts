import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { validSnapshots } from '../../../src/wal/valid-snapshots.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { type Item, itemsOf, RaftHistory, replay } from '../../support/raft-history.ts';
import { carryOut, create, memoryFiles, open, WAL, writerAt } from '../../support/wal-fixture.ts';

const PARAMETERS = { seed: Number(process.env['SEED'] ?? 20261120), numRuns: 100 };

test('wal: WAL-I1 random history, cuts, purges and restarts -> reads as the model', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 120 }), (seed, steps) => {
      const random = new SeededRandom(seed);
      const history = new RaftHistory(random);
      const files = memoryFiles();
      const items: Item[] = [];
      let writer = writerAt(files, create(files));
      for (let i = 0; i < steps; i++) {
        const step = history.next();
        carryOut(writer, step);
        items.push(...itemsOf(step));
        const chance = random.below(20);
        if (chance === 0) writer.purge(1 + random.below(3));
        if (chance === 1 || i === steps - 1) {
          writer.close();
          const start = validSnapshots(files, WAL).at(-1);
          const { entries, hardState, position } = open(files, start);
          assert.deepEqual({ entries, hardState }, replay(items, start?.index ?? 0));
          writer = writerAt(files, position);
        }
      }
    }),
    PARAMETERS,
  );
});
