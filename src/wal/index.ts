export { encodeBatch, type WalBatch } from './batch.ts';
export { type CreateWalOptions, createWal } from './create-wal.ts';
export type { SnapshotId } from './log-contents.ts';
export { type LogCommand, LogSession, type LogSessionOptions } from './log-session.ts';
export {
  type OpenedWal,
  type OpenWalOptions,
  openWal,
  type ReadWalOptions,
  readWal,
  type WalContents,
  type WalReading,
} from './open-wal.ts';
export { LOG_COMMANDS_MAX, type LogDone, type LogLimits, type LogWriter } from './ports.ts';
export { SEGMENT_BYTES } from './segment-header.ts';
export { walExists } from './segment-name.ts';
export { decodeSnapshotFile, SnapshotFiles, type SnapshotFilesOptions } from './snapshot-files.ts';
export { validSnapshots } from './valid-snapshots.ts';
export { WalError, type WalErrorCode, type WalPlace } from './wal-error.ts';
export type { WalPosition } from './wal-position.ts';
