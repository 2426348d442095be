/** What an image says of itself, in its bucket `meta`. */
import { readU64Be } from '../../base/bytes.ts';
import type { LogIndex, Term } from '../../base/ids.ts';
import { utf8Text } from '../../base/utf8.ts';
import { MetaKey } from '../../mvcc/index.ts';
import type { ConfState, SnapshotMetadata } from '../../pb/index.ts';
import { parseConfState } from '../apply/conf-state-json.ts';
import { ImageError } from './errors.ts';

export interface ImageFacts {
  /** Raft index of the last entry that is in it; at least 1, unless said otherwise. */
  readonly index: LogIndex;
  /** Its term; undefined when not stored (etcd before 3.5). */
  readonly term: Term | undefined;
  /** The voting configuration at that entry; undefined when not stored (etcd before 3.5). */
  readonly confState: ConfState | undefined;
  /** Version of the schema, `3.6.0`; undefined when not stored (etcd before 3.6). */
  readonly storageVersion: string | undefined;
}

/** The rows of `meta` that {@link readFacts} is given, in this order. */
export const FACT_KEYS: readonly Uint8Array[] = [
  MetaKey.consistentIndex,
  MetaKey.term,
  MetaKey.confState,
  MetaKey.storageVersion,
];

/** Throws ImageError for an image without an index, and for rows that cannot be decoded. */
export function readFacts(rows: readonly (Uint8Array | undefined)[]): ImageFacts {
  const facts = readAnyFacts(rows);
  if (facts.index > 0) return facts;
  throw new ImageError('IMAGE_NO_INDEX', 'the image does not say which entry it ends with');
}

/** As {@link readFacts}, with index 0 for an image that does not say which entry it ends with. */
export function readAnyFacts(rows: readonly (Uint8Array | undefined)[]): ImageFacts {
  const [indexRow, termRow, confState, storageVersion] = rows;
  return {
    index: counter(indexRow) ?? 0,
    term: counter(termRow),
    confState: confState === undefined ? undefined : parseConfState(confState),
    storageVersion: storageVersion === undefined ? undefined : text(storageVersion),
  };
}

/** Where a state of ours stands, for raft. Throws IMAGE_NO_CONF_STATE. */
export function placeOf({ index, term, confState }: ImageFacts): SnapshotMetadata {
  if (term === undefined || confState === undefined) {
    throw new ImageError('IMAGE_NO_CONF_STATE', `no term, or nobody who votes, at entry ${index}`);
  }
  return { index, term, confState };
}

/**
 * Where an image stands that came with a snapshot at `claimed`. Throws IMAGE_OTHER_INDEX unless both
 * name one entry: the log would begin behind another one than the state ends with. Voters come from
 * the snapshot: etcd before 3.5 stored none in its database, and a database that etcdutl has restored
 * keeps the voters of its former cluster until the next change of membership.
 */
export function placeOfReceived(facts: ImageFacts, claimed: SnapshotMetadata): SnapshotMetadata {
  const { index, term = claimed.term } = facts;
  if (index === claimed.index) return { index, term, confState: claimed.confState };
  const message = `the image ends with entry ${index}, its snapshot with entry ${claimed.index}`;
  throw new ImageError('IMAGE_OTHER_INDEX', message);
}

function counter(row: Uint8Array | undefined): number | undefined {
  if (row === undefined) return undefined;
  const value = row.length === 8 ? readU64Be(row, 0) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw bad();
  return value;
}

function text(row: Uint8Array): string {
  const decoded = utf8Text(row);
  if (decoded === undefined) throw bad();
  return decoded;
}

function bad(): ImageError {
  return new ImageError('IMAGE_BAD_ROW', 'a row of bucket meta cannot be decoded');
}
