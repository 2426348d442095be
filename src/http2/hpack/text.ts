import { latin1 } from '../../base/bytes.ts';

/** Longer ones are left to what is fastest for them. */
const SHORT_BYTES = 128;

/** `bytes[start, end)` as a string of one UTF-16 unit a byte; made for the length of fields. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_BYTES) return latin1(bytes.subarray(start, end));
  const units: number[] = [];
  for (let at = start; at < end; at++) units.push(bytes[at] as number);
  return String.fromCharCode(...units);
}
