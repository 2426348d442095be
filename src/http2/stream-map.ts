/**
 * Streams by id, chained through the streams themselves. A Map would do, but for its dead tables:
 * with an insert and a delete per call V8 makes a new table every few calls, and one that was
 * promoted keeps its successors, and the streams in them, from cheap collection. Measured: a
 * quarter of an empty call's time.
 */
import { assert } from '../base/assert.ts';
import type { Stream } from './stream.ts';

const BUCKETS_MIN = 16;

export class StreamMap {
  /** A power of two of chains; a client's ids are odd, so neighbours come to neighbouring chains. */
  #buckets: (Stream | undefined)[] = emptyBuckets(BUCKETS_MIN);
  #mask = BUCKETS_MIN - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Stream | undefined {
    let stream = this.#buckets[(id >>> 1) & this.#mask];
    while (stream !== undefined && stream.id !== id) stream = stream.nextInBucket;
    return stream;
  }

  /** The stream's id must not be in use. */
  add(stream: Stream): void {
    if (this.#size > this.#mask) this.#rebuild(2 * this.#buckets.length);
    this.#size++;
    this.#link(stream);
  }

  /** The stream must be in the map. */
  remove(stream: Stream): void {
    const bucket = (stream.id >>> 1) & this.#mask;
    const next = stream.nextInBucket;
    let before = this.#buckets[bucket];
    if (before === stream) this.#buckets[bucket] = next;
    else {
      while (before !== undefined && before.nextInBucket !== stream) before = before.nextInBucket;
      assert(before !== undefined, 'stream map: the stream is not in it');
      before.nextInBucket = next;
    }
    stream.nextInBucket = undefined;
    this.#size--;
    // A burst of streams leaves no large table behind on a connection that then sits idle.
    if (this.#size === 0 && this.#mask >= BUCKETS_MIN) this.#rebuild(BUCKETS_MIN);
  }

  /** All streams as they are now; they may be removed while one looks at them. */
  values(): Stream[] {
    const streams: Stream[] = [];
    for (const first of this.#buckets) {
      for (let stream = first; stream !== undefined; stream = stream.nextInBucket) {
        streams.push(stream);
      }
    }
    return streams;
  }

  checkInvariants(): void {
    const streams = this.values();
    assert(streams.length === this.#size, 'stream map: its size is not that of its chains');
    for (const stream of streams) {
      assert(this.get(stream.id) === stream, 'stream map: a stream is not found by its id');
    }
  }

  #link(stream: Stream): void {
    const bucket = (stream.id >>> 1) & this.#mask;
    stream.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = stream;
  }

  #rebuild(buckets: number): void {
    const streams = this.values();
    this.#buckets = emptyBuckets(buckets);
    this.#mask = buckets - 1;
    for (const stream of streams) this.#link(stream);
  }
}

function emptyBuckets(count: number): (Stream | undefined)[] {
  return Array.from<Stream | undefined>({ length: count }).fill(undefined);
}
