import { assert } from '../../base/assert.ts';
import { CODE_BITS, CODES } from './huffman-code.ts';

/** Bits of the Huffman code of `text`, one byte a UTF-16 unit, without padding. */
export function huffmanBits(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    assert(unit <= 0xff, 'header text: one byte a UTF-16 unit');
    bits += CODE_BITS[unit] as number;
  }
  return bits;
}

/** Writes the padded Huffman code of `text` to `target` from `at` on; returns where it ends. */
export function encodeHuffman(text: string, target: Uint8Array, at: number): number {
  let end = at;
  let byte = 0;
  let room = 8;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i);
    const code = CODES[symbol] as number;
    let left = CODE_BITS[symbol] as number;
    while (left >= room) {
      left -= room;
      target[end++] = byte | (code >>> left);
      byte = 0;
      room = 8;
    }
    byte |= code << (room - left);
    room -= left;
  }
  if (room < 8) target[end++] = byte | ((1 << room) - 1);
  return end;
}
