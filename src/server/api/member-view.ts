/** What the services see of the member they run in. */
import type { AuthStore, Identity } from '../../auth/index.ts';
import type { LeaseId, LogIndex, MemberId, Revision, Term } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Lessor } from '../../lease/index.ts';
import type { Store } from '../../mvcc/index.ts';
import type { ResponseHeader } from '../../pb/index.ts';
import type { Outcome, RequestKind, RequestOf } from '../apply/requests.ts';
import type { SpaceCheck } from '../apply/space-cost.ts';
import type { Alarms } from '../membership/alarms.ts';
import type { Cluster } from '../membership/cluster.ts';
import type { MemberMeters } from '../metrics/member-meters.ts';
import type { LeaderDesk } from '../node/leader-requests.ts';
import type { TransferDone } from '../node/leader-transfer.ts';
import type { LinearizableRead } from '../node/linearizable-reads.ts';
import type { Reconfiguration } from '../node/reconfiguration.ts';
import type { StateImage } from '../snapshot-image/state-image.ts';

export interface RaftStatus {
  readonly term: Term;
  /** 0 when no leader is known. */
  readonly leader: MemberId;
  readonly isLeader: boolean;
  readonly committedIndex: LogIndex;
  readonly appliedIndex: LogIndex;
}

export interface MemberView {
  // The next five may be others at any turn, when the state of another member is taken in: ask the
  // member for them at each use.
  readonly store: Store;
  readonly lessor: Lessor;
  readonly cluster: Cluster;
  readonly alarms: Alarms;
  readonly auth: AuthStore;
  readonly raft: RaftStatus;
  readonly clock: Clock;
  readonly meters: MemberMeters;
  readonly reconfiguration: Reconfiguration;
  /** Answers what only a leader can. */
  readonly atLeader: Pick<LeaderDesk, 'ask'>;
  /** Hands leadership over to a voter, as leader; `done` is called once. */
  moveLeader(to: MemberId, done: TransferDone): void;
  /** Proposes a request, in the name of nobody unless told; `done` is called once. */
  propose<K extends RequestKind>(
    kind: K,
    request: RequestOf[K],
    done: (outcome: Outcome<K>) => void,
    identity?: Identity,
  ): void;
  /** Runs `read` once this member's state is at least as new as now. */
  linearizable(read: LinearizableRead): void;
  /** Runs `read` once everything committed by now is applied. */
  whenApplied(read: LinearizableRead): void;
  /** A fresh lease id for a client that leaves the choice to us: positive, never used before. */
  newLeaseId(): LeaseId;
  /** How large the state is on disk. */
  readonly size: { readonly totalBytes: number; readonly inUseBytes: number };
  /** What takes space asks it first; see `hasRoom` in `space.ts`. */
  readonly quota: SpaceCheck & {
    /** Negative for none. */
    readonly bytes: number;
    raiseAlarm(done: () => void): void;
  };
  /** Gives the space of removed rows back to the disk; resolves when that is done. */
  defragment(): Promise<void>;
  /** Pins the state with everything applied by now; to be closed. */
  stateImage(): Promise<StateImage>;
  /** Something happened that must not: a bug of ours, or a disk that fails. Stops the member. */
  fatal(error: unknown): void;
}

/** A header with everything but a revision of its own: that is the store's current one. */
export function fullHeader(member: MemberView, revision?: Revision): ResponseHeader {
  return {
    clusterId: member.cluster.id,
    memberId: member.cluster.localId,
    revision: revision ?? member.store.currentRevision,
    raftTerm: member.raft.term,
  };
}

/** The header of an applied response: the revision it was given, or the current one. */
export function completeHeader(
  member: MemberView,
  header: ResponseHeader | undefined,
): ResponseHeader {
  const revision = header?.revision ?? 0;
  return fullHeader(member, revision === 0 ? undefined : revision);
}
