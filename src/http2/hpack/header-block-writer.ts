import { encodeHuffman, huffmanBits } from './huffman-encoder.ts';

const FIRST_BYTES = 256;
const INTEGER_BYTES_MAX = 6;

/** The primitives that header blocks are made of, RFC 7541 section 5. */
export class HeaderBlockWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  /** An integer below 2^31 in the low `prefixBits` of a byte that begins with `pattern`. */
  integer(pattern: number, prefixBits: number, value: number): void {
    this.#reserve(INTEGER_BYTES_MAX);
    const mask = (1 << prefixBits) - 1;
    if (value < mask) {
      this.#bytes[this.#length++] = pattern | value;
      return;
    }
    this.#bytes[this.#length++] = pattern | mask;
    let rest = value - mask;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#length++] = rest | 0x80;
    this.#bytes[this.#length++] = rest;
  }

  /** A string of one byte a UTF-16 unit, in the shorter of its two forms. */
  string(text: string): void {
    const huffmanBytes = Math.ceil(huffmanBits(text) / 8);
    if (huffmanBytes < text.length) {
      this.integer(0x80, 7, huffmanBytes);
      this.#reserve(huffmanBytes);
      this.#length = encodeHuffman(text, this.#bytes, this.#length);
      return;
    }
    this.integer(0, 7, text.length);
    this.#reserve(text.length);
    for (let at = 0; at < text.length; at++) this.#bytes[this.#length++] = text.charCodeAt(at);
  }

  /** What was written, in bytes of its own; the writer is empty again. */
  take(): Uint8Array {
    const block = this.#bytes.slice(0, this.#length);
    this.clear();
    return block;
  }

  clear(): void {
    this.#length = 0;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
