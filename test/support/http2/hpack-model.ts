/** A header table as dumb as can be, an encoder that takes every form there is, and its inputs. */
import fc from 'fast-check';
import { encodeHuffman, huffmanBits, STATIC_TABLE } from '../../../src/http2/hpack/index.ts';

export type Pair = readonly [string, string];

/** One field as it is to be sent; `pick` chooses among what the tables have. */
export type FieldOrder =
  | { readonly form: 'indexed'; readonly pick: number }
  | {
      readonly form: 'literal';
      /** Pattern and bits of the index: with, without, or never indexed. */
      readonly prefix: readonly [number, number];
      /** Which field lends its name; undefined: the name is sent. */
      readonly pick: number | undefined;
      readonly name: string;
      readonly value: string;
      readonly huffman: boolean;
    };

export interface BlockOrder {
  readonly sizes: readonly number[];
  readonly fields: readonly FieldOrder[];
}

const STATIC_PAIRS: readonly Pair[] = STATIC_TABLE.map(({ name, value }) => [name, value]);

export class HpackModel {
  /** Static and dynamic fields in the order of their indexes, which begin at 1. */
  #all: readonly Pair[] = STATIC_PAIRS;
  #bytesMax = 4096;

  /** The block of an order, and the fields in it. */
  encode(order: BlockOrder): { block: Uint8Array; pairs: Pair[] } {
    const block: number[] = [];
    for (const size of order.sizes) {
      block.push(...integer(0x20, 5, size));
      this.#keep(this.#all, size);
    }
    const pairs = order.fields.map((field) => this.#encodeField(block, field));
    return { block: Uint8Array.from(block), pairs };
  }

  #encodeField(block: number[], field: FieldOrder): Pair {
    if (field.form === 'indexed') {
      const place = field.pick % this.#all.length;
      block.push(...integer(0x80, 7, place + 1));
      return this.#all[place] as Pair;
    }
    const [pattern, bits] = field.prefix;
    const place = field.pick === undefined ? -1 : field.pick % this.#all.length;
    const name = this.#all[place]?.[0] ?? field.name;
    block.push(...integer(pattern, bits, place + 1));
    if (place < 0) block.push(...string(name, field.huffman));
    block.push(...string(field.value, field.huffman));
    const pair = [name, field.value] as const;
    if (pattern === 0x40) {
      this.#keep([...STATIC_PAIRS, pair, ...this.#all.slice(STATIC_PAIRS.length)], this.#bytesMax);
    }
    return pair;
  }

  /** Keeps as many of the newest fields as fit. */
  #keep(all: readonly Pair[], bytesMax: number): void {
    this.#bytesMax = bytesMax;
    let end = STATIC_PAIRS.length;
    for (let bytes = 0; end < all.length; end++) {
      bytes += listBytes([all[end] as Pair]);
      if (bytes > bytesMax) break;
    }
    this.#all = all.slice(0, end);
  }
}

/** What RFC 9113 counts a header list for. */
export function listBytes(pairs: readonly Pair[]): number {
  return pairs.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
}

function integer(pattern: number, bits: number, value: number): number[] {
  const limit = 2 ** bits - 1;
  if (value < limit) return [pattern + value];
  const bytes = [pattern + limit];
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

function string(text: string, huffman: boolean): number[] {
  if (!huffman) return [...integer(0, 7, text.length), ...Buffer.from(text, 'latin1')];
  const bytes = new Uint8Array(Math.ceil(huffmanBits(text) / 8));
  encodeHuffman(text, bytes, 0);
  return [...integer(0x80, 7, bytes.length), ...bytes];
}

const anyText = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 20 }) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: fc.nat(255).map((unit) => String.fromCharCode(unit)) }),
  },
  { weight: 1, arbitrary: fc.nat(5000).map((length) => 'long'.repeat(length / 4)) },
);
const anyName = fc.oneof(
  anyText,
  fc.constantFrom('te', ':path', 'content-length', 'Upper', 'connection', ':new', 'grpc-timeout'),
);
const anyValue = fc.oneof(
  anyText,
  fc.constantFrom('trailers', '17', ' x', 'x\t', '/a', 'POST', ''),
);

const anyField: fc.Arbitrary<FieldOrder> = fc.oneof(
  fc.record({ form: fc.constant('indexed' as const), pick: fc.nat() }),
  fc.record({
    form: fc.constant('literal' as const),
    prefix: fc.constantFrom(
      [0x40, 6] as const,
      [0x40, 6] as const,
      [0, 4] as const,
      [16, 4] as const,
    ),
    pick: fc.option(fc.nat(), { nil: undefined }),
    name: anyName,
    value: anyValue,
    huffman: fc.boolean(),
  }),
);

export const anyBlock: fc.Arbitrary<BlockOrder> = fc.record({
  sizes: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(0, 40, 100, 500, 4096), { maxLength: 2 }) },
  ),
  fields: fc.array(anyField, { maxLength: 12 }),
});
