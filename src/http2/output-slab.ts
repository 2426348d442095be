/**
 * Where the output of a turn is written: one after another, the connections that flush take
 * contiguous regions of a large buffer, which go to their sinks without a further copy. What a sink
 * has sent at once, as sockets usually do, is written over by the next one. A region that is kept
 * never is: when no room is left a new slab is made, and the old one lives as long as a sink needs
 * some of it.
 */
import { assert } from '../base/assert.ts';
import type { ByteSink } from './byte-sink.ts';

/** Below what malloc takes from the system for each block and gives back: pages stay mapped. */
export const SLAB_BYTES = 65_536;
/** A flush begins with at least so much room, so that the output of most turns is one region. */
const REGION_BYTES_MIN = 16_384;

export class OutputSlab {
  /** Written by the frame writers at {@link take}'s result. */
  bytes: Uint8Array = new Uint8Array(SLAB_BYTES);
  /** The open region is `bytes[#start, #fill)`. */
  #start = 0;
  #fill = 0;
  #sink: ByteSink | undefined;
  #takesMore = true;
  #written = 0;

  /** Opens a region whose bytes go to `sink`. */
  begin(sink: ByteSink): void {
    assert(this.#sink === undefined, 'output slab: a region is open');
    if (this.bytes.length - this.#fill < REGION_BYTES_MIN) this.#renew(SLAB_BYTES);
    this.#sink = sink;
    this.#takesMore = true;
    this.#written = 0;
  }

  /** Makes room for `count` bytes; returns where in `bytes` they are to be written, at once. */
  take(count: number): number {
    if (this.bytes.length - this.#fill < count) {
      this.#handOver();
      if (this.bytes.length - this.#fill < count) this.#renew(Math.max(SLAB_BYTES, count));
    }
    const at = this.#fill;
    this.#fill += count;
    return at;
  }

  /** Bytes taken since `begin`. */
  get size(): number {
    return this.#written + this.#fill - this.#start;
  }

  /** False: the sink's buffer is full. */
  get takesMore(): boolean {
    return this.#takesMore;
  }

  /** Hands the rest of the region over. */
  finish(): void {
    this.#handOver();
    this.#sink = undefined;
  }

  #handOver(): void {
    assert(this.#sink !== undefined, 'output slab: no region is open');
    const start = this.#start;
    const length = this.#fill - start;
    if (length === 0) return;
    this.#written += length;
    const written = this.#sink.write(new Uint8Array(this.bytes.buffer, start, length));
    if (written === 'sent') this.#fill = start;
    else this.#start = this.#fill;
    if (written === 'full') this.#takesMore = false;
  }

  #renew(size: number): void {
    this.bytes = new Uint8Array(size);
    this.#start = 0;
    this.#fill = 0;
  }
}
