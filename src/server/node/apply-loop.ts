/** What surrounds the applying of each entry: flushing to the backend, snapshots, late watchers. */
import type { LogIndex } from '../../base/ids.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import type { Entry } from '../../pb/index.ts';
import type { Raft } from '../../raft/index.ts';
import type { LogWriter } from '../../wal/index.ts';
import { Applier, type ApplyEvents } from '../apply/applier.ts';
import type { SpaceCheck } from '../apply/space-cost.ts';
import type { MemberState } from '../member-state.ts';
import { BackendFlusher } from './backend-flusher.ts';
import type { EntrySink } from './member-node.ts';
import { type SnapshotOptions, Snapshots } from './snapshots.ts';

export interface ApplyLoopOptions {
  readonly batchIntervalMs: number;
  readonly snapshots: SnapshotOptions;
  /** Index of the newest snapshot on disk, 0 without one. */
  readonly snapshotIndex: LogIndex;
}

export interface ApplyLoopPorts {
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
  readonly fatal: (error: unknown) => void;
}

export class ApplyLoop implements EntrySink {
  readonly #ports: ApplyLoopPorts;
  readonly #applier: Applier;
  readonly #flusher: BackendFlusher;
  readonly #snapshots: Snapshots;

  constructor(options: ApplyLoopOptions, ports: ApplyLoopPorts) {
    this.#ports = ports;
    this.#applier = new Applier({ ...ports, buffer: ports.state.buffer });
    this.#flusher = new BackendFlusher(options.batchIntervalMs, {
      ...ports,
      buffer: ports.state.buffer,
    });
    this.#snapshots = new Snapshots(options.snapshots, options.snapshotIndex, {
      ...ports,
      buffer: ports.state.buffer,
      cluster: ports.state.cluster,
    });
    // The one that was forced may not have been made before the last stop.
    if (ports.state.cluster.downgradeTarget !== undefined) this.#snapshots.force();
  }

  get hasRoom(): boolean {
    return !this.#ports.state.buffer.isBlocked;
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

  /** Removes log and snapshot files that are not needed any more. */
  purge(): void {
    this.#snapshots.purge();
  }

  /** Begins nothing any more by itself; nothing may be applied afterwards. */
  halt(): void {
    this.#flusher.halt();
  }
}
