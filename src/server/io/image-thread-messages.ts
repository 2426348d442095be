/** What the two sides of an image thread say to each other. */
import type { BackendErrorCode } from '../../base/ports/backend.ts';
import type { Membership } from '../membership/stored-membership.ts';
import type { ImageErrorCode } from '../snapshot-image/errors.ts';
import type { ImageFacts } from '../snapshot-image/image-facts.ts';
import { IMAGE_CHUNK_BYTES, IMAGE_CHUNKS_KEPT } from '../snapshot-image/state-image.ts';

/** Handed to the thread at its start. */
export interface ImageThreadData {
  /** Of a backend that is open in this process. */
  readonly folder: string;
}

/**
 * One message for each chunk would cost more than the chunk itself. A part is given back when the
 * next one has been handed on.
 */
export const PART_BYTES: number = IMAGE_CHUNKS_KEPT * IMAGE_CHUNK_BYTES;
/** Parts that the thread sends before they are given back; then it waits. */
export const partsAheadMax = 4;

/** Sent by the thread: `opened`, parts, `ended`; or `failed`, behind which nothing comes. */
export type ImageThreadMessage =
  | {
      readonly kind: 'opened';
      readonly facts: ImageFacts;
      readonly membership: Membership;
      readonly sizeBytes: number;
    }
  | { readonly kind: 'part'; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly digest: Uint8Array }
  | { readonly kind: 'failed'; readonly of: 'backend'; code: BackendErrorCode; text: string }
  | { readonly kind: 'failed'; readonly of: 'image'; code: ImageErrorCode; text: string };
