/** The raft of a member, which goes on from what its storage holds. */
import { defined } from '../base/assert.ts';
import { RAFT_DEFAULTS, Raft, type SnapshotSource } from '../raft/index.ts';
import type { MemberOptions, MemberPorts } from './member-options.ts';
import type { OpenedStorage } from './storage/open-storage.ts';

export function memberRaft(
  { electionTicks, preVote, replication }: MemberOptions,
  storage: OpenedStorage,
  { random, logger, images }: Pick<MemberPorts, 'random' | 'logger' | 'images'>,
): Raft {
  // What leaves is the state as it is when it does, which is as new or newer.
  const source: SnapshotSource = {
    newest: () => {
      const { appliedIndex: index, confState } = raft;
      const term = defined(raft.termOf(index), 'the log goes back to what is applied');
      return index === 0 ? undefined : { index, term, confState };
    },
  };
  const raft = new Raft(
    { ...RAFT_DEFAULTS, ...replication, id: storage.member, electionTicks, preVote },
    { ...storage, applied: storage.meta.consistentIndex },
    { random, logger, ...(images === undefined ? {} : { snapshots: source }) },
  );
  return raft;
}
