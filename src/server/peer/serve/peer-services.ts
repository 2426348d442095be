/** What the peer port serves besides raft: narrow ports, which the member plugs in. */
import type { LeaseId, MemberId } from '../../../base/ids.ts';
import type { LeaseInfo } from '../../../lease/index.ts';
import type { VersionView } from '../../gateway/version.ts';
import type { Member } from '../../membership/member.ts';

export interface PeerServices {
  readonly version: VersionView;
  readonly membership: PeerMembership;
  readonly hashes: PeerHashes;
  readonly leases: PeerLeases;
  /**
   * Whether members that join have to find the version above their own, as in a cluster that is to
   * go to theirs. As of a linearizable read; rejects when that fails.
   */
  readonly downgradeEnabled: () => Promise<boolean>;
}

export interface PeerMembership {
  /** In the order of their ids. */
  members(): readonly Member[];
  /**
   * Makes a voter of a learner, as leader; resolves with the members after that. `token` is the
   * caller's auth token. Rejects with MEMBERSHIP_ID_NOT_FOUND, MEMBERSHIP_NOT_LEARNER,
   * SERVER_LEARNER_NOT_READY, or whatever else went wrong.
   */
  promote(id: MemberId, token: string | undefined): Promise<readonly Member[]>;
}

/** Hashes of the key space, for the corruption checks of other members. */
export interface PeerHashes {
  /** At `revision`, 0 for now. Rejects with MVCC_COMPACTED or MVCC_FUTURE_REVISION. */
  hashAt(revision: number): Promise<PeerHash>;
}

export interface PeerHash {
  /** Of the store now. */
  readonly currentRevision: number;
  readonly hash: number;
  /** -1 when nothing was ever compacted. */
  readonly compactRevision: number;
  readonly hashRevision: number;
}

/** The leader's leases, for members that forward requests of clients. */
export interface PeerLeases {
  /** Resolves when everything is applied that is committed now. */
  whenApplied(): Promise<void>;
  /** The new TTL in seconds. Throws LEASE_NOT_FOUND or LEASE_NOT_PRIMARY. */
  renew(id: LeaseId): Promise<number>;
  /** Undefined for a lease that is not there. Throws LEASE_NOT_PRIMARY. */
  timeToLive(id: LeaseId, options: { withKeys: boolean }): LeaseInfo | undefined;
}
