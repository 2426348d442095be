/** Small logs in memory, for the tests of src/wal. */

import type { FileSystem } from '../../src/base/ports/file-system.ts';
import type { LogFields, Logger } from '../../src/base/ports/logger.ts';
import { utf8Bytes } from '../../src/base/utf8.ts';
import { ConfState, Entry, HardState, Snapshot, type WalSnapshot } from '../../src/pb/index.ts';
import { encodeBatch } from '../../src/wal/batch.ts';
import { createWal } from '../../src/wal/create-wal.ts';
import { type OpenedWal, openWal } from '../../src/wal/open-wal.ts';
import type { WalPosition } from '../../src/wal/wal-position.ts';
import { WalWriter } from '../../src/wal/wal-writer.ts';
import { MemoryFileSystem } from '../sim/memory-file-system.ts';

export const WAL = '/data/wal';
export const FIRST_SEGMENT = `${WAL}/0000000000000000-0000000000000000.wal`;
export const SEGMENT_BYTES = 4096;

/** An id as etcd draws them: a random 64-bit number. */
export const NODE_ID = 0x8e9e05c52164694dn;
export const METADATA: Uint8Array = Uint8Array.of(
  ...[0x08, 0xcd, 0xd2, 0x91, 0xab, 0xd2, 0xb8, 0xc1, 0xcf, 0x8e, 0x01, 0x10, 0x01],
);

export class RecordingLogger implements Logger {
  readonly lines: { level: string; message: string; fields: LogFields }[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields });
  }
  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }
  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }
  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }
  fatal(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'fatal', message, fields });
  }
}

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

/** What decides whether two logs are the same. */
export function contentOf(opened: OpenedWal): unknown {
  return {
    hardState: opened.hardState,
    entries: opened.entries.map(({ type, term, index, data }) => ({
      type,
      term,
      index,
      data: data && [...data],
    })),
  };
}
