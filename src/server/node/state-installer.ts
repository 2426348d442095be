/**
 * Puts the state of another member in the place of this one's, while everything but applying goes
 * on. The order that survives a crash anywhere stands in `../snapshot-image/README.md`.
 */
import type { LogIndex } from '../../base/ids.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { SnapshotMetadata } from '../../pb/index.ts';
import { ServerError } from '../errors.ts';
import type { MemberState } from '../member-state.ts';
import type { StageState } from '../snapshot-image/ports.ts';
import type { ReceivedImages } from '../snapshot-image/received-images.ts';
import { type StagedImage, stageImage } from '../snapshot-image/stage-image.ts';
import type { StateTaker } from './member-node.ts';
import type { StateMachine } from './state-machine.ts';

export interface StateInstallerPorts {
  readonly received: ReceivedImages;
  readonly stage: StageState;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  /** Reads a state into memory. */
  readonly restore: (staged: StagedImage) => Promise<MemberState>;
  /** Makes it the member's, within this turn; gives the former one, halted, which is used no more. */
  readonly replace: (state: MemberState, index: LogIndex) => StateMachine;
  /** A state cannot be put in place; not called once it is stopped. */
  readonly fatal: (error: unknown) => void;
}

export class StateInstaller implements StateTaker {
  readonly #ports: StateInstallerPorts;
  /** One at a time: until a former state has ended, its files are there. */
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(ports: StateInstallerPorts) {
    this.#ports = ports;
  }

  has(index: LogIndex): boolean {
    return this.#ports.received.has(index);
  }

  install(metadata: SnapshotMetadata, done: () => void): void {
    this.#running = this.#running
      .then(() => this.#install(metadata, done))
      .catch((error: unknown) => {
        if (!this.#isStopped) this.#ports.fatal(error);
      });
  }

  /** Puts none in place any more; resolves when it has let go of all files. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#running;
  }

  async #install(metadata: SnapshotMetadata, done: () => void): Promise<void> {
    const { received, stage, logger } = this.#ports;
    const { index, term } = metadata;
    const fields = { 'snapshot-index': index, 'snapshot-term': term };
    logger.info('applying snapshot', fields);
    const yieldTurn = (): Promise<void> => this.#yieldTurn();
    const staged = await stageImage(metadata, { received, stage, yieldTurn });
    const former = await this.#putInPlace(staged, done);
    logger.info('applied snapshot', fields);
    await former.end({ flushes: false });
    await former.state.backend.close();
    await staged.removeFormer(yieldTurn);
    received.removeThrough(index);
  }

  async #putInPlace(staged: StagedImage, done: () => void): Promise<StateMachine> {
    const { restore, replace } = this.#ports;
    let state: MemberState | undefined;
    try {
      state = await restore(staged);
      this.#assertRuns();
      staged.adopt();
    } catch (error) {
      await state?.store.close();
      await staged.backend.close();
      throw error;
    }
    // Nobody gets a turn between these, nor between the entries and the state they apply to.
    const former = replace(state, staged.place.index);
    done();
    return former;
  }

  async #yieldTurn(): Promise<void> {
    await new Promise<void>((resolve) => this.#ports.scheduler.defer(resolve));
    this.#assertRuns();
  }

  #assertRuns(): void {
    if (this.#isStopped) throw new ServerError('SERVER_STOPPED', 'server stopped');
  }
}
