/**
 * Damage to the structure of a bbolt file: numbers in headers, elements and meta pages, and whole
 * pages. The checksums of the meta pages are made to fit, so that readers go on from there.
 */
import type { SeededRandom } from '../../sim/seeded-random.ts';

const HEADER_BYTES = 16;
const ELEMENT_BYTES = 16;
const META_AT = 16;
const META_SUMMED_BYTES = 56;
const META_PAGES = 2;
const PAGE_SIZES = [1024, 4096, 16_384];
const FLAGS = [0, 1, 2, 3, 4, 0x10, 0x12, 0xffff];
/** Offset in the meta page, width. */
const META_FIELDS: readonly (readonly [offset: number, width: number])[] = [
  [4, 4],
  [8, 4],
  [12, 4],
  [16, 8],
  [24, 8],
  [32, 8],
  [40, 8],
  [48, 8],
];

export function mutatedPages(file: Uint8Array, random: SeededRandom): Uint8Array {
  const said = new DataView(file.buffer, file.byteOffset).getUint32(META_AT + 8, true);
  // An earlier step may have spoilt it.
  const pageBytes = PAGE_SIZES.includes(said) ? said : 1024;
  const pages = Math.floor(file.length / pageBytes);
  const target = new Pages(file.slice(), pageBytes, pages);
  random.pick(MUTATIONS)(target, random);
  for (let page = 0; page < META_PAGES; page++) target.reseal(page);
  return target.bytes;
}

class Pages {
  readonly bytes: Uint8Array;
  readonly pageBytes: number;
  readonly count: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, pageBytes: number, count: number) {
    this.bytes = bytes;
    this.pageBytes = pageBytes;
    this.count = count;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** One that is not all zero, most of the time. */
  any(random: SeededRandom): number {
    let page = META_PAGES;
    for (let tries = 0; tries < 8; tries++) {
      page = META_PAGES + random.below(this.count - META_PAGES);
      if (this.get(this.at(page) + 8, 2) !== 0n) break;
    }
    return page;
  }

  at(page: number): number {
    return page * this.pageBytes;
  }

  get(at: number, width: number): bigint {
    let value = 0n;
    for (let i = width - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[at + i] ?? 0);
    return value;
  }

  set(at: number, width: number, value: bigint): void {
    for (let i = 0; i < width; i++) {
      if (at + i < this.bytes.length) this.bytes[at + i] = Number((value >> BigInt(8 * i)) & 0xffn);
    }
  }

  reseal(page: number): void {
    const at = this.at(page) + META_AT;
    if (at + META_SUMMED_BYTES + 8 > this.bytes.length) return;
    const summed = this.bytes.subarray(at, at + META_SUMMED_BYTES);
    this.#view.setBigUint64(at + META_SUMMED_BYTES, fnv1a(summed), true);
  }
}

function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

type Mutation = (pages: Pages, random: SeededRandom) => void;

const MUTATIONS: readonly Mutation[] = [
  changeElement,
  changeElement,
  changeElement,
  changeElement,
  changeHeader,
  changeHeader,
  changeMeta,
  exchange,
  copyOver,
  loseOneMeta,
];

function changeMeta(pages: Pages, random: SeededRandom): void {
  const [offset, width] = random.pick(META_FIELDS);
  const both = random.chance(500);
  const first = random.below(META_PAGES);
  for (let page = 0; page < META_PAGES; page++) {
    if (!both && page !== first) continue;
    const at = pages.at(page) + META_AT + offset;
    pages.set(at, width, near(pages, pages.get(at, width), random));
  }
}

function changeHeader(pages: Pages, random: SeededRandom): void {
  const at = pages.at(pages.any(random));
  switch (random.below(4)) {
    case 0:
      pages.set(at, 8, near(pages, pages.get(at, 8), random));
      return;
    case 1:
      pages.set(at + 8, 2, BigInt(random.pick(FLAGS)));
      return;
    case 2:
      pages.set(at + 10, 2, near(pages, pages.get(at + 10, 2), random));
      return;
    default:
      pages.set(at + 12, 4, near(pages, pages.get(at + 12, 4), random));
  }
}

/** Flags, position, length of key, length of value; of a branch: position, length, child. */
function changeElement(pages: Pages, random: SeededRandom): void {
  const page = pages.at(pages.any(random));
  const count = Number(pages.get(page + 10, 2));
  const element = page + HEADER_BYTES + ELEMENT_BYTES * random.below(Math.max(1, count));
  const at = element + 4 * random.below(4);
  pages.set(at, 4, near(pages, pages.get(at, 4), random));
}

function exchange(pages: Pages, random: SeededRandom): void {
  const [a, b] = [pages.any(random), pages.any(random)];
  const first = pages.bytes.slice(pages.at(a), pages.at(a + 1));
  pages.bytes.copyWithin(pages.at(a), pages.at(b), pages.at(b + 1));
  pages.bytes.set(first, pages.at(b));
  if (random.chance(500)) sayOwnNumber(pages, [a, b]);
}

function copyOver(pages: Pages, random: SeededRandom): void {
  const [from, to] = [pages.any(random), pages.any(random)];
  pages.bytes.copyWithin(pages.at(to), pages.at(from), pages.at(from + 1));
  if (random.chance(700)) sayOwnNumber(pages, [to]);
}

function sayOwnNumber(pages: Pages, moved: readonly number[]): void {
  for (const page of moved) pages.set(pages.at(page), 8, BigInt(page));
}

function loseOneMeta(pages: Pages, random: SeededRandom): void {
  const at = pages.at(random.below(META_PAGES)) + META_AT;
  pages.bytes.fill(0, at, at + 4);
}

/** A number that may fit there as well. */
function near(pages: Pages, value: bigint, random: SeededRandom): bigint {
  const candidates = [
    value + 1n,
    value - 1n,
    value * 2n,
    value + BigInt(random.below(64)),
    value ^ (1n << BigInt(random.below(32))),
    BigInt(random.below(pages.count + 2)),
    BigInt(pages.pageBytes),
    BigInt(pages.bytes.length),
    0n,
    1n,
    0x7fff_ffffn,
    0xffff_ffffn,
    0xffff_ffff_ffff_ffffn,
  ];
  return BigInt.asUintN(64, random.pick(candidates));
}
