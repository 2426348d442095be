/** The Huffman code of HPACK, RFC 7541 section 5.2 and appendix B. */
import { checkProtocol } from '../bench-error.ts';

/** Bits of the code of each byte, and last of EOS. The code is canonical: lengths say it all. */
const CODE_BITS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const BITS_MAX = 30;
const EOS = 256;

/** Symbols by length of code, then by value: the order of their codes. */
const SYMBOLS = Uint16Array.from(
  CODE_BITS.map((_bits, symbol) => symbol).sort(
    (a, b) => (CODE_BITS[a] as number) - (CODE_BITS[b] as number) || a - b,
  ),
);
/** For each length: how many codes have it, the first of them, and its place in SYMBOLS. */
const COUNT = new Int32Array(BITS_MAX + 1);
const FIRST_CODE = new Int32Array(BITS_MAX + 1);
const FIRST_PLACE = new Int32Array(BITS_MAX + 1);

for (const bits of CODE_BITS) COUNT[bits] = (COUNT[bits] as number) + 1;
for (let bits = 1; bits <= BITS_MAX; bits++) {
  const shorter = COUNT[bits - 1] as number;
  FIRST_CODE[bits] = ((FIRST_CODE[bits - 1] as number) + shorter) << 1;
  FIRST_PLACE[bits] = (FIRST_PLACE[bits - 1] as number) + shorter;
}

/** Decodes `bytes[start, end)`, one UTF-16 unit a byte. Throws BENCH_PROTOCOL. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let code = 0;
  let bits = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      bits++;
      // A canonical code of this length lies in [first, first + count); longer ones lie beyond.
      const offset = code - (FIRST_CODE[bits] as number);
      if (offset >= (COUNT[bits] as number)) continue;
      const symbol = SYMBOLS[(FIRST_PLACE[bits] as number) + offset] as number;
      checkProtocol(symbol !== EOS, 'HPACK: EOS inside a string');
      text += String.fromCharCode(symbol);
      code = 0;
      bits = 0;
    }
  }
  // What remains must be the start of EOS, all ones, and less than a byte.
  checkProtocol(bits < 8 && code === (1 << bits) - 1, 'HPACK: bad padding of a string');
  return text;
}
