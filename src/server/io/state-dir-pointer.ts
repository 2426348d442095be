/**
 * The file that says which numbered folder holds the state: `<folder>/current` with the number in
 * decimal and a newline. It is replaced as a whole, so that a crash leaves the old or the new one.
 */
import { latin1 } from '../../base/bytes.ts';
import { BackendError } from '../../base/ports/backend.ts';
import type { FileSystem } from '../../base/ports/file-system.ts';
import { utf8Bytes } from '../../base/utf8.ts';

const POINTER = 'current';
const POINTER_NEW = 'current.tmp';

/** The number, or undefined when there is no pointer yet; BACKEND_CORRUPT when it is no number. */
export function readPointer(files: FileSystem, folder: string): number | undefined {
  const path = `${folder}/${POINTER}`;
  if (files.stat(path) === undefined) return undefined;
  const text = latin1(files.readFile(path));
  if (!/^[1-9][0-9]{0,8}\n$/.test(text)) {
    throw new BackendError('BACKEND_CORRUPT', `${path} holds no folder number`);
  }
  return Number(text);
}

/** Sets the number of a folder that is there; durable when it returns. */
export function writePointer(files: FileSystem, folder: string, number: number): void {
  const path = `${folder}/${POINTER_NEW}`;
  // What a crash during an earlier call left.
  if (files.stat(path) !== undefined) files.remove(path);
  const file = files.open(path, 'create');
  try {
    file.write(utf8Bytes(`${number}\n`), 0);
    file.dataSync();
  } finally {
    file.close();
  }
  // The numbered folder first: a crash must not keep the new pointer without it.
  files.syncDirectory(folder);
  files.rename(path, `${folder}/${POINTER}`);
  files.syncDirectory(folder);
}
