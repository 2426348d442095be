/**
 * The log of a member with state, cut at every byte of its last records, and with every bit of them
 * flipped: the durable prefix, or a refusal that says where or why.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { consistentIndex } from './backend-rows.ts';
import { segmentPaths } from './disk-paths.ts';
import { ALL_LOST, type Remains } from './lives.ts';
import { assertRecovers } from './recovery.ts';
import { attempt } from './rerun.ts';
import { type Frame, survivingLog } from './surviving-log.ts';
import {
  assertRefused,
  damaged,
  lastSurvivingIndex,
  opening,
  replaceFile,
  withBitFlipped,
  wornDisks,
} from './worn-disks.ts';

/** A record and its place, as a refusal names it. */
const DAMAGED_RECORD = /: in file '[0-9a-f]{16}-[0-9a-f]{16}\.wal' at position: \d+$/;
const BACKEND_AHEAD = /^the backend holds entry \d+, but the log ends at entry \d+$/;
/** Checksum and metadata: a segment has its name only when they are on disk. */
const HEADER_RECORDS = 2;
/** Records at the end of the log whose bits are flipped. */
const FLIPPED_RECORDS = 6;
/** Records at the end of the log that are cut, beside the header of their segment. */
const CUT_RECORDS = 15;

/** How far the state is behind the log, as batches that never reached the disk. */
const BACKENDS = [
  { name: 'the backend has every entry', missing: 0 },
  { name: 'the backend is 6 batches behind', missing: 6 },
] as const;

let worn: Remains;
let path: string;
let content: Uint8Array;
/** Of the last segment. */
let frames: readonly Frame[];

before(async () => {
  worn = await wornDisks();
  const { files } = worn.disks;
  path = segmentPaths(files).at(-1) ?? '';
  content = files.readFile(path);
  frames = survivingLog(files).frames.filter((frame) => frame.path === path);
});

/** The worn disks with this last segment. */
function withLog(bytes: Uint8Array, missing: number): Remains {
  return damaged(worn, ({ files, backend }) => {
    replaceFile(files, path, bytes);
    backend.keepBatches(backend.batches.length - missing);
  });
}

function cutPoints(): number[] {
  const headerEnd = frames[HEADER_RECORDS]?.start ?? 0;
  const lastRecords = frames.at(-CUT_RECORDS)?.start ?? 0;
  const end = frames.at(-1)?.end ?? 0;
  const points = Array.from({ length: end + 1 }, (_, point) => point);
  return points.filter((point) => point < headerEnd || point >= lastRecords);
}

describe('the log cut at every byte of its last records, and of its header', () => {
  for (const { name, missing } of BACKENDS) {
    it(`${name} -> the durable prefix, or refused when the backend is ahead`, async (t) => {
      const found = { recovered: 0, ahead: 0, header: 0 };
      let recoveredFrom = -1;
      for (const point of cutPoints()) {
        await attempt(t, { point }, async () => {
          const cut = withLog(content.slice(0, point), missing);
          const opened = await opening(cut);
          const records = survivingLog(cut.disks.files).frames.filter((f) => f.path === path);
          const last = lastSurvivingIndex(cut);
          if (records.length < HEADER_RECORDS) {
            assertRefused(opened, /^WAL_/, DAMAGED_RECORD);
            found.header++;
          } else if (consistentIndex(cut.disks) > last) {
            assertRefused(opened, 'SERVER_START_REFUSED', BACKEND_AHEAD);
            found.ahead++;
          } else {
            assert.ok('lastIndex' in opened, JSON.stringify(opened));
            assert.equal(opened.lastIndex, last);
            // One cut in each record is followed through; the others of it open to the same.
            if (recoveredFrom !== records.length) await assertRecovers(cut, ALL_LOST);
            recoveredFrom = records.length;
            found.recovered++;
          }
        });
      }
      t.diagnostic(JSON.stringify(found));
      assert.ok(found.recovered > 0 && found.ahead > 0 && found.header > 0);
    });
  }
});

describe('every bit of the last records flipped', () => {
  it('refused with its place, or a bit that says nothing', async (t) => {
    const found = { refused: 0, unused: 0 };
    const whole = survivingLog(worn.disks.files).entries;
    const flipped = frames.slice(-FLIPPED_RECORDS);
    const [from, to] = [flipped[0]?.start ?? 0, flipped.at(-1)?.end ?? 0];
    for (let point = from * 8; point < to * 8; point++) {
      await attempt(t, { point, byte: point >> 3 }, async () => {
        const bad = withLog(withBitFlipped(content, point), 6);
        const opened = await opening(bad);
        if ('refused' in opened) {
          assertRefused(opened, /^WAL_/, DAMAGED_RECORD);
          found.refused++;
          return;
        }
        // Padding, or beyond the 32 bits of a checksum: no reader looks at it.
        assert.deepEqual(survivingLog(bad.disks.files).entries, whole);
        if (found.unused === 0) {
          await assertRecovers({ ...bad, knowledge: worn.knowledge }, 'kill');
        }
        found.unused++;
      });
    }
    t.diagnostic(JSON.stringify(found));
    assert.ok(found.refused > 5 * found.unused);
  });
});
