/** What the two sides of a row thread say to each other, and how rows travel between them. */
import type { BackendErrorCode, BackendRow, Bucket } from '../../base/ports/backend.ts';

/** Handed to the thread at its start. */
export interface RowThreadData {
  /** Of a backend that is open in this process. */
  readonly folder: string;
  readonly bucket: Bucket;
}

/** Slices that the thread sends before they are taken; then it waits. */
export const slicesAheadMax = 4;

/** A slice without rows is the end; nothing comes behind it, nor behind `failed`. */
export type RowThreadMessage =
  | { readonly kind: 'slice'; readonly packed: PackedRows }
  | { readonly kind: 'failed'; readonly code: BackendErrorCode; readonly text: string };

/** Rows in one buffer, which changes its owner as a whole. */
export interface PackedRows {
  /** Keys and values in turn. */
  readonly bytes: Uint8Array;
  /** Where each key and each value ends in `bytes`. */
  readonly ends: Uint32Array;
}

export function packed(rows: readonly BackendRow[]): PackedRows {
  const ends = new Uint32Array(2 * rows.length);
  let end = 0;
  for (const [at, { key, value }] of rows.entries()) {
    ends[2 * at] = end += key.length;
    ends[2 * at + 1] = end += value.length;
  }
  const bytes = new Uint8Array(end);
  let start = 0;
  for (const { key, value } of rows) {
    bytes.set(key, start);
    bytes.set(value, start + key.length);
    start += key.length + value.length;
  }
  return { bytes, ends };
}

/** The rows as views of the buffer. */
export function unpacked({ bytes, ends }: PackedRows): BackendRow[] {
  const rows: BackendRow[] = [];
  let start = 0;
  for (let at = 0; at < ends.length; at += 2) {
    const keyEnd = ends[at] as number;
    const valueEnd = ends[at + 1] as number;
    rows.push({ key: bytes.subarray(start, keyEnd), value: bytes.subarray(keyEnd, valueEnd) });
    start = valueEnd;
  }
  return rows;
}
