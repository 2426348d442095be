/** What the peer port serves besides raft, of a member. */
import { MvccError } from '../../../mvcc/index.ts';
import type { MemberView } from '../../api/member-view.ts';
import type { VersionView } from '../../gateway/version.ts';
import type { PeerHash, PeerServices } from './peer-services.ts';

export function memberServices(member: MemberView, version: VersionView): PeerServices {
  const { clock, reconfiguration } = member;
  return {
    version,
    membership: {
      members: () => member.cluster.members,
      promote: (id) =>
        new Promise((resolve, reject) => {
          reconfiguration.promote(id, (outcome) => {
            if (outcome.error === undefined) resolve(outcome.members);
            else reject(outcome.error);
          });
        }),
    },
    hashes: { hashAt: (revision) => hashAt(member, revision) },
    leases: {
      whenApplied: () =>
        new Promise((run, fail) => {
          member.whenApplied({ run, fail });
        }),
      renew: async (id) => member.lessor.renew(id, clock.monotonicMs()),
      timeToLive: (id, { withKeys }) => member.lessor.timeToLive(id, clock.monotonicMs(), withKeys),
    },
    // Never yes, which is an answer for members that join: those of etcd 3.5 would be let in before
    // the version is down, and end of what they find, and kept out after that (docs/decisions/0007).
    downgradeEnabled: () =>
      new Promise((resolve, reject) => {
        member.linearizable({ run: () => resolve(false), fail: reject });
      }),
  };
}

async function hashAt(member: MemberView, revision: number): Promise<PeerHash> {
  const hashed = await member.store.hashKv(revision).catch((error: unknown) => {
    // Not the fault of who asks: this member cannot read its own state.
    member.fatal(error);
    throw error;
  });
  if (hashed instanceof MvccError) throw hashed;
  const { currentRevision, hash, compactRevision } = hashed;
  return { currentRevision, hash, compactRevision, hashRevision: hashed.revision };
}
