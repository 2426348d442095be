/**
 * A checksum for each row. LevelDB has one for each block of its tables, but does not look at it
 * when it reads, `level` has no option for that, and when tables are merged what was read gets a
 * new one. So a bit that flipped on the disk would be served, and hashed, as if it had been written.
 */
import { crc32c } from '../../base/crc32c.ts';
import { BackendError } from '../../base/ports/backend.ts';

/** CRC-32C of key and value, little-endian, behind the value. */
const SEAL_BYTES = 4;

export class RowSeal {
  #bytes = new Uint8Array(1024);

  /** The value with its seal; good until the next call. */
  sealed(key: Uint8Array, value: Uint8Array): Uint8Array {
    const length = value.length + SEAL_BYTES;
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(2 * length);
    const bytes = this.#bytes;
    bytes.set(value);
    const crc = crc32c(value, crc32c(key));
    for (let byte = 0; byte < SEAL_BYTES; byte++) bytes[value.length + byte] = crc >>> (8 * byte);
    return bytes.subarray(0, length);
  }
}

/** The value, a view of what LevelDB answered with. Throws BACKEND_CORRUPT when the row is not what was written. */
export function unsealed(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - SEAL_BYTES;
  if (end < 0 || crc32c(sealed, crc32c(key), 0, end) !== sealAt(sealed, end)) {
    const name = Buffer.from(key.subarray(1)).toString('hex');
    throw new BackendError('BACKEND_CORRUPT', `row ${name} of bucket ${key[0]} is damaged`);
  }
  return new Uint8Array(sealed.buffer, sealed.byteOffset, end);
}

function sealAt(bytes: Uint8Array, at: number): number {
  let seal = 0;
  for (let byte = SEAL_BYTES - 1; byte >= 0; byte--)
    seal = (seal << 8) | (bytes[at + byte] as number);
  return seal >>> 0;
}
