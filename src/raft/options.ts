import type { MemberId } from '../base/ids.ts';
import type { Logger } from '../base/ports/logger.ts';
import type { Random } from '../base/ports/random.ts';
import type { SnapshotMetadata } from '../pb/index.ts';

export interface RaftOptions {
  readonly id: MemberId;
  /** A follower that hears of no leader for [n, 2n) ticks, drawn anew each time, campaigns. */
  readonly electionTicks: number;
  /** A leader sends heartbeats every so many ticks; less than `electionTicks`. */
  readonly heartbeatTicks: number;
  /** Whether a member asks if it could win before it disturbs a term (thesis §9.6). */
  readonly preVote: boolean;
  /**
   * Whether a leader steps down that has heard of no majority for `electionTicks`, and members
   * that have heard of a leader in that time refuse to vote (thesis §6.2, §4.2.3).
   */
  readonly checkQuorum: boolean;
  /** Entries of one append message; a single larger entry still goes, alone. */
  readonly appendBytesMax: number;
  /** Unanswered appends to one member; at the bound the next waits for an answer. */
  readonly inflightMessagesMax: number;
  /** Bytes of entries in them; passed by one append at most. */
  readonly inflightBytesMax: number;
  /** Committed entries of one Ready; the rest waits for the next one. */
  readonly readyBytesMax: number;
  /** Entries appended and not yet applied; at the bound proposals are dropped as `log-full`. */
  readonly unappliedBytesMax: number;
  /** Linearizable reads waiting on the leader; further ones are dropped as `too-many-reads`. */
  readonly pendingReadsMax: number;
}

/** etcd's settings, and bounds for what it leaves unbounded. */
export const RAFT_DEFAULTS: Omit<RaftOptions, 'id'> = {
  electionTicks: 10,
  heartbeatTicks: 1,
  preVote: true,
  checkQuorum: true,
  appendBytesMax: 1024 * 1024,
  inflightMessagesMax: 512,
  inflightBytesMax: 64 * 1024 * 1024,
  readyBytesMax: 16 * 1024 * 1024,
  unappliedBytesMax: 256 * 1024 * 1024,
  pendingReadsMax: 65_536,
};

/** What the server can send to a member that lacks compacted entries. */
export interface SnapshotSource {
  /**
   * Where the state stands that would be sent now, undefined while there is none to send. The newer
   * the better: it is applied here, the log must hold every entry after it, and it must know the
   * member it goes to, or it is of no use. What is sent in the end may be newer still.
   */
  newest(): SnapshotMetadata | undefined;
}

export interface RaftPorts {
  /** Draws election timeouts; a stream of this member's own. */
  readonly random: Random;
  /** Without one, members that lack compacted entries get heartbeats only. */
  readonly snapshots?: SnapshotSource;
  readonly logger?: Logger;
}
