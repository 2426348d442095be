/** A client's HPACK encoder that uses all that RFC 7541 has, drawn at random. */
import { fromLatin1 } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/ports/random.ts';
import { HeaderBlockWriter, STATIC_TABLE } from '../../src/http2/hpack/index.ts';

export type Field = readonly [name: string, value: string];

const TABLE_BYTES_MAX = 4096;

/** One direction of one connection: blocks must be sent in the order of the calls. */
export class HeaderEncoder {
  readonly #random: Random;
  readonly #writer = new HeaderBlockWriter();
  /** Newest first, as HPACK counts. */
  #table: Field[] = [];
  #tableBytesMax = TABLE_BYTES_MAX;

  constructor(random: Random) {
    this.#random = random;
  }

  encode(fields: readonly Field[]): Uint8Array {
    if (this.#random.below(20) === 0) this.#resize(this.#random.below(TABLE_BYTES_MAX + 1));
    for (const field of fields) this.#field(field);
    return this.#writer.take();
  }

  #resize(bytesMax: number): void {
    if (this.#random.below(4) === 0) {
      this.#writer.integer(0x20, 5, 0);
      this.#table = [];
    }
    this.#writer.integer(0x20, 5, bytesMax);
    this.#tableBytesMax = bytesMax;
    this.#evict();
  }

  #field(field: Field): void {
    const [name, value] = field;
    const whole = this.#indexes((other) => other[0] === name && other[1] === value);
    if (whole !== undefined && this.#random.below(8) !== 0) {
      this.#writer.integer(0x80, 7, whole);
      return;
    }
    const kind = this.#random.below(8);
    const nameIndex =
      this.#random.below(8) === 0 ? undefined : this.#indexes(([other]) => other === name);
    if (kind >= 2) this.#literal(0x40, 6, nameIndex, field);
    else this.#literal(kind === 0 ? 0x10 : 0x00, 4, nameIndex, field);
    if (kind < 2) return;
    this.#table.unshift(field);
    this.#evict();
  }

  #indexes(isSame: (field: Field) => boolean): number | undefined {
    const fixed = STATIC_TABLE.findIndex(({ name, value }) => isSame([name, value]));
    if (fixed >= 0) return fixed + 1;
    const dynamic = this.#table.findIndex(isSame);
    return dynamic < 0 ? undefined : STATIC_TABLE.length + 1 + dynamic;
  }

  #literal(pattern: number, prefixBits: number, nameIndex: number | undefined, field: Field): void {
    this.#writer.integer(pattern, prefixBits, nameIndex ?? 0);
    if (nameIndex === undefined) this.#string(field[0]);
    this.#string(field[1]);
  }

  #string(text: string): void {
    if (this.#random.below(4) !== 0) {
      this.#writer.string(text);
      return;
    }
    // The plain form, also where Huffman's is shorter.
    const bytes = fromLatin1(text);
    this.#writer.integer(0, 7, bytes.length);
    for (const byte of bytes) this.#writer.integer(byte, 8, 0);
  }

  #evict(): void {
    const sizeOf = ([name, value]: Field): number => name.length + value.length + 32;
    let bytes = this.#table.reduce((sum, field) => sum + sizeOf(field), 0);
    while (bytes > this.#tableBytesMax) bytes -= sizeOf(this.#table.pop() ?? ['', '']);
  }
}
