/** State and log that each are whole, but do not belong together; and state with a hole. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { consistentIndex } from './backend-rows.ts';
import { ALL_LOST, type Remains } from './lives.ts';
import { assertRecovers } from './recovery.ts';
import { attempt } from './rerun.ts';
import { assertRefused, damaged, opening, wornDisks } from './worn-disks.ts';

let worn: Remains;
let batches: number;
let snapshotIndex: number;

before(async () => {
  worn = await wornDisks();
  batches = worn.disks.backend.batches.length;
  const opened = await opening(worn);
  assert.ok('snapshotIndex' in opened);
  ({ snapshotIndex } = opened);
});

describe('the backend behind the log', () => {
  it('by any number of batches -> replayed, or refused where the log begins behind it', async (t) => {
    const found = { recovered: 0, refused: 0 };
    for (let point = 0; point <= batches; point++) {
      await attempt(t, { point }, async () => {
        const behind = damaged(worn, ({ backend }) => backend.keepBatches(point));
        if (consistentIndex(behind.disks) >= snapshotIndex) {
          await assertRecovers({ ...behind, knowledge: worn.knowledge }, ALL_LOST);
          found.recovered++;
        } else {
          const text = /^the log begins behind entry \d+, but the backend ends at entry \d+$/;
          assertRefused(await opening(behind), 'SERVER_START_REFUSED', text);
          found.refused++;
        }
      });
    }
    t.diagnostic(JSON.stringify(found));
    assert.ok(found.recovered > 1 && found.refused > 1);
  });
});

describe('the backend without some of its batches', () => {
  it('any run of them that is not the last -> BACKEND_CORRUPT that names the first', async (t) => {
    let runs = 0;
    for (let point = 0; point < batches - 1; point++) {
      for (let count = 1; point + count < batches; count += count < 3 ? 1 : 17) {
        await attempt(t, { point, count }, async () => {
          const holed = damaged(worn, ({ backend }) => {
            for (let i = 0; i < count; i++) backend.dropBatch(point);
          });
          const text = new RegExp(`^the state is incomplete: .*, number ${point + 1} is missing$`);
          assertRefused(await opening(holed), 'BACKEND_CORRUPT', text);
        });
        runs++;
      }
    }
    t.diagnostic(`${runs} holes`);
  });
});
