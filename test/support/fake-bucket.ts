import assert from 'node:assert/strict';
import { copyBytes, latin1 } from '../../src/base/bytes.ts';
import type { Bucket } from '../../src/base/ports/backend.ts';
import type { BucketWriter } from '../../src/base/ports/bucket-writer.ts';

/** The rows of one bucket, by latin1 key; writes to another bucket fail. */
export class FakeBucket implements BucketWriter {
  readonly rows: Map<string, Uint8Array> = new Map();
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  put(bucket: Bucket, key: Uint8Array, value: Uint8Array): void {
    assert.equal(bucket, this.#bucket);
    this.rows.set(latin1(key), copyBytes(value));
  }

  remove(bucket: Bucket, key: Uint8Array): void {
    assert.equal(bucket, this.#bucket);
    this.rows.delete(latin1(key));
  }
}
