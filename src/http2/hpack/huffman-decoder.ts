/**
 * Huffman decoding, four bits a step. The states are the inner nodes of the code's tree, 256 of
 * them; as no code is shorter than five bits, a step ends at most one symbol.
 */

import { HpackError } from './hpack-error.ts';
import { CODE_BITS, CODES, EOS } from './huffman-code.ts';
import { textOf } from './text.ts';

/** In a step: the state it leads to (low byte), a symbol (second byte), and flags. */
const EMITS = 0x1_0000;
const FAILS = 0x2_0000;
/** States below this are reached from the root by ones only, fewer than a byte of them. */
const PADDING_STATES = 8;

const STEPS = makeSteps();

const SHORT_TEXT_BYTES = 4096;
const SHORT_TEXT = new Uint8Array(SHORT_TEXT_BYTES);

/** Decodes `bytes[start, end)`, one UTF-16 unit a byte. Throws HPACK_HUFFMAN. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  // Five bits a symbol at least.
  const lengthMax = Math.ceil((end - start) * 1.6);
  const text = lengthMax <= SHORT_TEXT_BYTES ? SHORT_TEXT : new Uint8Array(lengthMax);
  let length = 0;
  let state = 0;
  let seen = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    const high = STEPS[(state << 4) | (byte >> 4)] as number;
    if ((high & EMITS) !== 0) text[length++] = high >> 8;
    const low = STEPS[((high & 0xff) << 4) | (byte & 0xf)] as number;
    if ((low & EMITS) !== 0) text[length++] = low >> 8;
    state = low & 0xff;
    seen |= high | low;
  }
  if ((seen & FAILS) !== 0) throw new HpackError('HPACK_HUFFMAN', 'EOS inside a string');
  if (state >= PADDING_STATES) throw new HpackError('HPACK_HUFFMAN', 'bad padding of a string');
  return textOf(text, 0, length);
}

/** What each state does with each four bits, at `state << 4 | bits`. */
function makeSteps(): Uint32Array {
  const children = makeTree();
  const steps = new Uint32Array(256 * 16);
  for (let start = 0; start < 256; start++) {
    for (let nibble = 0; nibble < 16; nibble++) {
      let state = start;
      let flags = 0;
      for (let bit = 3; bit >= 0; bit--) {
        const child = children[(state << 1) | ((nibble >> bit) & 1)] as number;
        state = child < 0 ? 0 : child;
        if (child === ~EOS) flags |= FAILS;
        else if (child < 0) flags |= EMITS | (~child << 8);
      }
      steps[(start << 4) | nibble] = flags | state;
    }
  }
  return steps;
}

/**
 * Children of inner nodes, at `node << 1 | bit`: an inner node, or a symbol's complement. Nodes
 * are numbered as they are met on the way to EOS first, so that node n < 30 is that of n ones.
 */
function makeTree(): Int16Array {
  const children = new Int16Array(256 * 2);
  let nodes = 1;
  for (let symbol = EOS; symbol >= 0; symbol--) {
    const code = CODES[symbol] as number;
    let node = 0;
    for (let bit = (CODE_BITS[symbol] as number) - 1; bit > 0; bit--) {
      const branch = (node << 1) | ((code >> bit) & 1);
      if (children[branch] === 0) children[branch] = nodes++;
      node = children[branch] as number;
    }
    children[(node << 1) | (code & 1)] = ~symbol;
  }
  return children;
}
