/** Stand-in until the HPACK encoder is here: literals without indexing. */
import { concatBytes, fromLatin1 } from '../base/bytes.ts';

export function encodeHeaderBlock(fields: readonly (readonly [string, string])[]): Uint8Array {
  return concatBytes(
    fields.flatMap(([name, value]) => [Uint8Array.of(0), ...literal(name), ...literal(value)]),
  );
}

function literal(text: string): Uint8Array[] {
  const length: number[] = [];
  let rest = text.length;
  if (rest < 127) {
    length.push(rest);
  } else {
    length.push(127);
    rest -= 127;
    for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
    length.push(rest);
  }
  return [Uint8Array.from(length), fromLatin1(text)];
}
