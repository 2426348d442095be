/** Damage to what rows and records hold: protobuf messages, JSON, and plain numbers. */
import { concatBytes, u64BeBytes } from '../../../src/base/bytes.ts';
import type { SeededRandom } from '../../sim/seeded-random.ts';
import { anyNumber, interesting, mutatedBytes } from './mutate-bytes.ts';

const OPENING_BRACE = 0x7b;
const DEPTH_MAX = 4;
const JSON_WORDS = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '"x"',
  '-1',
  '1e999',
  '0.5',
  '18446744073709551616',
  '9'.repeat(400),
  '{"id":{}}',
  '[[]]',
  '\u0000',
  '"__proto__"',
  '"\\ud800"',
];
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]/g;

/** A copy that is still of the same sort, most of the time. */
export function mutatedValue(value: Uint8Array, random: SeededRandom): Uint8Array {
  if (random.chance(60)) return new Uint8Array(0);
  if (random.chance(200)) return mutatedBytes(value, random);
  if (value[0] === OPENING_BRACE) return mutatedJson(value, random);
  if (value.length === 8 && random.chance(700)) return u64BeBytes(interesting(random));
  return mutatedMessage(value, random, 0);
}

function mutatedJson(json: Uint8Array, random: SeededRandom): Uint8Array {
  const text = Buffer.from(json).toString('latin1');
  const tokens = [...text.matchAll(JSON_TOKEN)];
  const token = tokens[random.below(tokens.length)];
  if (token === undefined) return mutatedBytes(json, random);
  const rest = text.slice(token.index + token[0].length);
  const other = random.chance(200) ? random.pick(tokens)[0] : random.pick(JSON_WORDS);
  const mutated = text.slice(0, token.index) + (random.chance(150) ? '' : other) + rest;
  return new Uint8Array(Buffer.from(mutated, 'latin1'));
}

interface Field {
  readonly tag: number;
  readonly start: number;
  /** Where the value begins, behind tag and length. */
  readonly value: number;
  readonly end: number;
}

function mutatedMessage(bytes: Uint8Array, random: SeededRandom, depth: number): Uint8Array {
  const fields = fieldsOf(bytes);
  const field = fields?.[random.below(fields.length)];
  if (field === undefined) return mutatedBytes(bytes, random);
  const before = bytes.subarray(0, field.start);
  const after = bytes.subarray(field.end);
  const whole = bytes.subarray(field.start, field.end);
  switch (random.below(8)) {
    case 0:
      return concatBytes([before, after]);
    case 1:
      return concatBytes([before, whole, whole, after]);
    case 2:
      return concatBytes([before, varint(interesting(random)), after]);
    case 3: {
      const number = (random.below(20) << 3) | random.below(8);
      return concatBytes([before, varint(BigInt(number)), whole.subarray(1), after]);
    }
    default:
      return concatBytes([before, mutatedField(bytes, field, random, depth), after]);
  }
}

function mutatedField(
  bytes: Uint8Array,
  field: Field,
  random: SeededRandom,
  depth: number,
): Uint8Array {
  const tag = varint(BigInt(field.tag));
  if ((field.tag & 7) !== 2) return concatBytes([tag, varint(interesting(random))]);
  const value = bytes.subarray(field.value, field.end);
  if (random.chance(150)) return concatBytes([tag, varint(interesting(random)), value]);
  const inner =
    value[0] === OPENING_BRACE
      ? mutatedJson(value, random)
      : depth < DEPTH_MAX && random.chance(700)
        ? mutatedMessage(value, random, depth + 1)
        : random.chance(500)
          ? mutatedBytes(value, random)
          : anyNumber(random);
  return concatBytes([tag, varint(BigInt(inner.length)), inner]);
}

/** The fields, if the bytes are a message. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    if (tag === undefined || tag.value < 8) return undefined;
    const first = readVarint(bytes, tag.end);
    const kind = tag.value & 7;
    if (first === undefined || (kind !== 0 && kind !== 2)) return undefined;
    const end = kind === 2 ? first.end + first.value : first.end;
    if (end > bytes.length) return undefined;
    fields.push({ tag: tag.value, start: at, value: kind === 2 ? first.end : tag.end, end });
    at = end;
  }
  return fields;
}

function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = start; at < Math.min(bytes.length, start + 10); at++) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}
