/** Opens a log as a start does: snapshots, records, and what joins them to the state. */
import { EMPTY_BYTES, latin1 } from '../../../src/base/bytes.ts';
import { crc32c } from '../../../src/base/crc32c.ts';
import { WriteBuffer } from '../../../src/mvcc/index.ts';
import { type OpenedStorage, openStorage } from '../../../src/server/storage/open-storage.ts';
import { encodeBatch } from '../../../src/wal/index.ts';
import { WalWriter } from '../../../src/wal/wal-writer.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../sim/memory-backend.ts';
import { MemoryFileSystem } from '../../sim/memory-file-system.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { START_PORTS } from '../../support/server/start-ports.ts';
import { entry } from '../../support/wal-fixture.ts';
import { contentOf, type DataFiles, pathsIn, replaced, type Seed } from './data-files.ts';
import { expect, refusalOf } from './file-finding.ts';
import { framesOf } from './log-records.ts';

const ROOT = '/data/member';
const SEGMENT_BYTES = 4096;
/** Names, sizes and a few windows of each file: these are small. */
const READS_MAX = 400;

/** What the disks of a start hold beside the log: a state that ends with this entry. */
export interface StateBehind {
  readonly index: number;
  readonly term: number;
}

/**
 * A log as it may be found: the outcome, or FileFinding. `known` are the contents that a damaged
 * one may still have; undefined where any will do, as the damage has checksums that fit.
 */
export async function startOnLog(
  files: DataFiles,
  state: StateBehind,
  known: ReadonlySet<string> | undefined,
): Promise<string> {
  const disks = await disksWith(files, state);
  let opened: OpenedStorage;
  try {
    opened = await open(disks);
  } catch (error) {
    const code = refusalOf(error);
    if (code.startsWith('WAL_')) expectUntouched(disks.files, files);
    return code;
  } finally {
    expect(disks.files.reads < READS_MAX, 'reads again and again');
  }
  expectContiguous(opened);
  const content = fingerprint(opened);
  expect(known?.has(content) !== false, 'reads as something that was never written');
  expect(fingerprint(await open(disks)) === content, 'reads as something else the second time');
  if (known !== undefined) await expectGoesOn(disks, opened);
  return 'accepted';
}

/** All that a seed can read as after damage that ends its log early, or costs it snapshots. */
export async function knownContents(seed: Seed, state: StateBehind): Promise<Set<string>> {
  const known = new Set<string>();
  const snapshots = pathsIn(seed.files, 'snap');
  for (const keptSnapshots of [snapshots, ...snapshots.map((one) => [one]), []]) {
    const segments = pathsIn(seed.files, 'wal');
    for (const [last, path] of segments.entries()) {
      for (const { end } of framesOf(contentOf(seed.files, path))) {
        const kept = [...segments.slice(0, last + 1), ...keptSnapshots];
        const files = new Map(kept.map((name) => [name, contentOf(seed.files, name)]));
        const cut = contentOf(files, path).subarray(0, end);
        try {
          const disks = await disksWith(replaced(files, path, cut), state);
          known.add(fingerprint(await open(disks)));
        } catch (error) {
          refusalOf(error);
        }
      }
    }
  }
  return known;
}

interface LogDisks {
  readonly files: MemoryFileSystem;
  readonly backend: MemoryBackendDisk;
}

async function disksWith(content: DataFiles, state: StateBehind): Promise<LogDisks> {
  const files = new MemoryFileSystem();
  files.makeDirectory(`${ROOT}/wal`);
  files.makeDirectory(`${ROOT}/snap`);
  for (const [path, bytes] of content) files.open(`${ROOT}/${path}`, 'create').write(bytes, 0);
  const backend = new MemoryBackendDisk();
  const store = await MemoryBackend.open(backend);
  const empty = { consistentIndex: 0, term: 0, currentRevision: 1, batch: 0 };
  const buffer = new WriteBuffer(empty, store);
  buffer.setApplied(state.index, state.term);
  await buffer.flush();
  await store.close();
  return { files: files.afterProcessDeath(), backend };
}

async function open(disks: LogDisks): Promise<OpenedStorage> {
  const opened = await openStorage(
    {
      dataDir: '/data',
      walDir: undefined,
      segmentBytes: SEGMENT_BYTES,
      identity: () => Promise.resolve({ member: 1n, cluster: 2n }),
    },
    {
      ...START_PORTS,
      files: disks.files,
      logger: new RecordingLogger(),
      openBackend: () => MemoryBackend.open(disks.backend),
      stageBackend: () => Promise.reject(new TypeError('no image is there')),
    },
  );
  await opened.backend.close();
  return opened;
}

function expectUntouched(found: MemoryFileSystem, files: DataFiles): void {
  for (const path of pathsIn(files, 'wal')) {
    const bytes = latin1(found.readFile(`${ROOT}/${path}`));
    expect(bytes === latin1(contentOf(files, path)), 'a refused log is written to');
  }
}

function expectContiguous({ entries, snapshot, hardState }: OpenedStorage): void {
  for (const [at, { index }] of entries.entries()) {
    expect(index === snapshot.index + 1 + at, 'entries have a gap');
  }
  expect(hardState.commit <= snapshot.index + entries.length, 'commits what is not there');
}

/** The log takes an entry more. */
async function expectGoesOn(disks: LogDisks, opened: OpenedStorage): Promise<void> {
  const { entries, snapshot, position, hardState } = opened;
  const last = entries.at(-1) ?? snapshot;
  const next = entry(last.index + 1, Math.max(1, last.term, hardState.term));
  const logger = new RecordingLogger();
  const writer = new WalWriter(
    { files: disks.files, logger, segmentBytes: SEGMENT_BYTES },
    position,
  );
  writer.append([encodeBatch([next])]);
  writer.close();
  const again = await open(disks);
  expect(again.entries.at(-1)?.index === next.index, 'what is appended cannot be read');
  expect(again.entries.length === entries.length + 1, 'appending costs entries');
}

function fingerprint({ snapshot, hardState, entries, member, cluster }: OpenedStorage): string {
  const { index, term } = snapshot;
  const { commit, vote } = hardState;
  const facts = [index, term, hardState.term, vote, commit, member, cluster];
  const texts = entries.map((found) => {
    const sum = crc32c(found.data ?? EMPTY_BYTES);
    return `${found.index}/${found.term}/${found.type}/${sum}`;
  });
  return [...facts, ...texts].join(' ');
}
