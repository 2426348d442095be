/** What `key` and `range_end` of a request stand for. */
import type { KeySpan } from '../key-index.ts';

/** One key, or the keys of a span. */
export type KeyRange =
  | { readonly kind: 'key'; readonly key: Uint8Array }
  | { readonly kind: 'span'; readonly span: KeySpan };

/** An empty `rangeEnd` means the one key; a single zero byte, every key from `key` on. */
export function keyRange(key: Uint8Array, rangeEnd: Uint8Array): KeyRange {
  if (rangeEnd.length === 0) return { kind: 'key', key };
  const isOpen = rangeEnd.length === 1 && rangeEnd[0] === 0;
  return { kind: 'span', span: { start: key, end: isOpen ? undefined : rangeEnd } };
}
