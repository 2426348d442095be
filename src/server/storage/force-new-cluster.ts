/**
 * Makes a cluster of one out of what a member has, when the majority of its cluster is lost
 * (`--force-new-cluster`): what is not known to be committed is dropped, and entries behind it
 * remove all others, as if they had been committed.
 */

import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { LogIndex, MemberId } from '../../base/ids.ts';
import { utf8Bytes } from '../../base/utf8.ts';
import { ConfChange, ConfChangeType, type Entry, EntryType } from '../../pb/index.ts';
import { encodeBatch, type LogWriter } from '../../wal/index.ts';
import { decodedFrom } from '../apply/decoded-from.ts';
import { memberJson, promoteJson } from '../membership/member.ts';
import type { OpenedStorage } from './open-storage.ts';

const { ConfChangeAddNode, ConfChangeAddLearnerNode, ConfChangeRemoveNode } = ConfChangeType;

/**
 * The storage with the new entries, which are on disk. `peerURLs` are for a member that has not
 * heard yet that it is one. Rejects with WalError when they cannot be written.
 */
export function forceNewCluster(
  storage: OpenedStorage,
  peerURLs: readonly string[],
  log: LogWriter,
): Promise<OpenedStorage> {
  if (isAlone(storage)) return Promise.resolve(storage);
  const { hardState, meta, member } = storage;
  // Commit-only changes of the hard state may not have reached the disk; applied is committed.
  const commit = Math.max(hardState.commit, meta.consistentIndex);
  const kept = storage.entries.filter(({ index }) => index <= commit);
  const changes = changesToOne(configurationOf(storage, kept), member, peerURLs);
  const added = changes.map((change, at): Entry => {
    const index: LogIndex = commit + 1 + at;
    const data = ConfChange.encode(ConfChange.create(change));
    return { type: EntryType.EntryConfChange, term: hardState.term, index, data };
  });
  const forced = { ...hardState, commit: commit + added.length };
  return new Promise((resolve, reject) => {
    log.append(encodeBatch(added, forced), (error) => {
      if (error === undefined) {
        resolve({ ...storage, entries: [...kept, ...added], hardState: forced });
      } else reject(error);
    });
  });
}

/**
 * Whether the log and the state know no other member. Alone, a member commits whatever it has on
 * disk: nothing of that may be dropped.
 */
export function isAlone({ confState, entries, meta, member }: OpenedStorage): boolean {
  const { voters, learners } = confState;
  const changed = changesOf(entries, meta.consistentIndex).map(({ nodeId }) => nodeId);
  const known = [...voters, ...learners, ...changed];
  return known.length > 0 && known.every((id) => id === member);
}

type Role = 'voter' | 'learner';

/** Who is in the cluster when `entries` are applied; a refused change may seem to have been made. */
function configurationOf(
  { confState, meta }: OpenedStorage,
  entries: readonly Entry[],
): Map<MemberId, Role> {
  const roles = new Map<MemberId, Role>();
  for (const id of confState.voters) roles.set(id, 'voter');
  for (const id of confState.learners) roles.set(id, 'learner');
  for (const { type, nodeId } of changesOf(entries, meta.consistentIndex)) {
    if (type === ConfChangeRemoveNode) roles.delete(nodeId);
    if (type === ConfChangeAddNode) roles.set(nodeId, 'voter');
    if (type === ConfChangeAddLearnerNode) roles.set(nodeId, 'learner');
  }
  return roles;
}

/** The changes of membership among the entries behind `applied`. */
function changesOf(entries: readonly Entry[], applied: LogIndex): ConfChange[] {
  return entries
    .filter(({ index, type }) => index > applied && type === EntryType.EntryConfChange)
    .map((entry) => decodedFrom(entry, ({ data }) => ConfChange.decode(data ?? EMPTY_BYTES)));
}

/** This member is made a voter first: there has to be one all the time. */
function changesToOne(
  roles: ReadonlyMap<MemberId, Role>,
  member: MemberId,
  peerURLs: readonly string[],
): Partial<ConfChange>[] {
  const others = [...roles.keys()].filter((id) => id !== member);
  const removals = others
    .sort((a, b) => (a < b ? -1 : 1))
    .map((nodeId) => ({ type: ConfChangeRemoveNode, nodeId }));
  const role = roles.get(member);
  if (role === 'voter') return removals;
  const json =
    role === 'learner'
      ? promoteJson(member)
      : memberJson({ id: member, peerURLs, isLearner: false, name: '', clientURLs: [] });
  return [{ type: ConfChangeAddNode, nodeId: member, context: utf8Bytes(json) }, ...removals];
}
