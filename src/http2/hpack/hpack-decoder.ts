/** Decodes header blocks, RFC 7541 sections 3, 5 and 6. */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import { DynamicTable, TABLE_BYTES_MAX } from './dynamic-table.ts';
import { HeaderField } from './header-field.ts';
import { HpackError } from './hpack-error.ts';
import { decodeHuffman } from './huffman-decoder.ts';
import { STATIC_TABLE } from './static-table.ts';
import { textOf } from './text.ts';

/** The smallest size since the last block and the one that holds now. */
const SIZE_UPDATES_MAX = 2;
/** Bytes of an integer behind its prefix: values up to 2^28. */
const INTEGER_SHIFT_MAX = 21;
const STATIC_LENGTH = STATIC_TABLE.length;

export interface HpackDecoderOptions {
  /** A list whose fields count for more (characters and 32 for each) is not kept whole. */
  readonly listBytesMax: number;
}

/** One direction of one connection: blocks must come whole and in the order of the wire. */
export class HpackDecoder {
  readonly #listBytesMax: number;
  readonly #table = new DynamicTable();
  /** The block being decoded: `#bytes[#at, #end)` is what is left of it. */
  #bytes: Uint8Array = EMPTY_BYTES;
  #at = 0;
  #end = 0;

  constructor(options: HpackDecoderOptions) {
    this.#listBytesMax = options.listBytesMax;
  }

  /**
   * Appends the fields of the block `bytes[start, end)` to `fields`. Returns false when the list
   * is larger than `listBytesMax`: the fields that fit were appended, and the decoder is ready
   * for the next block. What it costs is bounded by the length of the block, which the caller
   * bounds: indexes make no strings. Keeps no view of `bytes`. Throws HpackError, after which the
   * connection cannot go on.
   */
  decode(bytes: Uint8Array, start: number, end: number, fields: HeaderField[]): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#readSizeUpdates();
    let listBytes = 0;
    while (this.#at < end) {
      const field = this.#readField(bytes[this.#at] as number);
      listBytes += field.bytes;
      if (listBytes <= this.#listBytesMax) fields.push(field);
    }
    this.#bytes = EMPTY_BYTES;
    return listBytes <= this.#listBytesMax;
  }

  checkInvariants(): void {
    this.#table.checkInvariants();
  }

  #readSizeUpdates(): void {
    for (let updates = 1; this.#at < this.#end; updates++) {
      if (((this.#bytes[this.#at] as number) & 0xe0) !== 0x20) return;
      const bytesMax = this.#readInteger(5);
      if (updates > SIZE_UPDATES_MAX || bytesMax > TABLE_BYTES_MAX) {
        throw new HpackError('HPACK_TABLE_SIZE', `table size ${bytesMax}, update ${updates}`);
      }
      this.#table.resize(bytesMax);
    }
  }

  /** The field whose representation begins with `first`. */
  #readField(first: number): HeaderField {
    if (first >= 0x80) return this.#fieldAt(this.#readInteger(7));
    if (first >= 0x40) {
      const field = this.#readLiteral(6);
      this.#table.add(field);
      return field;
    }
    if (first >= 0x20) throw new HpackError('HPACK_TABLE_SIZE', 'table size update behind a field');
    // Without indexing, or never indexed: the same to one who does not pass it on.
    return this.#readLiteral(4);
  }

  #fieldAt(index: number): HeaderField {
    const field =
      index <= STATIC_LENGTH ? STATIC_TABLE[index - 1] : this.#table.at(index - STATIC_LENGTH - 1);
    if (field === undefined) throw new HpackError('HPACK_INDEX', `no field has index ${index}`);
    return field;
  }

  /** A literal field whose name's index has `prefixBits`; index 0: the name is literal, too. */
  #readLiteral(prefixBits: number): HeaderField {
    const index = this.#readInteger(prefixBits);
    if (index === 0) return new HeaderField(this.#readString(), this.#readString());
    const { name, nameKind } = this.#fieldAt(index);
    return new HeaderField(name, this.#readString(), nameKind);
  }

  #readString(): string {
    const isHuffman = ((this.#bytes[this.#at] as number) & 0x80) !== 0;
    const length = this.#readInteger(7);
    const start = this.#at;
    if (length > this.#end - start) throw new HpackError('HPACK_CUT', 'string beyond its block');
    this.#at = start + length;
    return isHuffman
      ? decodeHuffman(this.#bytes, start, this.#at)
      : textOf(this.#bytes, start, this.#at);
  }

  #readInteger(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = this.#readByte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= INTEGER_SHIFT_MAX; shift += 7) {
      const byte = this.#readByte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new HpackError('HPACK_INTEGER', 'integer too long');
  }

  #readByte(): number {
    if (this.#at >= this.#end) throw new HpackError('HPACK_CUT', 'block is cut short');
    return this.#bytes[this.#at++] as number;
  }
}
