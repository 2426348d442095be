/**
 * Copies of small byte strings that come and go together, such as the entries of a log, side by side
 * in few large buffers: a buffer for each costs an allocation, and V8 looks at every one of them
 * whenever it collects garbage.
 *
 * A copy keeps the whole buffer it lies in alive, so what is to be kept for long needs one of its own.
 */

const BUFFER_BYTES = 65_536;
/** From here on a string gets a buffer of its own. */
const LARGE_BYTES = 4096;

export class ByteArena {
  #buffer = new Uint8Array(0);
  #fill = 0;

  /** The copy is never written to again. */
  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length >= LARGE_BYTES) return new Uint8Array(bytes);
    if (this.#buffer.length - this.#fill < length) {
      this.#buffer = new Uint8Array(BUFFER_BYTES);
      this.#fill = 0;
    }
    const start = this.#fill;
    this.#fill += length;
    const copy = this.#buffer.subarray(start, this.#fill);
    copy.set(bytes);
    return copy;
  }
}
