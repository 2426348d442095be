import { type FieldKind, kindOfField, kindOfName } from './field-kind.ts';

/** What a field counts for beyond its characters, RFC 7541 section 4.1. */
export const FIELD_OVERHEAD_BYTES = 32;

/** A field of a header list; one character a byte (Latin-1) in name and value. Immutable. */
export class HeaderField {
  readonly name: string;
  readonly value: string;
  /** What it counts for in a table and in a list. */
  readonly bytes: number;
  /** What its name alone says: given to fields that take their name from this one. */
  readonly nameKind: FieldKind;
  readonly kind: FieldKind;

  constructor(name: string, value: string, nameKind: FieldKind = kindOfName(name)) {
    this.name = name;
    this.value = value;
    this.bytes = name.length + value.length + FIELD_OVERHEAD_BYTES;
    this.nameKind = nameKind;
    this.kind = kindOfField(nameKind, value);
  }
}
