/** Random messages of any type, made from the codecs' own field tables. */
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { EMPTY_BYTES } from '../../../src/base/bytes.ts';
import * as pb from '../../../src/pb/index.ts';

/** All generated codecs. */
export const CODECS: readonly pb.MessageCodec<object>[] = Object.values(pb).filter(isCodec);

/** One message in our form, and in the form that protobufjs takes. */
export interface MessagePair {
  readonly message: object;
  readonly oracleObject: Record<string, unknown>;
}

const NESTING_MAX = 3;

function isCodec(value: unknown): value is pb.MessageCodec<object> {
  return typeof value === 'object' && value !== null && 'decodeFrom' in value;
}

/** Messages nest up to NESTING_MAX levels; a oneof has at most one member. */
export function arbitraryMessage(
  codec: pb.MessageCodec<object>,
  nesting = 0,
): fc.Arbitrary<MessagePair> {
  const groups = new Map<string, pb.FieldDescriptor[]>();
  for (const field of codec.fields) {
    const group = field.oneof ?? field.name;
    groups.set(group, [...(groups.get(group) ?? []), field]);
  }
  const chosen = [...groups.values()].map((members) =>
    fc.constantFrom(...members).chain((field) => arbitraryField(field, nesting)),
  );
  return fc.tuple(...chosen).map((fields) => {
    const message = codec.create({});
    const oracleObject: Record<string, unknown> = {};
    for (const { field, ours, oracles } of fields) {
      if (ours === undefined) continue;
      Object.assign(message, { [field.name]: ours });
      if (!isImplicitZero(field, ours)) oracleObject[field.protoName] = oracles;
    }
    return { message, oracleObject };
  });
}

interface FieldValue {
  readonly field: pb.FieldDescriptor;
  /** undefined: the field is not set. */
  readonly ours: unknown;
  readonly oracles: unknown;
}

function arbitraryField(field: pb.FieldDescriptor, nesting: number): fc.Arbitrary<FieldValue> {
  const unset = fc.constant({ field, ours: undefined, oracles: undefined });
  const isMessage = field.message !== undefined;
  if (field.presence === 'repeated') {
    if (isMessage && nesting >= NESTING_MAX) return unset;
    return fc.array(arbitraryValue(field, nesting), { maxLength: 3 }).map((values) => ({
      field,
      ours: values.map(([ours]) => ours),
      oracles: values.map(([, oracles]) => oracles),
    }));
  }
  const set = arbitraryValue(field, nesting).map(([ours, oracles]) => ({ field, ours, oracles }));
  if (field.presence !== 'optional') return set;
  return isMessage && nesting >= NESTING_MAX ? unset : fc.oneof(unset, set);
}

/** One value in our form and in the oracle's. */
function arbitraryValue(
  field: pb.FieldDescriptor,
  nesting: number,
): fc.Arbitrary<[unknown, unknown]> {
  const same = (value: unknown): [unknown, unknown] => [value, value];
  switch (field.kind) {
    case 'bool':
      return fc.boolean().map(same);
    case 'uint32':
      return fc.integer({ min: 0, max: 0xffff_ffff }).map(same);
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 8 }).map(same);
    case 'bytes':
      return fc.uint8Array({ maxLength: 200 }).map(same);
    case 'enum':
      return fc
        .oneof(fc.constantFrom(...Object.values(field.values ?? {})), fc.integer())
        .map(same);
    case 'int64':
    case 'uint64':
      return arbitraryInteger(field);
    case 'message':
      return arbitrarySubmessage(field, nesting);
  }
}

function arbitraryInteger(field: pb.FieldDescriptor): fc.Arbitrary<[unknown, unknown]> {
  const unsigned = field.kind === 'uint64';
  const bits = field.counter === true ? 53n : unsigned ? 64n : 63n;
  const max = (1n << bits) - 1n;
  return fc.bigInt({ min: unsigned ? 0n : -max, max }).map((value) => {
    const low = Number(BigInt.asIntN(32, value));
    const long = new protobuf.util.Long(low, Number(BigInt.asIntN(32, value >> 32n)), unsigned);
    return [field.counter === true ? Number(value) : value, long];
  });
}

function arbitrarySubmessage(
  field: pb.FieldDescriptor,
  nesting: number,
): fc.Arbitrary<[unknown, unknown]> {
  const codec = field.message?.();
  if (codec === undefined) return fc.constant([EMPTY_BYTES, EMPTY_BYTES]);
  return arbitraryMessage(codec, nesting + 1).map(({ message, oracleObject }) => [
    field.lazy === true ? codec.encode(message) : message,
    oracleObject,
  ]);
}

/** A proto3 scalar that is zero is not on the wire; protobufjs would write what it is given. */
function isImplicitZero(field: pb.FieldDescriptor, value: unknown): boolean {
  if (field.presence !== 'implicit') return false;
  if (value instanceof Uint8Array) return value.length === 0;
  return value === 0 || value === 0n || value === '' || value === false;
}
