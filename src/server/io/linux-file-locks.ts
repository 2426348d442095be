/**
 * Locks of other processes, as Linux lists them in `/proc/locks`: Node can neither ask for one nor
 * take one. Elsewhere, and for processes that a container does not see, none are known.
 */
import { readFileSync, statSync } from 'node:fs';
import { pid } from 'node:process';
import type { FileLocks } from '../storage/file-locks.ts';

const LIST = '/proc/locks';
/** `3: FLOCK  ADVISORY  WRITE 17729 fe:00:10191467 0 EOF`; one that is being waited for has `->`. */
const LINE = /^\d+: \w+ +\w+ +\w+ (?<pid>-?\d+) (?<file>[0-9a-f]+:[0-9a-f]+:\d+) /;

export const linuxFileLocks: FileLocks = {
  lockedByOthers: (paths) => {
    const locked = lockedFiles();
    return locked.size === 0 ? [] : paths.filter((path) => locked.has(fileText(path)));
  },
};

/** Files, as the list names them, that a process other than this one has locked. */
function lockedFiles(): Set<string> {
  const found = new Set<string>();
  for (const line of list().split('\n')) {
    const parts = LINE.exec(line)?.groups;
    // What belongs to an open file rather than to a process has no process named.
    if (parts === undefined || parts['pid'] === String(pid)) continue;
    found.add(parts['file'] ?? '');
  }
  return found;
}

function list(): string {
  try {
    return readFileSync(LIST, 'latin1');
  } catch {
    // Another system than Linux, or one that hides it.
    return '';
  }
}

/** Device and inode as the list has them: major and minor number in hexadecimal, then the inode. */
function fileText(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  const hex = (number: bigint): string => number.toString(16).padStart(2, '0');
  return `${hex(major)}:${hex(minor)}:${ino}`;
}
