import type { Bucket } from './backend.ts';

/**
 * Writes replicated state into the backend batch that is being filled. Synchronous and
 * infallible for the caller: the batch reaches the disk later, together with the
 * consistent_index of the last entry it covers. Bytes are copied at the call.
 */
export interface BucketWriter {
  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void;
  remove(bucket: Bucket, key: Uint8Array): void;
}
