import {
  DynamicTable,
  HeaderBlockWriter,
  HeaderField,
  STATIC_TABLE,
  staticIndexOf,
} from '../../src/http2/hpack/index.ts';

/** A field as it is sent: name and value. */
export type Field = readonly [string, string];

/**
 * Encodes header blocks: each field literal once, indexed ever after. One direction of one
 * connection: blocks must be sent in the order in which they were made.
 */
export class IndexingEncoder {
  readonly #table = new DynamicTable();
  readonly #writer = new HeaderBlockWriter();
  /** Smallest size of the table since the last block; undefined: it has not changed. */
  #smallestBytesMax: number | undefined;

  get tableBytesMax(): number {
    return this.#table.bytesMax;
  }

  /** Fields remembered; what is encoded stays right as long as this does not change. */
  get remembered(): number {
    return this.#table.length;
  }

  /** Changes the size of the table, which the next block says. */
  resize(bytesMax: number): void {
    this.#table.resize(bytesMax);
    this.#smallestBytesMax = Math.min(this.#smallestBytesMax ?? bytesMax, bytesMax);
  }

  encode(fields: readonly Field[]): Uint8Array {
    this.#appendSizeUpdates();
    for (const [name, value] of fields) this.#append(new HeaderField(name, value));
    return this.#writer.take();
  }

  #appendSizeUpdates(): void {
    const smallest = this.#smallestBytesMax;
    if (smallest === undefined) return;
    this.#smallestBytesMax = undefined;
    this.#writer.integer(0x20, 5, smallest);
    const { bytesMax } = this.#table;
    if (bytesMax !== smallest) this.#writer.integer(0x20, 5, bytesMax);
  }

  #append(field: HeaderField): void {
    const index = this.#indexOf(field);
    if (index > 0) {
      this.#writer.integer(0x80, 7, index);
      return;
    }
    // Nothing is ever evicted: indexes only grow.
    const remember = this.#table.bytes + field.bytes <= this.#table.bytesMax;
    this.#writer.integer(remember ? 0x40 : 0x00, 4, 0);
    this.#writer.string(field.name);
    this.#writer.string(field.value);
    if (remember) this.#table.add(field);
  }

  /** HPACK's index of a field; 0 when neither table has it. */
  #indexOf({ name, value }: HeaderField): number {
    for (let newer = 0; newer < this.#table.length; newer++) {
      const other = this.#table.at(newer);
      if (other?.name === name && other.value === value) return STATIC_TABLE.length + 1 + newer;
    }
    return staticIndexOf(name, value);
  }
}
