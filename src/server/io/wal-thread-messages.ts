/** What the two sides of the WAL thread say to each other. */
import type { LogFields, Logger } from '../../base/ports/logger.ts';
import type { WalErrorCode, WalPosition } from '../../wal/index.ts';

/** Handed to the thread at its start. Afterwards the main side sends LogCommands. */
export interface WalThreadData {
  readonly position: WalPosition;
  readonly snapshotDirectory: string;
  readonly segmentBytes?: number;
  /** See NodeFileSystemOptions. */
  readonly unsafeNoFsync?: boolean;
  /** One Int32: how many commands were sent, modulo 2^32. The thread sleeps on it. */
  readonly sent: SharedArrayBuffer;
  /** Memory of the WalMeters that the thread fills. */
  readonly meters: SharedArrayBuffer;
}

/** Sent by the thread. Nothing follows `failed`. */
export type WalThreadMessage =
  | { readonly kind: 'completed'; readonly count: number }
  | { readonly kind: 'failed'; readonly code: WalErrorCode; readonly text: string }
  | {
      readonly kind: 'log';
      readonly level: keyof Logger;
      readonly text: string;
      readonly fields: LogFields;
    };
