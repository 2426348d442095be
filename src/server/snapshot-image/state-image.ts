/**
 * A member's state as a bbolt file, as real etcd writes it, made while everything else goes on:
 * all of it is of one moment, and none of it is ever in memory or on disk as a whole.
 */
import type { Backend } from '../../base/ports/backend.ts';
import type { Membership } from '../membership/stored-membership.ts';
import type { ImageFacts } from './image-facts.ts';

/** Length of the pieces that `chunks` gives, the last one aside: that of etcd's messages. */
export const IMAGE_CHUNK_BYTES: number = 32 * 1024;

/** A piece may be changed when so many more were asked for behind it. */
export const IMAGE_CHUNKS_KEPT = 16;

export interface StateImage {
  readonly facts: ImageFacts;
  /** Length of the file. */
  readonly sizeBytes: number;
  /** Who the members were at that moment. */
  readonly membership: Membership;
  /** The file from its first byte to its last, in {@link IMAGE_CHUNK_BYTES}; see {@link IMAGE_CHUNKS_KEPT}. */
  chunks(): AsyncIterable<Uint8Array>;
  /** SHA-256 of the file, once all chunks were read. */
  digest(): Uint8Array;
  /** Lets go of the state; not while the next chunk is being waited for. */
  close(): Promise<void>;
}

/**
 * Pins the state of a backend and measures it; it has all that was committed before the call.
 * Rejects with BackendError, and with ImageError when nothing has been applied yet.
 */
export type MakeImage = (backend: Backend) => Promise<StateImage>;
