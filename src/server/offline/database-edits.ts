/** Changes of the rows that say who is in the cluster and which entry the state ends with. */
import { writeU64Be } from '../../base/bytes.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { MetaKey } from '../../mvcc/index.ts';
import type { SnapshotMetadata } from '../../pb/index.ts';
import { confStateJson } from '../apply/conf-state-json.ts';
import { hexId, type Member, memberJson } from '../membership/member.ts';
import type { BucketEdit, DatabaseEdits } from './write-database.ts';

/** The state of a cluster that these members found: they are its only ones, and none was removed. */
export function foundingEdits(members: readonly Member[]): DatabaseEdits {
  const rows = members.map((member) => ({
    key: utf8Bytes(hexId(member.id)),
    value: utf8Bytes(memberJson(member)),
  }));
  return new Map<string, BucketEdit>([
    ['members', { without: 'all', put: rows }],
    ['members_removed', { without: 'all' }],
  ]);
}

/** The rows of bucket `meta` that say where the state stands in the log, and who votes there. */
export function placeRows({ index, term, confState }: SnapshotMetadata): BucketEdit {
  return {
    put: [
      { key: MetaKey.consistentIndex, value: counter(index) },
      { key: MetaKey.term, value: counter(term) },
      { key: MetaKey.confState, value: confStateJson(confState) },
    ],
  };
}

function counter(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  writeU64Be(bytes, 0, value);
  return bytes;
}
