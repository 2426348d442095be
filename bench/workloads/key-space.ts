/** Keys and values of a load: the same ones for every server. */
import { fromLatin1, writeU64Be } from '../../src/base/bytes.ts';

const PREFIX = 'etcd-ts-bench/';
const DIGITS_MIN = 10;
export const KEY_BYTES_MIN: number = PREFIX.length + DIGITS_MIN;
/** A value starts with the number of the write that stored it. */
export const VALUE_BYTES_MIN = 8;
/** Values are cut from so much noise: next to nothing for a compressor to find. */
const NOISE_BYTES = 1 << 20;
const SEED = 0x9e3779b9;

/** All keys of a load lie in [start, end). */
export const KEY_RANGE: { readonly start: Uint8Array; readonly end: Uint8Array } = {
  start: fromLatin1(PREFIX),
  end: fromLatin1(`${PREFIX.slice(0, -1)}0`),
};

export interface KeySpaceOptions {
  readonly keys: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
}

export class KeySpace {
  readonly size: number;
  readonly valueBytes: number;
  readonly #digits: number;
  readonly #noise: Uint8Array;
  /** Present keys in the order of use: scattered, as users' requests are. */
  readonly #order: Uint32Array;

  constructor(options: KeySpaceOptions) {
    this.size = options.keys;
    this.valueBytes = options.valueBytes;
    this.#digits = options.keyBytes - PREFIX.length;
    const random = xorshift(SEED);
    this.#noise = new Uint8Array(NOISE_BYTES + options.valueBytes);
    for (let at = 0; at < this.#noise.length; at++) this.#noise[at] = random();
    this.#order = Uint32Array.from({ length: this.size }, (_, index) => index);
    for (let last = this.size - 1; last > 0; last--) {
      const other = random() % (last + 1);
      const swapped = this.#order[last] as number;
      this.#order[last] = this.#order[other] as number;
      this.#order[other] = swapped;
    }
  }

  /** The present key that comes `index`th in scattered order, counted round. */
  present(index: number): Uint8Array {
    return this.#key(2 * (this.#order[index % this.size] as number));
  }

  /** An absent key, which lies between two present ones. */
  absent(index: number): Uint8Array {
    return this.#key(2 * (this.#order[index % this.size] as number) + 1);
  }

  /** The value that write `index` stores. */
  value(index: number): Uint8Array {
    const at = Math.imul(index, 0x9e3779b1) & (NOISE_BYTES - 1);
    const value = this.#noise.slice(at, at + this.valueBytes);
    writeU64Be(value, 0, index);
    return value;
  }

  #key(number: number): Uint8Array {
    return fromLatin1(PREFIX + String(number).padStart(this.#digits, '0'));
  }
}

/** Uniform 32-bit numbers; the same ones for the same seed. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
