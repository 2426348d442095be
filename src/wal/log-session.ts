import type { FileSystem } from '../base/ports/file-system.ts';
import type { Logger } from '../base/ports/logger.ts';
import { Snapshot } from '../pb/index.ts';
import type { WalBatch } from './batch.ts';
import type { LogLimits } from './ports.ts';
import { SnapshotFiles } from './snapshot-files.ts';
import type { WalPosition } from './wal-position.ts';
import { WalWriter } from './wal-writer.ts';

/** What a LogWriter is asked for, as plain data. */
export type LogCommand =
  | { readonly kind: 'append'; readonly batch: WalBatch }
  | { readonly kind: 'snapshot' /** Encoded raftpb.Snapshot. */; readonly bytes: Uint8Array }
  | { readonly kind: 'purge'; readonly limits: LogLimits }
  | { readonly kind: 'close' };

/** Appended bytes after which a group is written and synced, although more batches wait. */
export const GROUP_BYTES_MAX: number = 4 * 1024 * 1024;

export interface LogSessionOptions {
  readonly files: FileSystem;
  readonly logger: Logger;
  /** From `createWal` or `openWal`. */
  readonly position: WalPosition;
  /** The existing folder of the .snap files. */
  readonly snapshotDirectory: string;
  readonly segmentBytes?: number;
}

/** Carries out log commands, wherever it runs: behind a thread or in the simulator. */
export class LogSession {
  readonly #writer: WalWriter;
  readonly #snapshots: SnapshotFiles;

  constructor(options: LogSessionOptions) {
    const { snapshotDirectory: directory, ...rest } = options;
    this.#writer = new WalWriter(rest, options.position);
    this.#snapshots = new SnapshotFiles({ ...rest, directory });
  }

  /**
   * Carries out commands in order. Calls `completed` with how many more are done, each time when
   * some are. Throws WalError; then the session is dead.
   */
  execute(commands: readonly LogCommand[], completed: (count: number) => void): void {
    for (let start = 0; start < commands.length; ) {
      const command = commands[start] as LogCommand;
      let count = 1;
      if (command.kind === 'append') {
        const group = appendsFrom(commands, start);
        this.#writer.append(group);
        count = group.length;
      } else {
        this.#single(command);
      }
      start += count;
      completed(count);
    }
  }

  /** One step of work that nobody waits for; false when none is left. */
  idle(): boolean {
    return this.#writer.prepareNext();
  }

  checkInvariants(): void {
    this.#writer.checkInvariants();
  }

  #single(command: Exclude<LogCommand, { kind: 'append' }>): void {
    switch (command.kind) {
      case 'snapshot': {
        const snapshot = Snapshot.decode(command.bytes);
        this.#snapshots.save(snapshot);
        this.#writer.saveSnapshot(snapshot.metadata);
        return;
      }
      case 'purge':
        this.#writer.purge(command.limits.segmentsMax);
        this.#snapshots.purge(command.limits.snapshotsMax, this.#writer.startIndex);
        return;
      case 'close':
        this.#writer.close();
    }
  }
}

/** The batches of the appends that follow one another from `start` on, up to the bound. */
function appendsFrom(commands: readonly LogCommand[], start: number): WalBatch[] {
  const group: WalBatch[] = [];
  let bytes = 0;
  for (let at = start; at < commands.length && bytes < GROUP_BYTES_MAX; at++) {
    const command = commands[at] as LogCommand;
    if (command.kind !== 'append') break;
    group.push(command.batch);
    bytes += command.batch.bytes.length;
  }
  return group;
}
