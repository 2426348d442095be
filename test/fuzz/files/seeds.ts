/** The sound files that cases begin with: of real etcd and real bbolt, and our own. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { concatBytes } from '../../../src/base/bytes.ts';
import { encodeBatch } from '../../../src/wal/index.ts';
import { SnapshotFiles } from '../../../src/wal/snapshot-files.ts';
import { numberedRows, streamed } from '../../support/bbolt/bbolt-files.ts';
import { golden } from '../../support/bbolt/golden.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import {
  create,
  entries,
  entry,
  hardState,
  memoryFiles,
  snapshot,
  WAL,
  walSnapshot,
  writerAt,
} from '../../support/wal-fixture.ts';
import { DATABASE, type DataFiles, databaseOf, pathsIn, type Seed } from './data-files.ts';
import { databaseWith, rowsOf } from './database-rows.ts';

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), '../../../../test/golden/data-files');
const SMALL_PAGE_BYTES = 1024;
const DIGEST_BYTES = 32;

/** All of them; the same each time. */
export function readSeeds(): Seed[] {
  const saved = ['etcd-3.5.30', 'etcd-3.6.14'].map((version) =>
    database(`${version} snapshot`, readGolden(`${version}.snapshot`), { isState: true }),
  );
  return [
    ...saved,
    ...saved.map(({ name, files }) => ours(`${name}, by us`, databaseOf(files))),
    // Twice: these are what is read and mutated fastest.
    ...saved.map(({ name, files }) => ours(`${name}, by us`, databaseOf(files))),
    database('etcd 3.4.23, a cluster too old for us', golden('etcd-3.4.23.db')),
    database('etcd 3.5.30, with free pages', golden('etcd-3.5.30.db'), { isState: true }),
    database('bbolt, pages of 1024', golden('bbolt-1.5.0-page-1024.db'), { isFlat: false }),
    database('every kind of node', everyKindOfNode()),
    realDirectory('etcd-3.5.30'),
    realDirectory('etcd-3.6.14'),
    realLog('etcd-3.5.30'),
    realLog('etcd-3.6.14'),
    ourLog(),
    ourLog(),
  ];
}

function database(
  name: string,
  bytes: Uint8Array,
  facts: { isFlat?: boolean; isState?: boolean } = {},
): Seed {
  const { isFlat = true, isState = false } = facts;
  return { name, kind: 'database', files: new Map([[DATABASE, bytes]]), isFlat, isState };
}

/** The same rows as we write them, and the SHA-256 that ends a snapshot file. */
function ours(name: string, bytes: Uint8Array): Seed {
  const anew = databaseWith({ ...rowsOf(bytes), pageBytes: SMALL_PAGE_BYTES });
  const digest = new Uint8Array(createHash('sha256').update(anew).digest());
  return database(name, concatBytes([anew, digest]), { isState: true });
}

/** Branches on two levels, values of several pages, and buckets without a page. */
function everyKindOfNode(): Uint8Array {
  const long = Object.entries(numberedRows(40, 100)).map(([key, value]) => [
    key + '-'.repeat(240),
    value,
  ]);
  return streamed(
    {
      empty: {},
      inline: { a: '1', b: '' },
      large: { a: 'x'.repeat(5000), b: 'y', c: 'z'.repeat(1500) },
      tree: Object.fromEntries(long),
    },
    SMALL_PAGE_BYTES,
  );
}

function realLog(version: string): Seed {
  const snapshots = readdirSync(GOLDEN)
    .filter((name) => name.startsWith(version) && name.endsWith('.snap.gz'))
    .map((name) => name.slice(0, -'.gz'.length));
  const files = new Map([
    ['wal/0000000000000000-0000000000000000.wal', readGolden(`${version}.wal`)],
    ...snapshots.map((name): [string, Uint8Array] => [
      `snap/${name.slice(version.length + 1)}`,
      readGolden(name),
    ]),
  ]);
  return logSeed(`${version} log`, files);
}

/** As a killed member of etcd leaves it: its database is some entries behind its log. */
function realDirectory(version: string): Seed {
  const { files } = realLog(version);
  const saved = readGolden(`${version}.snapshot`);
  const database = saved.subarray(0, saved.length - DIGEST_BYTES);
  // The newest snapshot was made after the database was saved.
  const [newest] = pathsIn(files, 'snap').slice(-1);
  const kept = [...files].filter(([path]) => path !== newest);
  const both = new Map([...kept, [DATABASE, database] as const]);
  return { name: `${version} directory`, kind: 'both', files: both, isFlat: true, isState: true };
}

/** Several segments and terms, replaced entries, snapshots, and the zeros behind the end. */
function ourLog(): Seed {
  const files = memoryFiles();
  const snap = '/data/snap';
  const snapshots = new SnapshotFiles({ files, logger: new RecordingLogger(), directory: snap });
  const writer = writerAt(files, create(files));
  writer.append([encodeBatch(entries(1, 8), hardState(1, 5))]);
  writer.append([encodeBatch([entry(9, 1, 'x'.repeat(3000))], hardState(1, 9))]);
  for (const index of [4, 10]) {
    if (index === 10) writer.append([encodeBatch([entry(10), entry(11)], hardState(1, 10))]);
    snapshots.save(snapshot(index));
    writer.saveSnapshot(walSnapshot(index));
  }
  writer.append([encodeBatch([entry(11, 2, 'y'.repeat(700)), entry(12, 2)], hardState(2, 11))]);
  writer.append([encodeBatch([entry(13, 2, 'z'.repeat(2500))])]);
  writer.append([encodeBatch(entries(14, 16, 3), hardState(3, 13))]);
  writer.close();
  const read = (folder: string, as: string): [string, Uint8Array][] =>
    files.list(folder).map((name) => [`${as}/${name}`, files.readFile(`${folder}/${name}`)]);
  return logSeed('our log', new Map([...read(WAL, 'wal'), ...read(snap, 'snap')]));
}

function logSeed(name: string, files: DataFiles): Seed {
  return { name, kind: 'log', files, isFlat: false, isState: false };
}

function readGolden(name: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(join(GOLDEN, `${name}.gz`))));
}
