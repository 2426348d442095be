/** Layout of pages and of what lies in them; see README for the format. */
import { readU16, readU32, readU64, writeU16, writeU32, writeU64 } from './little-endian.ts';

export const PAGE_HEADER_BYTES = 16;
/** Header of one row of a leaf or of one entry of a branch; both have the same size. */
export const ELEMENT_BYTES = 16;
/** Root page and sequence, at the start of a bucket's value. */
export const BUCKET_HEADER_BYTES = 16;

export const PageFlag = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;
/** Flag of a row whose value is a bucket. */
export const BUCKET_ELEMENT = 0x01;

export const PAGE_BYTES_DEFAULT = 4096;
export const PAGE_BYTES_MIN = 1024;
/** Real pages are those of the system (4 to 64 KiB). A file with larger ones has no valid meta page. */
export const PAGE_BYTES_MAX: number = 1 << 20;

/** bbolt's own bound: a longer key has no place in the file. */
export const KEY_BYTES_MAX = 32_768;
/**
 * Largest value read or written, the bound on a single allocation: far above etcd's largest
 * request (10 MiB recommended), below bbolt's bound of 2 GiB. A larger one is BBOLT_ROW_SIZE.
 */
export const VALUE_BYTES_MAX: number = 256 << 20;

/** The first two pages are meta pages; page numbers below are no reference to a tree. */
export const META_PAGES = 2;

export interface PageHeader {
  readonly id: number;
  readonly flags: number;
  /** Elements in the page. */
  readonly count: number;
  /** Further pages that belong to this one and have no header. */
  readonly overflow: number;
}

export function readPageHeader(page: Uint8Array): PageHeader {
  return {
    id: readU64(page, 0),
    flags: readU16(page, 8),
    count: readU16(page, 10),
    overflow: readU32(page, 12),
  };
}

export function writePageHeader(page: Uint8Array, header: PageHeader): void {
  writeU64(page, 0, header.id);
  writeU16(page, 8, header.flags);
  writeU16(page, 10, header.count);
  writeU32(page, 12, header.overflow);
}
