/**
 * The replicated state that a member runs on, and what is bound to it: entries are applied to it,
 * it is flushed, measured, and snapshots of it are made. When the state of another member takes its
 * place, all of this is replaced as one; whoever outlives it asks the member for its parts each time.
 */
import type { LogIndex } from '../../base/ids.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { Entry } from '../../pb/index.ts';
import type { Raft } from '../../raft/index.ts';
import type { LogWriter } from '../../wal/index.ts';
import { Applier, type ApplyEvents } from '../apply/applier.ts';
import type { SpaceCheck } from '../apply/space-cost.ts';
import type { MemberState } from '../member-state.ts';
import { BackendImage } from '../snapshot-image/backend-image.ts';
import type { MakeImage, StateImage } from '../snapshot-image/state-image.ts';
import { BackendFlusher } from './backend-flusher.ts';
import type { EntrySink } from './member-node.ts';
import { type SnapshotOptions, Snapshots } from './snapshots.ts';

export interface StateMachineOptions {
  readonly batchIntervalMs: number;
  readonly snapshots: SnapshotOptions;
  /** Index of the newest snapshot on disk, 0 without one. */
  readonly snapshotIndex: LogIndex;
}

export interface StateMachinePorts {
  readonly state: MemberState;
  readonly raft: Raft;
  readonly log: LogWriter;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly quota: SpaceCheck;
  readonly events: ApplyEvents;
  /** There is room again after {@link EntrySink.hasRoom} was false. */
  readonly onRoom: () => void;
  /** An entry was applied, so watchers may have fallen behind. */
  readonly onApplied: () => void;
  /** Where images are made; here, a few rows a turn, unless given. */
  readonly makeImage?: MakeImage | undefined;
  /** The disk fails, or there is a bug; not called once it is halted. */
  readonly fatal: (error: unknown) => void;
}

export class StateMachine implements EntrySink {
  readonly state: MemberState;
  readonly #ports: StateMachinePorts;
  readonly #applier: Applier;
  readonly #flusher: BackendFlusher;
  readonly #snapshots: Snapshots;
  #isHalted = false;

  constructor(options: StateMachineOptions, ports: StateMachinePorts) {
    const { buffer, cluster } = ports.state;
    const fatal = (error: unknown): void => this.#failed(error);
    this.state = ports.state;
    this.#ports = ports;
    this.#applier = new Applier({ ...ports, buffer });
    this.#flusher = new BackendFlusher(options.batchIntervalMs, { ...ports, buffer, fatal });
    this.#snapshots = new Snapshots(options.snapshots, options.snapshotIndex, {
      ...ports,
      buffer,
      cluster,
      fatal,
    });
    // The one that was forced may not have been made before the last stop.
    if (ports.state.cluster.downgradeTarget !== undefined) this.#snapshots.force();
  }

  get hasRoom(): boolean {
    return !this.state.buffer.isBlocked;
  }

  apply(entry: Entry, nowMs: number): void {
    this.#applier.apply(entry, nowMs);
    const { raft, onApplied } = this.#ports;
    raft.applied(entry.index);
    this.#flusher.applied();
    if (this.#snapshots.isDue(entry.index)) {
      const { index, term } = entry;
      this.#snapshots.make({ index, term, confState: raft.confState });
    }
    onApplied();
  }

  /** Has a snapshot made with the next entry, or with the one that is being applied. */
  forceSnapshot(): void {
    this.#snapshots.force();
  }

  /** Pins the state with everything that is applied by now; to be closed. */
  async image(): Promise<StateImage> {
    const { backend, buffer } = this.state;
    const { scheduler, makeImage } = this.#ports;
    await buffer.flush();
    if (makeImage !== undefined) return makeImage(backend);
    const yieldTurn = (): Promise<void> => new Promise((resolve) => scheduler.defer(resolve));
    return BackendImage.open({ backend, yieldTurn });
  }

  /** Looks how much of the disk the state takes, if that may have changed. */
  measure(): void {
    this.state.size.refresh().catch((error: unknown) => this.#failed(error));
  }

  /** Removes log and snapshot files that are not needed any more. */
  purge(): void {
    this.#snapshots.purge();
  }

  /** Begins nothing any more by itself; nothing may be applied afterwards. */
  halt(): void {
    this.#isHalted = true;
    this.#flusher.halt();
  }

  /** Gives up what is not being written yet, of which an entry may have been applied in part. */
  abandon(): void {
    this.state.buffer.abandon();
  }

  /**
   * Refuses further reads, and resolves when none is going on; then nothing but the backend is left
   * to be closed. `flushes`: all that is applied is on disk by then.
   */
  async end({ flushes }: { readonly flushes: boolean }): Promise<void> {
    const { store, buffer } = this.state;
    await store.close();
    if (flushes) await buffer.flush();
    else buffer.abandon();
  }

  #failed(error: unknown): void {
    if (!this.#isHalted) this.#ports.fatal(error);
  }
}
