/**
 * What one simulated machine keeps: the files, and in the numbered folders of the state directory
 * the backends, whose content is held apart from the files but is lost with its folder.
 */
import { defined } from '../../src/base/assert.ts';
import { BackendError } from '../../src/base/ports/backend.ts';
import type { Random } from '../../src/base/ports/random.ts';
import { type OpenBackend, openStateDir, stageState } from '../../src/server/io/state-dir.ts';
import type { StagedState } from '../../src/server/snapshot-image/ports.ts';
import { MemoryBackend, MemoryBackendDisk } from './memory-backend.ts';
import { MemoryFileSystem } from './memory-file-system.ts';

export class SimDisks {
  readonly files: MemoryFileSystem;
  /** By folder. */
  readonly #backends = new Map<string, MemoryBackendDisk>();

  constructor(files = new MemoryFileSystem()) {
    this.files = files;
  }

  /** The backend that was made first. */
  get backend(): MemoryBackendDisk {
    return defined([...this.#backends.values()][0], 'there is a backend');
  }

  get hasBackend(): boolean {
    return this.#backends.size > 0;
  }

  /** Opens the backend in the state directory `path`, holding its lock. */
  openBackend(path: string): Promise<MemoryBackend> {
    return openStateDir(path, this.files, this.openFolder);
  }

  /** Begins a state beside the one that is open in `path`. */
  stageBackend(path: string): Promise<StagedState> {
    return stageState(path, this.files, this.openFolder);
  }

  /** Opens the backend in a numbered folder of the state directory. */
  readonly openFolder: OpenBackend<MemoryBackend> = (folder, mode) => {
    let backend = this.#backends.get(folder);
    if (backend === undefined) {
      if (mode === 'existing') {
        const text = `cannot open ${folder}: it holds no store`;
        return Promise.reject(new BackendError('BACKEND_CORRUPT', text));
      }
      backend = new MemoryBackendDisk();
      this.#backends.set(folder, backend);
    }
    return MemoryBackend.open(backend);
  };

  /** The disks as a restart finds them if the power is lost now. */
  afterPowerLoss(random: Random): SimDisks {
    return this.#with(this.files.afterPowerLoss(random));
  }

  /** The disks as a restart finds them if only the process dies now. */
  afterProcessDeath(): SimDisks {
    return this.#with(this.files.afterProcessDeath());
  }

  #with(files: MemoryFileSystem): SimDisks {
    const disks = new SimDisks(files);
    for (const [folder, backend] of this.#backends) {
      if (files.stat(folder) !== undefined) disks.#backends.set(folder, backend.copy());
    }
    return disks;
  }
}
