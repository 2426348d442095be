/** Files that grow to sizes that nobody waits for: written and synced in the thread pool. */
import { type FileHandle, open } from 'node:fs/promises';
import type { CreateFile, GrowingFile } from '../snapshot-image/ports.ts';
import { asFileError, FILE_MODE } from './node-file-system.ts';

export function growingFiles({ unsafeNoFsync = false } = {}): CreateFile {
  return async (path) => {
    const handle = await attempt('open', path, () => open(path, 'wx', FILE_MODE));
    return new NodeGrowingFile(path, handle, !unsafeNoFsync);
  };
}

class NodeGrowingFile implements GrowingFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #syncs: boolean;

  constructor(path: string, handle: FileHandle, syncs: boolean) {
    this.#path = path;
    this.#handle = handle;
    this.#syncs = syncs;
  }

  append(bytes: Uint8Array): Promise<void> {
    return attempt('write', this.#path, async () => {
      for (let at = 0; at < bytes.length; ) {
        at += (await this.#handle.write(bytes, at)).bytesWritten;
      }
    });
  }

  async sync(): Promise<void> {
    if (this.#syncs) await attempt('sync', this.#path, () => this.#handle.datasync());
  }

  close(): Promise<void> {
    return attempt('close', this.#path, () => this.#handle.close());
  }
}

async function attempt<T>(operation: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw asFileError(operation, path, cause);
  }
}
