/** Small logs in memory, for the tests of src/wal. */

import type { FileSystem } from '../../src/base/ports/file-system.ts';
import { utf8Bytes } from '../../src/base/utf8.ts';
import {
  ConfState,
  Entry,
  HardState,
  Snapshot,
  WalMetadata,
  type WalSnapshot,
} from '../../src/pb/index.ts';
import { encodeBatch } from '../../src/wal/batch.ts';
import { createWal } from '../../src/wal/create-wal.ts';
import { type OpenedWal, openWal } from '../../src/wal/open-wal.ts';
import { validSnapshots } from '../../src/wal/valid-snapshots.ts';
import type { WalPosition } from '../../src/wal/wal-position.ts';
import { WalWriter } from '../../src/wal/wal-writer.ts';
import { MemoryFileSystem } from '../sim/memory-file-system.ts';
import type { Step } from './raft-history.ts';
import { RecordingLogger } from './recording-logger.ts';

export const WAL = '/data/wal';
export const FIRST_SEGMENT = `${WAL}/0000000000000000-0000000000000000.wal`;
export const SEGMENT_BYTES = 4096;

/** An id as etcd draws them: a random 64-bit number. */
export const NODE_ID = 0x8e9e05c52164694dn;
export const METADATA: Uint8Array = WalMetadata.encode({ nodeID: NODE_ID, clusterID: 1n });

export function entry(index: number, term = 1, text = `value ${index}`): Entry {
  return Entry.create({ index, term, data: utf8Bytes(text) });
}

/** Entries from `first` to `last`, both inclusive. */
export function entries(first: number, last: number, term = 1): Entry[] {
  return Array.from({ length: last - first + 1 }, (_, i) => entry(first + i, term));
}

export function hardState(term: number, commit: number): HardState {
  return HardState.create({ term, vote: NODE_ID, commit });
}

export function walSnapshot(index: number, term = 1): WalSnapshot {
  return { index, term, confState: ConfState.create({ voters: [NODE_ID] }) };
}

export function snapshot(index: number, term = 1, text = '{"Root":null}'): Snapshot {
  const confState = ConfState.create({ voters: [NODE_ID] });
  return Snapshot.create({ data: utf8Bytes(text), metadata: { confState, index, term } });
}

export function memoryFiles(): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.makeDirectory('/data/snap');
  files.syncDirectory('/');
  files.syncDirectory('/data');
  return files;
}

export function create(files: FileSystem): WalPosition {
  return createWal({ files, directory: WAL, metadata: METADATA, segmentBytes: SEGMENT_BYTES });
}

export function open(files: FileSystem, start = { index: 0, term: 0 }): OpenedWal {
  const logger = new RecordingLogger();
  return openWal({ files, logger, directory: WAL, start, segmentBytes: SEGMENT_BYTES });
}

export function writerAt(files: FileSystem, position: WalPosition): WalWriter {
  const logger = new RecordingLogger();
  return new WalWriter({ files, logger, segmentBytes: SEGMENT_BYTES }, position);
}

/** A new log in a new file system. */
export function newLog(): { files: MemoryFileSystem; writer: WalWriter } {
  const files = memoryFiles();
  return { files, writer: writerAt(files, create(files)) };
}

/** Appends entries of term 1 one batch each, committing each. */
export function appendEach(writer: WalWriter, first: number, last: number): void {
  for (let index = first; index <= last; index++) {
    writer.append([encodeBatch([entry(index)], hardState(1, index))]);
  }
}

export function patch(
  files: FileSystem,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array,
): void {
  const bytes = change(files.readFile(path));
  const file = files.open(path, 'write');
  file.truncate(0);
  file.write(bytes, 0);
  file.close();
}

/** Carries out one step of a history, and idles once. */
export function carryOut(writer: WalWriter, step: Step): void {
  if (step.kind === 'snapshot') writer.saveSnapshot(step.snapshot);
  else writer.append([encodeBatch(step.entries, step.hardState)]);
  writer.prepareNext();
  writer.checkInvariants();
}

/** Opens a log as a start does: from the newest snapshot it may use. */
export function openNewest(files: FileSystem): OpenedWal {
  return open(files, validSnapshots(files, WAL).at(-1));
}
