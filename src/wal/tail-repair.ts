/** What opening a log for appending does to its last segment. */
import type { FileHandle, FileSystem } from '../base/ports/file-system.ts';
import { parentOf } from './segment-name.ts';
import { isZero } from './zeros.ts';

const COPY_BYTES = 1024 * 1024;

/**
 * Cuts an interrupted write off: keeps a copy of the segment beside it, named `.broken`, and
 * truncates the segment to its sound part. Throws FileError.
 */
export function cutTornTail(files: FileSystem, path: string, soundBytes: number): void {
  const file = files.open(path, 'write');
  try {
    copyFile(files, file, `${path}.broken`);
    file.truncate(soundBytes);
    file.dataSync();
  } finally {
    file.close();
  }
}

function copyFile(files: FileSystem, source: FileHandle, targetPath: string): void {
  if (files.stat(targetPath) !== undefined) files.remove(targetPath);
  const target = files.open(targetPath, 'create');
  try {
    for (const { bytes, position } of chunksOf(source, 0)) target.write(bytes, position);
    target.dataSync();
  } finally {
    target.close();
  }
  files.syncDirectory(parentOf(targetPath));
}

/**
 * Makes the segment zero from `end` on, and at least `segmentBytes` long. Sectors of a write that
 * was never acknowledged may lie behind a lost one: new records before them would bring them back
 * as if they followed. Syncs in any case: after the death of a process, what was read may not be on
 * disk yet. Throws FileError.
 */
export function clearTail(file: FileHandle, end: number, segmentBytes: number): void {
  for (const { bytes, position } of chunksOf(file, end)) {
    if (!isZero(bytes)) file.write(bytes.fill(0), position);
  }
  file.preallocate(segmentBytes);
  file.dataSync();
}

/** The content from `start` on, piece by piece, in a buffer that each piece reuses. */
function* chunksOf(
  file: FileHandle,
  start: number,
): Generator<{ bytes: Uint8Array; position: number }> {
  const buffer = new Uint8Array(COPY_BYTES);
  let position = start;
  for (;;) {
    const bytes = buffer.subarray(0, file.read(buffer, position));
    if (bytes.length === 0) return;
    yield { bytes, position };
    position += bytes.length;
  }
}
