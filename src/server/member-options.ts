/** What a member is told when it starts, and what it is plugged into. */

import type { MemberId } from '../base/ids.ts';
import type { Clock } from '../base/ports/clock.ts';
import type { Logger } from '../base/ports/logger.ts';
import type { PeerEvents, PeerTransport, SnapshotExchange } from '../base/ports/peer-transport.ts';
import type { Random } from '../base/ports/random.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import type { WatchHub } from '../mvcc/index.ts';
import type { Message } from '../pb/index.ts';
import type { RaftOptions } from '../raft/index.ts';
import type { LogWriter } from '../wal/index.ts';
import type { CompactionRetention } from './config/compaction-retention.ts';
import type { RemoteHashes } from './corruption/peer-hashes.ts';
import type { MemberState } from './member-state.ts';
import type { Member as ClusterMember } from './membership/member.ts';
import type { MemberMeters } from './metrics/member-meters.ts';
import type { LeaderRequests } from './node/leader-requests.ts';
import type { SnapshotOptions } from './node/snapshots.ts';
import type { AskVersions } from './node/version-monitor.ts';
import type { CreateFile, StageState } from './snapshot-image/ports.ts';
import type { ReceivedImages } from './snapshot-image/received-images.ts';
import type { MakeImage } from './snapshot-image/state-image.ts';
import type { RestoreState } from './state-restorer.ts';
import type { FormerFiles } from './storage/former-files.ts';
import type { OpenedStorage } from './storage/open-storage.ts';

export type ReplicationBounds = Partial<
  Pick<RaftOptions, 'appendBytesMax' | 'inflightMessagesMax' | 'readyBytesMax'>
>;

export interface MemberOptions {
  /** What this member tells the cluster of itself. */
  readonly attributes: { readonly name: string; readonly clientURLs: readonly string[] };
  readonly tickMs: number;
  readonly electionTicks: number;
  /** Whether to ask for votes before raising the term. */
  readonly preVote: boolean;
  /** Bounds of replication, where they are not raft's own; simulations draw tight ones. */
  readonly replication?: ReplicationBounds;
  /** Whether to begin with most of an election time-out over, once there are connections. */
  readonly advancesElectionTicks: boolean;
  /** Whether to refuse changes of membership that may cost the cluster its majority. */
  readonly isReconfigurationStrict: boolean;
  /** Learners that the cluster may have. */
  readonly learnersMax: number;
  /** Between two looks whether a downgrade has come to its end; 0 for none. */
  readonly downgradeCheckIntervalMs: number;
  /** Between two comparisons of the state with those of the others; none unless positive. */
  readonly corruptCheckIntervalMs: number;
  /** Between two comparisons of what compactions have seen; 0 for none. */
  readonly compactHashCheckIntervalMs: number;
  readonly requestBytesMax: number;
  /** How long a token is known after its last use. */
  readonly tokenTtlMs: number;
  /** Size of the state that raises the alarm; negative for none. */
  readonly quotaBytes: number;
  readonly batchIntervalMs: number;
  readonly batchOperationsMax: number;
  /** What auto-compaction keeps; it is off without. */
  readonly compactionRetention?: CompactionRetention | undefined;
  readonly compactionBatchLimit: number;
  readonly compactionPauseMs: number;
  /** What takes longer to apply or to read counts as slow. */
  readonly slowMs: number;
  readonly snapshots: SnapshotOptions;
}

export interface MemberPorts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Writes behind what `storage` has read. */
  readonly log: LogWriter;
  /** Connects the member to the others; without it, it hears of none. */
  readonly connect?: (ends: PeerEnds) => PeerTransport<Message>;
  /** The members to connect to before the log names any. */
  readonly others?: readonly ClusterMember[];
  /** What followers ask the leader for; without it they wait until they lead. */
  readonly atLeader?: LeaderRequests;
  /** For states that go to other members and come from them; without it none does. */
  readonly images?: ImagePorts;
  /** Where images of the state are made; in turns of the member's own unless given. */
  readonly makeImage?: MakeImage;
  /** What the real etcd has left that had the data directory before. */
  readonly former?: FormerFiles | undefined;
  /** Asks other members for their versions; without it none tells. */
  readonly askVersions?: AskVersions;
  /** For comparing the state with those of other members; without it there is no comparing. */
  readonly remoteHashes?: RemoteHashes;
  /** Looks at the state that the member is about to begin with; rejects when it must not. */
  readonly inspect?: (state: MemberState) => Promise<void>;
  /** The member cannot go on. Called once. */
  readonly fatal: (error: unknown) => void;
}

export interface ImagePorts {
  /** Those that have come. */
  readonly received: ReceivedImages;
  readonly createFile: CreateFile;
  readonly stage: StageState;
}

/** What a member begins with. */
export interface Beginning {
  readonly storage: OpenedStorage;
  readonly state: MemberState;
  readonly hub: WatchHub;
  readonly meters: MemberMeters;
  readonly restore: RestoreState;
}

/** What a transport tells the member, and asks it. */
export interface PeerEnds {
  readonly events: PeerEvents<Message>;
  /** Whether a member with that id was removed from the cluster. */
  readonly isRemoved: (id: MemberId) => boolean;
  /** Where the states that go with snapshots come from and go to. */
  readonly snapshots: SnapshotExchange<Message>;
}

/** Half more than an election takes, in whole seconds: no lease ends while a leader is chosen. */
export function leaseTtlSMin({ electionTicks, tickMs }: MemberOptions): number {
  return Math.ceil((Math.floor((3 * electionTicks) / 2) * tickMs) / 1000);
}

/** Time that a request has, from its beginning to its outcome. */
export function requestTimeoutOf({ electionTicks, tickMs }: MemberOptions): number {
  return 5000 + 2 * electionTicks * tickMs;
}
