import { EMPTY_BYTES } from '../base/bytes.ts';
import { ConfChange, ConfChangeV2, type Entry, EntryType } from '../pb/index.ts';

/**
 * The change that an entry of one of the two ConfChange types holds; etcd servers write the first.
 * Throws WireError for other bytes, which no leader appends.
 */
export function confChangeOf({
  data = EMPTY_BYTES,
  type,
}: Pick<Entry, 'data' | 'type'>): ConfChange | ConfChangeV2 {
  return type === EntryType.EntryConfChange ? ConfChange.decode(data) : ConfChangeV2.decode(data);
}
