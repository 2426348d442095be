/** The commits of one backend, which take time and may fail, as a seed decides. */
import { FileError } from '../../src/base/ports/file-system.ts';
import type { Random } from '../../src/base/ports/random.ts';
import type { Scheduler } from '../../src/base/ports/scheduler.ts';
import type { MemoryBackend } from './memory-backend.ts';
import { type MemoryFileSystem, PowerLossError } from './memory-file-system.ts';

/** Longest time a commit takes to show, and then to be answered. */
const COMMIT_DELAY_MS = 40;

export interface HeldCommitsPorts {
  readonly files: MemoryFileSystem;
  /** The folder of the backend: commits count as calls of its disk. */
  readonly folder: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly onPowerLoss: () => void;
}

export class HeldCommits {
  /** While set, commits wait for whoever has set it. */
  isPaused = false;
  readonly backend: MemoryBackend;
  readonly #ports: HeldCommitsPorts;
  #isPlanned = false;

  /** Takes the commits of `backend` over. */
  constructor(backend: MemoryBackend, ports: HeldCommitsPorts) {
    this.backend = backend;
    this.#ports = ports;
    backend.holdCommits = true;
    backend.onHeld = () => this.plan();
  }

  /** The oldest commit shows after a while, and is answered a while after that. */
  plan(): void {
    if (this.#isPlanned || this.isPaused || this.backend.heldCommits === 0) return;
    this.#isPlanned = true;
    const { scheduler, random } = this.#ports;
    const done = (): void => {
      this.#isPlanned = false;
      this.plan();
    };
    scheduler.after(random.below(COMMIT_DELAY_MS), () => {
      if (!this.#step('commit')) return done();
      scheduler.after(random.below(COMMIT_DELAY_MS), () => {
        this.#step('answer commit');
        done();
      });
    });
  }

  /** One of the two disk calls that a commit counts as; false when it fails. */
  #step(step: 'commit' | 'answer commit'): boolean {
    const { files, folder, onPowerLoss } = this.#ports;
    try {
      files.countCall(step, folder);
      if (step === 'commit') this.backend.showCommit();
      else this.backend.answerCommit();
      return true;
    } catch (error) {
      if (error instanceof PowerLossError) onPowerLoss();
      else if (error instanceof FileError) this.backend.refuseCommit();
      else throw error;
      return false;
    }
  }
}
