/** Damage that knows nothing of what the bytes mean. */
import { concatBytes } from '../../../src/base/bytes.ts';
import type { SeededRandom } from '../../sim/seeded-random.ts';

const BYTES = [0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff];
/** Numbers at which something overflows, wraps or is signed. */
const NUMBERS: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0xffffn,
  0x7fff_ffffn,
  0xffff_ffffn,
  0x1_0000_0000n,
  (1n << 53n) - 1n,
  1n << 53n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];
const WIDTHS = [2, 4, 8] as const;
/** What disks and file systems lose, or mix up, as a whole. */
const BLOCKS = [1, 8, 512, 1024, 4096];
/** Places that are tried to find one that is not zero: most of a page or segment is. */
const TRIES = 4;

/** A copy with one thing wrong. */
export function mutatedBytes(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(random.below(256));
  return random.pick(MUTATIONS)(bytes, random);
}

type Mutation = (bytes: Uint8Array, random: SeededRandom) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  flipBit,
  setByte,
  setByte,
  setNumber,
  setNumber,
  setNumber,
  fillBlock,
  copyBlock,
  swapBlocks,
  cut,
  removeBlock,
  insertBlock,
  append,
];

function flipBit(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const copy = bytes.slice();
  const at = place(bytes, random);
  copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  return copy;
}

function setByte(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const copy = bytes.slice();
  copy[place(bytes, random)] = random.chance(500) ? random.pick(BYTES) : random.below(256);
  return copy;
}

function setNumber(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const copy = bytes.slice();
  const at = place(bytes, random);
  const aligned = random.chance(500) ? at - (at % 4) : at;
  copy.set(anyNumber(random).subarray(0, copy.length - aligned), aligned);
  return copy;
}

/** An interesting number in 2, 4 or 8 bytes, in one order or the other. */
export function anyNumber(random: SeededRandom): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, interesting(random), true);
  const number = bytes.slice(0, random.pick(WIDTHS));
  return random.chance(500) ? number : number.reverse();
}

export function interesting(random: SeededRandom): bigint {
  return random.chance(300) ? BigInt(random.below(300)) : random.pick(NUMBERS);
}

function fillBlock(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const copy = bytes.slice();
  const { from, to } = block(bytes, random);
  copy.fill(random.chance(700) ? 0 : 0xff, from, to);
  return copy;
}

function copyBlock(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const copy = bytes.slice();
  const { from, to } = block(bytes, random);
  const target = Math.floor(random.below(bytes.length) / (to - from)) * (to - from);
  copy.set(bytes.subarray(from, Math.min(to, from + bytes.length - target)), target);
  return copy;
}

function swapBlocks(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const size = random.pick(BLOCKS);
  const blocks = Math.floor(bytes.length / size);
  if (blocks < 2) return flipBit(bytes, random);
  const copy = bytes.slice();
  const [a, b] = [random.below(blocks) * size, random.below(blocks) * size];
  copy.set(bytes.subarray(a, a + size), b);
  copy.set(bytes.subarray(b, b + size), a);
  return copy;
}

function cut(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.below(bytes.length + 1);
  return bytes.slice(0, random.chance(500) ? at : at - (at % random.pick(BLOCKS)));
}

function removeBlock(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const { from, to } = block(bytes, random);
  return concatBytes([bytes.subarray(0, from), bytes.subarray(to)]);
}

function insertBlock(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const { from, to } = block(bytes, random);
  const at = random.below(bytes.length + 1);
  const target = at - (at % (to - from));
  const parts = [bytes.subarray(0, target), bytes.subarray(from, to), bytes.subarray(target)];
  return concatBytes(parts);
}

function append(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const tail = new Uint8Array(random.pick(BLOCKS)).fill(random.pick(BYTES));
  return concatBytes([bytes, tail]);
}

function block(bytes: Uint8Array, random: SeededRandom): { from: number; to: number } {
  const size = Math.min(random.pick(BLOCKS), bytes.length);
  const at = place(bytes, random);
  const from = at - (at % size);
  return { from, to: Math.min(from + size, bytes.length) };
}

function place(bytes: Uint8Array, random: SeededRandom): number {
  let at = 0;
  for (let tries = 0; tries < TRIES; tries++) {
    at = random.below(bytes.length);
    if (bytes[at] !== 0) break;
  }
  return at;
}
