import type { LogIndex } from '../base/ids.ts';
import type { HardState } from '../pb/index.ts';
import type { SegmentName } from './segment-name.ts';

/**
 * Everything a writer must know to go on where a log ends. Plain data, so that it can be handed
 * to another thread.
 */
export interface WalPosition {
  readonly directory: string;
  /** The last segment. */
  readonly segment: SegmentName;
  /** Where in it the next record goes. */
  readonly offset: number;
  /** Running checksum. */
  readonly crc: number;
  /** Head of every segment; opaque here (an encoded WalMetadata). */
  readonly metadata: Uint8Array;
  readonly hardState: HardState;
  /** Index of the last entry or snapshot written. */
  readonly lastIndex: LogIndex;
  /** Index of the snapshot the log was opened at: what lies before it is not needed. */
  readonly snapshotIndex: LogIndex;
}
