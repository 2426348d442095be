import type { Snapshot } from '../pb/index.ts';
import type { WalBatch } from './batch.ts';
import type { WalError } from './wal-error.ts';

/** Called exactly once, in the order of the calls, never from within the call itself. */
export type LogDone = (error?: WalError) => void;

/** How many files to keep; 0 keeps all. What a start may need is kept beyond that. */
export interface LogLimits {
  readonly segmentsMax: number;
  readonly snapshotsMax: number;
}

/** Commands that may be unfinished at once; one more is a bug of the caller, and asserted. */
export const LOG_COMMANDS_MAX = 1024;

/**
 * The WAL and the .snap files as the raft node writes them: commands are carried out strictly in
 * order. After the first error every command fails, and the member must stop: a failed sync
 * leaves unknown what is on disk.
 */
export interface LogWriter {
  /** Commands that are not done yet; the caller keeps this below {@link LOG_COMMANDS_MAX}. */
  readonly pending: number;
  /**
   * Makes a batch durable. Batches that wait at the same time share a write and a sync. The
   * batch's bytes belong to the writer from here on.
   */
  append(batch: WalBatch, done: LogDone): void;
  /**
   * Makes a snapshot durable: first its .snap file, then its record in the log. Before this, the
   * state it stands for must be durable; after this come the entries and hard state of the same
   * Ready, whose append syncs.
   */
  saveSnapshot(snapshot: Snapshot, done: LogDone): void;
  /** Removes old segments and .snap files. */
  purge(limits: LogLimits, done: LogDone): void;
  /** Finishes what was asked before, syncs, and lets go of the files; the last command. */
  close(done: LogDone): void;
}
