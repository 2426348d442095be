/** Damages messages in small ways, so that much of them still is what it was. */
import { concatBytes } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/ports/random.ts';

/** One byte changed, put in, or taken out, or the end cut off. */
export function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const byte = Uint8Array.of(random.below(256));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
  switch (random.below(4)) {
    case 0:
      return concatBytes([before, byte, after]);
    case 1:
      return concatBytes([before, byte, bytes.subarray(at)]);
    case 2:
      return concatBytes([before, after]);
    default:
      return before.slice();
  }
}
