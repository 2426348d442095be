/**
 * The log and the .snap files, without changing them: every segment from the first one on, and
 * then from the newest snapshot on, as a start reads it.
 */
import type { LogIndex } from '../../../base/ids.ts';
import type { FileSystem } from '../../../base/ports/file-system.ts';
import {
  ConfChange,
  ConfChangeV2,
  type Entry,
  EntryType,
  type HardState,
  type Snapshot,
} from '../../../pb/index.ts';
import {
  decodeSnapshotFile,
  readWal,
  type SnapshotId,
  validSnapshots,
  type WalContents,
  type WalReading,
} from '../../../wal/index.ts';
import { decodeEntry } from '../../apply/entry-data.ts';
import { logIdentity } from '../../storage/log-identity.ts';
import type { DataDirPaths } from '../data-dir-paths.ts';
import type { Findings } from './findings.ts';

export interface LogFacts {
  readonly member: bigint;
  readonly cluster: bigint;
  /** Where a start begins to read; {0, 0} without a snapshot. */
  readonly snapshot: SnapshotId;
  /** Index of the last entry, or of the snapshot when none is behind it. */
  readonly lastIndex: LogIndex;
  readonly hardState: HardState;
  /** Term of an entry behind the snapshot, or of the one it ends with; undefined for others. */
  termAt(index: LogIndex): number | undefined;
}

/** Undefined when a start could not read the log; why is among the findings then. */
export async function checkLog(
  paths: DataDirPaths,
  files: FileSystem,
  findings: Findings,
): Promise<LogFacts | undefined> {
  const { wal } = paths;
  const recorded = await findings.of(wal, () => validSnapshots(files, wal));
  const snapshots = await soundSnapshots(paths, files, findings);
  if (recorded === undefined) return undefined;
  const newest = snapshots.findLast(({ metadata: { index, term } }) =>
    recorded.some((id) => id.index === index && id.term === term),
  );
  const start = newest?.metadata ?? { index: 0, term: 0 };
  const log = await findings.of(wal, () => readWal({ files, directory: wal, start }));
  if (log === undefined) return undefined;
  noteTail(log, findings, wal);
  for (const entry of log.entries) checkEntry(entry, findings, wal);
  return factsOf(log, { index: start.index, term: start.term });
}

const SNAPSHOT_NAME = /^([0-9a-f]{16})-([0-9a-f]{16})\.snap$/;

/** All .snap files that can be read, oldest first. */
async function soundSnapshots(
  { snapshots }: DataDirPaths,
  files: FileSystem,
  findings: Findings,
): Promise<Snapshot[]> {
  const sound: Snapshot[] = [];
  const names = files.stat(snapshots) === undefined ? [] : files.list(snapshots);
  for (const name of names) {
    const path = `${snapshots}/${name}`;
    if (name.endsWith('.broken')) findings.note(path, 'set aside as damaged by an earlier start');
    const [, term = '', index = ''] = SNAPSHOT_NAME.exec(name) ?? [];
    if (index === '') continue;
    const snapshot = await findings.of(path, () => decodeSnapshotFile(files.readFile(path)));
    if (snapshot === undefined) continue;
    const { metadata } = snapshot;
    if (
      metadata.index === Number.parseInt(index, 16) &&
      metadata.term === Number.parseInt(term, 16)
    )
      sound.push(snapshot);
    else
      findings.add(
        path,
        `it holds the snapshot at entry ${metadata.index}, not what its name says`,
      );
  }
  return sound;
}

function noteTail({ torn }: WalReading, findings: Findings, wal: string): void {
  if (torn?.place === undefined) return;
  const { file, offset } = torn.place;
  findings.note(
    `${wal}/${file}`,
    `the last write, at ${offset}, was interrupted; a start cuts it off`,
  );
}

/** A member ends at an entry that it cannot decode. */
function checkEntry({ index, type, data }: Entry, findings: Findings, wal: string): void {
  if (data === undefined || data.length === 0) return;
  try {
    if (type === EntryType.EntryNormal) decodeEntry(data);
    else if (type === EntryType.EntryConfChange) ConfChange.decode(data);
    else ConfChangeV2.decode(data);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    findings.add(`${wal}, entry ${index}`, `it cannot be decoded: ${because}`);
  }
}

function factsOf({ metadata, hardState, entries }: WalContents, snapshot: SnapshotId): LogFacts {
  const { nodeID: member, clusterID: cluster } = logIdentity(metadata);
  return {
    member,
    cluster,
    snapshot,
    lastIndex: snapshot.index + entries.length,
    hardState,
    termAt: (index) =>
      index === snapshot.index ? snapshot.term : entries[index - snapshot.index - 1]?.term,
  };
}
