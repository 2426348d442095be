/** Damage to what files hold, one piece of content at a time: every checksum is made anew for it. */
import { u64BeBytes } from '../../../src/base/bytes.ts';
import type { SeededRandom } from '../../sim/seeded-random.ts';
import { interesting, mutatedBytes } from './mutate-bytes.ts';
import { mutatedValue } from './mutate-message.ts';

/** A row of a bucket, or a record of a segment, whose key is its type. */
export interface Part {
  readonly group: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Bytes of the counters in the keys of etcd's bucket `key`. */
const REVISION_BYTES = 8;
const SUB_REVISION_AT = 9;
const REVISION_KEY_BYTES = 17;

/** The parts with one of them changed, gone, or there once more. Each group is as likely as another. */
export function mutatedParts(parts: readonly Part[], random: SeededRandom): Part[] {
  const groups = [...new Set(parts.map(({ group }) => group))];
  const group = random.pick(groups);
  const members = parts.filter((part) => part.group === group);
  const part = random.pick(members);
  const at = parts.indexOf(part);
  const [before, after] = [parts.slice(0, at), parts.slice(at + 1)];
  switch (random.below(10)) {
    case 0:
      return [...before, ...after];
    case 1:
      return [...before, part, { ...part, key: mutatedKey(part.key, random) }, ...after];
    case 2:
      return [...before, { ...part, key: mutatedKey(part.key, random) }, ...after];
    case 3:
      return [...before, { ...part, value: random.pick(members).value }, ...after];
    case 4:
      return [...before, part, ...after, { ...part, group: random.pick(groups) }];
    default:
      return [...before, { ...part, value: mutatedValue(part.value, random) }, ...after];
  }
}

function mutatedKey(key: Uint8Array, random: SeededRandom): Uint8Array {
  if (key.length < REVISION_KEY_BYTES || random.chance(300)) return mutatedBytes(key, random);
  const at = random.chance(700) ? 0 : SUB_REVISION_AT;
  const copy = key.slice();
  const view = new DataView(copy.buffer);
  const value = view.getBigUint64(at) + BigInt(random.below(5) - 2);
  const number = random.chance(500) ? interesting(random) : BigInt.asUintN(64, value);
  copy.set(u64BeBytes(number).subarray(0, REVISION_BYTES), at);
  return copy;
}
