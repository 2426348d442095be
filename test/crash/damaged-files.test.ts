/** Everything but the log's records: .snap files, the pointer, names that are missing or foreign. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { MemoryFileSystem } from '../sim/memory-file-system.ts';
import {
  MEMBER_DIR,
  SNAP_DIR,
  STATE_DIR,
  segmentPaths,
  snapshotPaths,
  WAL_DIR,
} from './disk-paths.ts';
import { ALL_LOST, bootedOn, type Remains } from './lives.ts';
import { assertRecovers } from './recovery.ts';
import { attempt } from './rerun.ts';
import {
  assertRefused,
  damaged,
  opening,
  replaceFile,
  withBitFlipped,
  wornDisks,
} from './worn-disks.ts';

const POINTER = `${STATE_DIR}/current`;
const NO_POINTER =
  /^\/data\/member\/kv(\/current holds no folder number| has no folder \d+, its current one)$/;
/** The varint of a 32-bit checksum has three more. */
const UNUSED_BITS = 3;
/** Checksum, tag and length: every bit of them is flipped. */
const HEAD_BITS = 12 * 8;
/** Behind that one bit in so many: src/wal tests flip them all. */
const FAR_BITS = 509;
/** Of so many kinds of damage to a .snap, one is followed through to a running member. */
const FOLLOWED = 20;

let worn: Remains;

before(async () => {
  worn = await wornDisks();
});

describe('a damaged .snap file', () => {
  it('bits flipped, cut -> set aside, the snapshot before it serves', async (t) => {
    const [older, newest] = snapshotPaths(worn.disks.files);
    assert.ok(older !== undefined && newest !== undefined);
    const content = worn.disks.files.readFile(newest);
    const contents: Uint8Array[] = [];
    for (let bit = 0; bit < content.length * 8; bit += bit < HEAD_BITS ? 1 : FAR_BITS) {
      contents.push(withBitFlipped(content, bit));
    }
    for (let length = 0; length < content.length; length += FAR_BITS) {
      contents.push(content.slice(0, length));
    }
    let unused = 0;
    for (const [point, bytes] of contents.entries()) {
      await attempt(t, { point }, async () => {
        const bad = damaged(worn, ({ files }) => replaceFile(files, newest, bytes));
        const { sim } = bootedOn(bad);
        const { backend, snapshot } = await sim.open();
        await backend.close();
        const isAside = sim.files.stat(`${newest}.broken`) !== undefined;
        assert.equal(snapshot.index, indexOf(isAside ? older : newest));
        if (!isAside) unused++;
        if (point % FOLLOWED === 0) await assertRecovers(bad, ALL_LOST);
      });
    }
    t.diagnostic(`${contents.length} kinds of damage`);
    assert.equal(unused, UNUSED_BITS);
  });
});

describe('a damaged pointer to the state', () => {
  it('any bit flipped, cut at any byte -> BACKEND_CORRUPT that names it', async (t) => {
    const content = worn.disks.files.readFile(POINTER);
    const contents: Uint8Array[] = Array.from(content, (_, length) => content.slice(0, length));
    for (let bit = 0; bit < content.length * 8; bit++) contents.push(withBitFlipped(content, bit));
    for (const [point, bytes] of contents.entries()) {
      await attempt(t, { point }, async () => {
        const bad = damaged(worn, ({ files }) => replaceFile(files, POINTER, bytes));
        assertRefused(await opening(bad), 'BACKEND_CORRUPT', NO_POINTER);
      });
    }
  });
});

interface Row {
  readonly damage: string;
  readonly does: (files: MemoryFileSystem) => void;
  /** The refusal, when there is one: code and text. */
  readonly refused?: readonly [string, RegExp];
}

const AHEAD = [
  'SERVER_START_REFUSED',
  /^the backend holds entry \d+, but the log ends at entry \d+$/,
] as const;
const EMPTY = new Uint8Array(0);
const segment = (files: MemoryFileSystem, at: number): string => segmentPaths(files).at(at) ?? '';
const snapshot = (files: MemoryFileSystem, at: number): string => snapshotPaths(files).at(at) ?? '';

