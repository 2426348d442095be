/** Little-endian integers: the only kind in a bbolt file. */

export function readU16(source: Uint8Array, at: number): number {
  return (source[at] as number) | ((source[at + 1] as number) << 8);
}

export function readU32(source: Uint8Array, at: number): number {
  return (
    ((source[at] as number) |
      ((source[at + 1] as number) << 8) |
      ((source[at + 2] as number) << 16) |
      ((source[at + 3] as number) << 24)) >>>
    0
  );
}

/** Exact below 2^53; what is larger stays larger than any page number or size of a real file. */
export function readU64(source: Uint8Array, at: number): number {
  return readU32(source, at + 4) * 0x1_0000_0000 + readU32(source, at);
}

export function writeU16(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
}

export function writeU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

/** Writes a number below 2^53. */
export function writeU64(target: Uint8Array, at: number, value: number): void {
  writeU32(target, at, value >>> 0);
  writeU32(target, at + 4, Math.floor(value / 0x1_0000_0000));
}
