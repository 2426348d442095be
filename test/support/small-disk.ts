/** A file system of its own in memory, of a size that can be filled, changed and made read-only. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './processes.ts';

/** Why there can be no such disk here, or false when there can. In CI that is a failure. */
export function smallDiskSkipReason(): string | false {
  try {
    new SmallDisk(1).dispose();
    return false;
  } catch (error) {
    const reason = 'needs to mount: Linux and root';
    if (process.env['CI'] === 'true') throw new TypeError(reason, { cause: error });
    return reason;
  }
}

export class SmallDisk {
  /** A folder on it, which may be removed. */
  readonly folder: string;
  readonly #path = temporaryFolder();

  constructor(mebibytes: number) {
    const options = ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', this.#path];
    try {
      execFileSync('mount', options, { stdio: 'pipe' });
    } catch (error) {
      rmdirSync(this.#path);
      throw error;
    }
    this.folder = join(this.#path, 'member');
    mkdirSync(this.folder);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#path);
    return bavail * bsize;
  }

  resize(mebibytes: number): void {
    this.#remount(`size=${mebibytes}m`);
  }

  /** Not while a file on it is open for writing. */
  makeReadOnly(): void {
    this.#remount('ro');
  }

  makeWritable(): void {
    this.#remount('rw');
  }

  dispose(): void {
    execFileSync('umount', ['--lazy', this.#path], { stdio: 'pipe' });
    rmdirSync(this.#path);
  }

  #remount(option: string): void {
    execFileSync('mount', ['-o', `remount,${option}`, this.#path], { stdio: 'pipe' });
  }
}
