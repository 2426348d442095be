/** Encodes the header blocks of gRPC requests: literal once, indexed ever after. */
import { fromLatin1 } from '../../src/base/bytes.ts';
import { DynamicTable, type HeaderField, TABLE_BYTES_DEFAULT } from './header-tables.ts';

/** One direction of one connection: blocks must be sent in the order in which they were asked for. */
export class HeaderBlocks {
  readonly #authority: string;
  readonly #table = new DynamicTable();
  /** Blocks of indexes only, which stay right as long as nothing is added to the table. */
  readonly #cached = new Map<string, Uint8Array>();
  #sizeUpdateOwed = false;

  constructor(authority: string) {
    this.#authority = authority;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. We never use more than the default. */
  resize(bytesMax: number): void {
    const size = Math.min(bytesMax, TABLE_BYTES_DEFAULT);
    if (size === this.#table.bytesMax) return;
    this.#table.resize(size);
    this.#sizeUpdateOwed = true;
    this.#cached.clear();
  }

  /** The block of a request to `path`. The caller must not change it. */
  of(path: string): Uint8Array {
    return this.#cached.get(path) ?? this.#encode(path);
  }

  #encode(path: string): Uint8Array {
    const before = this.#table.length;
    const bytes: number[] = [];
    if (this.#sizeUpdateOwed) appendInteger(bytes, 0x20, 5, this.#table.bytesMax);
    const plain = !this.#sizeUpdateOwed;
    this.#sizeUpdateOwed = false;
    for (const field of this.#fields(path)) appendField(bytes, this.#table, field);
    const block = Uint8Array.from(bytes);
    if (this.#table.length !== before) this.#cached.clear();
    else if (plain) this.#cached.set(path, block);
    return block;
  }

  #fields(path: string): HeaderField[] {
    return [
      { name: ':method', value: 'POST' },
      { name: ':scheme', value: 'http' },
      { name: ':path', value: path },
      { name: ':authority', value: this.#authority },
      { name: 'content-type', value: 'application/grpc' },
      { name: 'te', value: 'trailers' },
      { name: 'user-agent', value: 'etcd-ts-bench' },
    ];
  }
}

/** Appends a field to a block: indexed, or literal and remembered in `table` if it has room. */
export function appendField(bytes: number[], table: DynamicTable, field: HeaderField): void {
  const index = table.indexOf(field);
  if (index !== undefined) {
    appendInteger(bytes, 0x80, 7, index);
    return;
  }
  // Nothing is ever evicted: indexes only grow.
  const remember = table.hasRoomFor(field);
  bytes.push(remember ? 0x40 : 0x00);
  appendString(bytes, field.name);
  appendString(bytes, field.value);
  if (remember) table.add(field);
}

function appendString(bytes: number[], text: string): void {
  appendInteger(bytes, 0, 7, text.length);
  bytes.push(...fromLatin1(text));
}

/** Appends an integer behind the `pattern` of the representation it belongs to. */
function appendInteger(bytes: number[], pattern: number, prefixBits: number, value: number): void {
  const mask = (1 << prefixBits) - 1;
  if (value < mask) {
    bytes.push(pattern | value);
    return;
  }
  bytes.push(pattern | mask);
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
}
