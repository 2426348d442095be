/** What each kind of field is in TypeScript, in the Reader and in the Writer. */
import type { Field } from './schema.ts';

const WIRE_VARINT = 0;
const WIRE_DELIMITED = 2;

export function isRepeated(field: Field): boolean {
  return field.presence === 'repeated' || field.presence === 'packed';
}

/** Values carry their length: strings, bytes and messages; the others are varints. */
export function isDelimited(field: Field): boolean {
  return field.kind === 'string' || field.kind === 'bytes' || field.kind === 'message';
}

/** Type of one value: of the property, or of an item of a repeated one. */
export function valueType(field: Field): string {
  switch (field.kind) {
    case 'bool':
      return 'boolean';
    case 'uint32':
      return 'number';
    case 'int64':
    case 'uint64':
      return field.counter ? 'number' : 'bigint';
    case 'string':
      return 'string';
    case 'bytes':
      return 'Uint8Array';
    case 'enum':
      return field.type?.name ?? '';
    case 'message':
      return field.lazy ? 'Uint8Array' : (field.type?.name ?? '');
  }
}

/** Type of the property. */
export function propertyType(field: Field): string {
  if (isRepeated(field)) return `${valueType(field)}[]`;
  return field.presence === 'optional' ? `${valueType(field)} | undefined` : valueType(field);
}

/** Value of the property in a new message. */
export function zeroValue(field: Field): string {
  if (isRepeated(field)) return '[]';
  if (field.presence === 'optional') return 'undefined';
  switch (field.kind) {
    case 'bool':
      return 'false';
    case 'uint32':
    case 'enum':
      return '0';
    case 'int64':
    case 'uint64':
      return field.counter ? '0' : '0n';
    case 'string':
      return "''";
    case 'bytes':
      return 'EMPTY_BYTES';
    case 'message':
      return `new${field.type?.name ?? ''}()`;
  }
}

/** Condition under which a proto3 scalar is written. */
export function isNotZero(field: Field, value: string): string {
  if (field.kind === 'bool') return value;
  if (field.kind === 'bytes') return `${value}.length !== 0`;
  return `${value} !== ${zeroValue(field)}`;
}

/** Expression that reads one value that is not an embedded message. */
export function readValue(field: Field): string {
  if (field.kind === 'string') return field.checked ? 'r.string()' : 'r.uncheckedString()';
  return `r.${accessor(field)}()`;
}

/** Statement that writes one value that is not an embedded message, without its tag. */
export function writeValue(field: Field, value: string): string {
  return `w.${accessor(field)}(${value});`;
}

/** Name of the method of Reader and of Writer. */
function accessor(field: Field): string {
  if (field.kind === 'message') return 'bytes';
  return field.counter ? `${field.kind}Counter` : field.kind;
}

/** The tag of the field, or of a packed run of its values: number << 3 | wire type. */
export function tagOf(field: Field, delimited: boolean): number {
  return ((field.number << 3) | (delimited ? WIRE_DELIMITED : WIRE_VARINT)) >>> 0;
}
