/**
 * CRC-32C (Castagnoli, reflected, init and xor-out 0xFFFFFFFF), as Go's `crc32.Castagnoli`:
 * `crc32c(b, crc32c(a))` equals `crc32c(a ‖ b)`, and `crc32c(empty, x)` equals `x`.
 */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
const TABLE: Int32Array = buildTable();

function buildTable(): Int32Array {
  const table = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = table[(slice - 1) * 256 + byte] as number;
      table[slice * 256 + byte] = (before >>> 8) ^ (table[before & 0xff] as number);
    }
  }
  return table;
}

/** CRC of `bytes[start, end)` continued from `crc`; unsigned 32 bits. */
export function crc32c(bytes: Uint8Array, crc = 0, start = 0, end: number = bytes.length): number {
  const t = TABLE;
  let c = ~crc;
  let at = start;
  // Eight bytes a step: one table per byte position keeps the look-ups independent.
  for (const last = end - 7; at < last; at += 8) {
    const low =
      c ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24));
    c =
      (t[1792 + (low & 0xff)] as number) ^
      (t[1536 + ((low >>> 8) & 0xff)] as number) ^
      (t[1280 + ((low >>> 16) & 0xff)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (bytes[at + 4] as number)] as number) ^
      (t[512 + (bytes[at + 5] as number)] as number) ^
      (t[256 + (bytes[at + 6] as number)] as number) ^
      (t[bytes[at + 7] as number] as number);
  }
  for (; at < end; at++) c = (c >>> 8) ^ (t[(c ^ (bytes[at] as number)) & 0xff] as number);
  return ~c >>> 0;
}