const ROWS: readonly Row[] = [
  { damage: 'the newest .snap is gone', does: (files) => files.remove(snapshot(files, -1)) },
  {
    damage: 'the folder of the .snap files is gone',
    does: (files) => files.removeTree(SNAP_DIR),
  },
  {
    damage: 'the .snap files and the first segment are gone',
    does: (files) => {
      files.removeTree(SNAP_DIR);
      files.remove(segment(files, 0));
    },
    refused: ['WAL_NO_SEGMENT', /^wal: file not found which matches the snapshot index '0'$/],
  },
  {
    damage: 'the folder of the log is gone',
    does: (files) => files.removeTree(WAL_DIR),
    refused: [
      'SERVER_START_REFUSED',
      /^\/data\/member\/kv has state, but there is no log in \/data\/member\/wal$/,
    ],
  },
  {
    damage: 'the first segment is gone, which no start needs',
    does: (files) => files.remove(segment(files, 0)),
  },
  {
    damage: 'a segment in the middle is gone',
    does: (files) => files.remove(segment(files, 1)),
    refused: ['WAL_SEQUENCE', /^wal: file sequence numbers .* do not increase continuously$/],
  },
  {
    damage: 'the last segment is gone',
    does: (files) => files.remove(segment(files, -1)),
    refused: AHEAD,
  },
  {
    damage: 'the last segment is empty',
    does: (files) => replaceFile(files, segment(files, -1), EMPTY),
    refused: ['WAL_CORRUPT', /^wal: segment without its header: in file '.*' at position: 0$/],
  },
  {
    damage: 'a segment in the middle is empty',
    does: (files) => replaceFile(files, segment(files, 1), EMPTY),
    refused: ['WAL_CORRUPT', /^wal: segment without its header: in file '.*' at position: 0$/],
  },
  {
    damage: 'a segment in the middle is cut',
    does: (files) => {
      const path = segment(files, 1);
      replaceFile(files, path, files.readFile(path).slice(0, -100));
    },
    refused: ['WAL_CORRUPT', /: in file '.*' at position: \d+$/],
  },
  {
    damage: 'a file where the folder of the log should be',
    does: (files) => replaceFile(files, WAL_DIR, EMPTY),
    refused: ['FILE_NOT_FOUND', /^list \/data\/member\/wal: /],
  },
  {
    damage: 'the state directory is gone',
    does: (files) => files.removeTree(STATE_DIR),
    refused: [
      'SERVER_START_REFUSED',
      /^the log begins behind entry \d+, but the backend ends at entry 0$/,
    ],
  },
  {
    damage: 'the numbered folder of the state is gone',
    does: (files) => files.removeTree(`${STATE_DIR}/1`),
    refused: ['BACKEND_CORRUPT', NO_POINTER],
  },
  {
    damage: 'the pointer to the state is gone, folder 1 is there',
    does: (files) => files.remove(POINTER),
  },
  {
    damage: 'the pointer is gone, and another folder beside 1 is there',
    does: (files) => {
      files.remove(POINTER);
      files.makeDirectory(`${STATE_DIR}/2`);
    },
    refused: ['BACKEND_CORRUPT', /^\/data\/member\/kv has state, but no pointer to it$/],
  },
  {
    damage: 'remains of our own: temporary files, an unfinished state folder, a log being made',
    does: (files) => {
      for (const path of ['kv/current.tmp', 'snap/tmp-snapshot', 'wal/0.tmp', 'wal/1.tmp']) {
        replaceFile(files, `${MEMBER_DIR}/${path}`, Uint8Array.of(1, 2, 3));
      }
      for (const path of ['kv/2', 'wal.tmp']) files.makeDirectory(`${MEMBER_DIR}/${path}`);
    },
  },
];

describe('files and folders that are missing, empty or cut', () => {
  for (const { damage, does, refused } of ROWS) {
    it(`${damage} -> ${refused?.[0] ?? 'serves all'}`, async () => {
      const bad = damaged(worn, ({ files }) => does(files));
      // The backend is lost with its folder.
      const disks = bad.disks.afterProcessDeath();
      if (refused === undefined) {
        await assertRecovers({ ...bad, disks, knowledge: worn.knowledge }, ALL_LOST);
      } else {
        assertRefused(await opening({ ...bad, disks }), ...refused);
      }
    });
  }
});

describe('foreign names in the folders', () => {
  it('backups, editors, file systems -> serves all, and leaves them alone', async () => {
    const foreign: string[] = [];
    const bad = damaged(worn, ({ files }) => {
      const names = ['.#x.swp', 'x~', '4913', 'notes.txt', 'X.WAL', '1.bak', '01', 'db.tmp'];
      const copies = [...segmentPaths(files), ...snapshotPaths(files), POINTER];
      for (const folder of ['', '/wal', '/snap', '/kv']) {
        files.makeDirectory(`${MEMBER_DIR}${folder}/lost+found`);
        foreign.push(`${MEMBER_DIR}${folder}/lost+found`);
        for (const name of names) foreign.push(`${MEMBER_DIR}${folder}/${name}`);
      }
      for (const path of copies) for (const end of ['~', '.bak', '.gz']) foreign.push(path + end);
      for (const path of foreign) {
        if (files.stat(path) === undefined) replaceFile(files, path, Uint8Array.of(7));
      }
    });
    await assertRecovers({ ...bad, knowledge: worn.knowledge }, ALL_LOST);
    const { sim } = bootedOn(bad);
    await sim.start();
    await sim.stop();
    assert.deepEqual(
      foreign.filter((path) => sim.files.stat(path) === undefined),
      [],
    );
  });
});

/** As the name of a .snap file says it. */
function indexOf(path: string): number {
  return Number.parseInt(path.slice(-21, -5), 16);
}
