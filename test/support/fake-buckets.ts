import { copyBytes, fromLatin1, latin1 } from '../../src/base/bytes.ts';
import type { BackendRow, Bucket } from '../../src/base/ports/backend.ts';
import type { BucketWriter } from '../../src/base/ports/bucket-writer.ts';

/** The rows of all buckets, by latin1 key, in memory. */
export class FakeBuckets implements BucketWriter {
  readonly #buckets = new Map<Bucket, Map<string, Uint8Array>>();

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    const rows = this.#buckets.get(bucket) ?? new Map<string, Uint8Array>();
    this.#buckets.set(bucket, rows.set(latin1(key), copyBytes(value)));
  }

  remove(bucket: Bucket, key: Uint8Array): void {
    this.#buckets.get(bucket)?.delete(latin1(key));
  }

  /** In the order of their keys. */
  rows(bucket: Bucket): BackendRow[] {
    return [...(this.#buckets.get(bucket) ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({ key: fromLatin1(key), value }));
  }
}
