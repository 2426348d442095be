import { BboltError } from './bbolt-error.ts';

/**
 * The bytes of a file, at any place. A `FileHandle` is one as it is. Synchronous: a file is read a
 * page at a time from a local disk, and whoever reads much of it decides by `rowsMax` how long it
 * goes on before others have their turn.
 */
export interface PageSource {
  sizeBytes(): number;
  /** Reads up to `target.length` bytes at `position`; returns how many, 0 at the end. */
  read(target: Uint8Array, position: number): number;
}

/** A file that is in memory. */
export function bytesSource(bytes: Uint8Array): PageSource {
  return {
    sizeBytes: () => bytes.length,
    read: (target, position) => {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
  };
}

/** Bytes of the caller's own; throws BBOLT_TRUNCATED when the file has fewer. */
export function readExactly(source: PageSource, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    const read = source.read(bytes.subarray(filled), position + filled);
    if (read <= 0) throw new BboltError('BBOLT_TRUNCATED', `the file ends at ${position + filled}`);
    filled += read;
  }
  return bytes;
}
