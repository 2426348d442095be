/** Errors of files in the words of Go programs. */
import { FileError, type FileSystem } from '../../../base/ports/file-system.ts';
import { BboltError } from '../../../bbolt/index.ts';
import { CommandError } from './command.ts';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'file exists',
  EFBIG: 'file too large',
  EINVAL: 'invalid argument',
  EIO: 'input/output error',
  EISDIR: 'is a directory',
  EMFILE: 'too many open files',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};

/** What to print of an error. */
export function errorText(error: Error): string {
  if (error instanceof BboltError) return `invalid database: ${error.message}`;
  if (!(error instanceof FileError)) return error.message;
  // `read x: EISDIR: illegal operation on a directory`: Node's name of the error, and its text.
  const told = /^(?<what>.*: )(?<name>E[A-Z0-9]+)(?:: [^:]*)?$/s.exec(error.message)?.groups;
  const words = WORDS[told?.['name'] ?? ''];
  return words === undefined ? error.message : `${told?.['what']}${words}`;
}

/** Throws CommandError when there is nothing at `path`. */
export function checkExists(path: string, files: FileSystem): void {
  if (files.stat(path) !== undefined) return;
  throw new CommandError(`stat ${path}: ${WORDS['ENOENT']}`);
}
