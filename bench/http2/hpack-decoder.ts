/** Decodes header blocks, RFC 7541 sections 5 and 6. */
import { latin1 } from '../../src/base/bytes.ts';
import { checkProtocol } from '../bench-error.ts';
import { DynamicTable, type HeaderField, TABLE_BYTES_DEFAULT } from './header-tables.ts';
import { decodeHuffman } from './huffman.ts';

/**
 * One direction of one connection: blocks must come in the order of the wire. The table has its
 * default size, as ours is never changed by SETTINGS.
 */
export class HpackDecoder {
  readonly #table = new DynamicTable();
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /**
   * Decodes the block `bytes[start, end)`; strings are Latin-1. Throws BENCH_PROTOCOL, after which
   * the connection cannot go on.
   */
  decode(bytes: Uint8Array, start: number, end: number): HeaderField[] {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    const fields: HeaderField[] = [];
    while (this.#at < this.#end) {
      const byte = bytes[this.#at] as number;
      if (byte >= 0x80) fields.push(this.#indexed(this.#integer(7)));
      else if (byte >= 0x40) {
        const field = this.#literal(6);
        this.#table.add(field);
        fields.push(field);
      } else if (byte >= 0x20) {
        checkProtocol(fields.length === 0, 'HPACK: table size update behind a field');
        const bytesMax = this.#integer(5);
        checkProtocol(bytesMax <= TABLE_BYTES_DEFAULT, 'HPACK: table larger than allowed');
        this.#table.resize(bytesMax);
      } else fields.push(this.#literal(4));
    }
    return fields;
  }

  #indexed(index: number): HeaderField {
    const field = this.#table.at(index);
    checkProtocol(field !== undefined, `HPACK: no field ${index}`);
    return field;
  }

  /** A literal field whose name's index has `prefixBits`; index 0: the name is literal, too. */
  #literal(prefixBits: number): HeaderField {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#indexed(index).name;
    return { name, value: this.#string() };
  }

  #string(): string {
    const huffman = ((this.#bytes[this.#at] as number) & 0x80) !== 0;
    const length = this.#integer(7);
    const start = this.#at;
    checkProtocol(length <= this.#end - start, 'HPACK: string beyond its block');
    this.#at = start + length;
    return huffman
      ? decodeHuffman(this.#bytes, start, this.#at)
      : latin1(this.#bytes.subarray(start, this.#at));
  }

  #integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = this.#next() & mask;
    if (value < mask) return value;
    for (let shift = 0; ; shift += 7) {
      checkProtocol(shift <= 21, 'HPACK: integer too large');
      const byte = this.#next();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  #next(): number {
    checkProtocol(this.#at < this.#end, 'HPACK: block is cut short');
    return this.#bytes[this.#at++] as number;
  }
}
