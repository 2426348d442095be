/** What the peer port serves besides raft, of a member. */
import { MvccError } from '../../../mvcc/index.ts';
import type { MemberView } from '../../api/member-view.ts';
import type { VersionView } from '../../gateway/version.ts';
import type { Cluster } from '../../membership/cluster.ts';
import { isSameMinor } from '../../membership/versions.ts';
import type { PeerHash, PeerServices } from './peer-services.ts';

export function memberServices(member: MemberView, version: VersionView): PeerServices {
  const { cluster, lessor, clock, reconfiguration } = member;
  return {
    version,
    membership: {
      members: () => cluster.members,
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
      renew: async (id) => lessor.renew(id, clock.monotonicMs()),
      timeToLive: (id, { withKeys }) => lessor.timeToLive(id, clock.monotonicMs(), withKeys),
    },
    downgradeEnabled: () =>
      new Promise((resolve, reject) => {
        const run = (): void => resolve(isComingDown(member.cluster));
        member.linearizable({ run, fail: reject });
      }),
  };
}

/**
 * Whether a downgrade has still to lower the version of the cluster. Etcd says so until all servers
 * are of the older version, which keeps out the very members that are to bring it: etcd 3.5 asks a
 * cluster on its way for 3.6, and finds 3.5.
 */
function isComingDown({ version, downgradeTarget }: Cluster): boolean {
  return downgradeTarget !== undefined && !isSameMinor(version, downgradeTarget);
}

async function hashAt({ store }: MemberView, revision: number): Promise<PeerHash> {
  const hashed = await store.hashKv(revision);
  if (hashed instanceof MvccError) throw hashed;
  const { currentRevision, hash, compactRevision } = hashed;
  return { currentRevision, hash, compactRevision, hashRevision: hashed.revision };
}
