/**
 * The folder of the backend, `member/kv`: state lies in the numbered folder inside it that the
 * pointer names. A snapshot is installed by filling the folder with the next number and then
 * setting the pointer; numbered folders beside the one it names are unfinished or outdated.
 *
 * The backend's lock on its folder is the lock of the whole data directory. So this is the first
 * thing a member opens, and nothing is removed before the lock is held.
 */
import { dirname } from 'node:path';
import { type Backend, BackendError } from '../../base/ports/backend.ts';
import type { FileSystem } from '../../base/ports/file-system.ts';
import type { StagedState } from '../snapshot-image/ports.ts';
import { readPointer, writePointer } from './state-dir-pointer.ts';

const FIRST_NUMBER = 1;

/** Opens a backend in a folder, which is new (`create`) or must hold one. */
export type OpenBackend<B extends Backend> = (
  folder: string,
  mode: 'create' | 'existing',
) => Promise<B>;

/**
 * Opens the state under `path`, creating it when there is none; the parent folder must be there,
 * and durable. Throws BACKEND_LOCKED when
 * another process has it open, BACKEND_CORRUPT when pointer and folders contradict each other,
 * and FileError.
 */
export async function openStateDir<B extends Backend>(
  path: string,
  files: FileSystem,
  openBackend: OpenBackend<B>,
): Promise<B> {
  files.makeDirectory(path);
  const pointed = readPointer(files, path);
  const number = pointed ?? FIRST_NUMBER;
  checkFolders(path, pointed, numberedFolders(files, path));
  const folder = `${path}/${number}`;
  files.makeDirectory(folder);
  const backend = await openBackend(folder, pointed === undefined ? 'create' : 'existing');
  try {
    // Another process may have installed a snapshot and let go of the folder we opened just now.
    if (readPointer(files, path) !== pointed) {
      throw new BackendError('BACKEND_LOCKED', `${path} is in use by another process`);
    }
    if (pointed === undefined) {
      // LevelDB does not sync the name of its last file, without which the folder is no store.
      files.syncDirectory(folder);
      files.syncDirectory(dirname(path));
      writePointer(files, path, number);
    }
    removeOthers(files, path, number);
  } catch (error) {
    await backend.close();
    throw error;
  }
  return backend;
}

/**
 * Begins a state in a folder with a number that is not in use, beside the current one, whose
 * backend must be open: its lock is that of the data directory. Rejects with BackendError and
 * FileError.
 */
export async function stageState<B extends Backend>(
  path: string,
  files: FileSystem,
  openBackend: OpenBackend<B>,
): Promise<StagedState> {
  const number = Math.max(...numberedFolders(files, path), FIRST_NUMBER) + 1;
  const folder = `${path}/${number}`;
  files.makeDirectory(folder);
  const backend = await openBackend(folder, 'create');
  return {
    backend,
    adopt: () => {
      // LevelDB does not sync the names of its files.
      files.syncDirectory(folder);
      writePointer(files, path, number);
    },
    removeFormer: async (yieldTurn) => {
      for (const other of othersThan(files, path, number)) {
        // One by one: that of a large state takes long.
        for (const name of files.list(`${path}/${other}`)) {
          files.removeTree(`${path}/${other}/${name}`);
          await yieldTurn();
        }
      }
      removeOthers(files, path, number);
    },
    discard: async () => {
      await backend.close();
      files.removeTree(folder);
    },
  };
}

function numberedFolders(files: FileSystem, path: string): number[] {
  return files
    .list(path)
    .filter((name) => /^[1-9][0-9]*$/.test(name) && isFolder(files, `${path}/${name}`))
    .map(Number);
}

/** Files with such names are not ours: editors, for one, try whether they can make them. */
function isFolder(files: FileSystem, path: string): boolean {
  return files.stat(path)?.isDirectory === true;
}

/** Refuses what no crash of ours leaves, rather than to start on the wrong state or on none. */
function checkFolders(path: string, pointed: number | undefined, numbers: number[]): void {
  if (pointed !== undefined && !numbers.includes(pointed)) {
    throw new BackendError('BACKEND_CORRUPT', `${path} has no folder ${pointed}, its current one`);
  }
  // A first start may have ended before it wrote the pointer: then there is folder 1, still empty.
  if (pointed === undefined && numbers.some((number) => number !== FIRST_NUMBER)) {
    throw new BackendError('BACKEND_CORRUPT', `${path} has state, but no pointer to it`);
  }
}

function removeOthers(files: FileSystem, path: string, number: number): void {
  const others = othersThan(files, path, number);
  for (const other of others) files.removeTree(`${path}/${other}`);
  if (others.length > 0) files.syncDirectory(path);
}

function othersThan(files: FileSystem, path: string, number: number): number[] {
  return numberedFolders(files, path).filter((other) => other !== number);
}
