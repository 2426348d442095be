/** A member among the others: its connections, what it asks of the leader, and who is to lead. */
import type { MemberId } from '../base/ids.ts';
import type { Clock } from '../base/ports/clock.ts';
import type { PeerTransport, SnapshotExchange } from '../base/ports/peer-transport.ts';
import type { Scheduler } from '../base/ports/scheduler.ts';
import type { Message } from '../pb/index.ts';
import { ServerError } from './errors.ts';
import type { PeerEnds } from './member-options.ts';
import type { Cluster } from './membership/cluster.ts';
import type { Member as ClusterMember } from './membership/member.ts';
import { guarded } from './node/guarded.ts';
import { LeaderDesk, type LeaderRequests } from './node/leader-requests.ts';
import { LeaderTransfers, type TransferDone } from './node/leader-transfer.ts';
import type { Leadership } from './node/leadership.ts';
import type { LinearizableRead } from './node/linearizable-reads.ts';
import type { MemberNode } from './node/member-node.ts';
import { PeerLinks } from './node/peer-links.ts';
import type { ReconfigurationDone } from './node/reconfiguration.ts';
import type { Removal } from './node/removal.ts';
import { timeoutError } from './node/timeout-error.ts';

/** The member, as this part of it needs it. */
export interface PeersOwner {
  readonly raft: MemberNode;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly leadership: Leadership;
  /** Runs a read when everything committed by now is applied. */
  whenApplied(read: LinearizableRead): void;
}

export interface MemberPeersPorts {
  readonly transport: PeerTransport<Message>;
  readonly scheduler: Scheduler;
  /** Undefined for a member that can ask nobody. */
  readonly requests: LeaderRequests | undefined;
}

export class MemberPeers {
  readonly atLeader: LeaderDesk;
  /** Has the leader promote a learner; undefined for a member that can ask nobody. */
  readonly promoteAtLeader: ((id: MemberId, done: ReconfigurationDone) => void) | undefined;
  readonly #electionTimeoutMs: number;
  readonly #owner: PeersOwner;
  readonly #ports: MemberPeersPorts;
  readonly #links: PeerLinks;
  readonly #transfers: LeaderTransfers;
  #isStopped = false;

  constructor(
    options: { readonly requestTimeoutMs: number; readonly electionTimeoutMs: number },
    owner: PeersOwner,
    ports: MemberPeersPorts,
  ) {
    const { raft, clock, leadership } = owner;
    this.#electionTimeoutMs = options.electionTimeoutMs;
    this.#owner = owner;
    this.#ports = ports;
    const whenApplied = (read: LinearizableRead): void => owner.whenApplied(read);
    const member = owner;
    this.atLeader = new LeaderDesk(options, {
      ...ports,
      member,
      raft,
      clock,
      leadership,
      whenApplied,
    });
    this.promoteAtLeader =
      ports.requests === undefined ? undefined : (id, done) => this.#promote(id, done);
    this.#links = new PeerLinks(owner, ports.transport);
    this.#transfers = new LeaderTransfers(options, { raft, clock });
  }

  /** Connects to `others`, whom the log may not name yet, and to all members that it does. */
  connect(others: readonly ClusterMember[]): void {
    this.#links.begin(others);
  }

  /** The members of the cluster have changed. */
  changed(): void {
    this.#links.sync();
  }

  /** Hands leadership over to a voter, as leader; `done` is called once. */
  moveLeader(to: MemberId, done: TransferDone): void {
    if (this.#isStopped) done(new ServerError('SERVER_STOPPED', 'server stopped'));
    else this.#transfers.begin(to, done);
  }

  /**
   * Hands leadership over to the voter that has been connected for longest, if this member leads;
   * resolves when that one leads, at the latest when raft has given it up.
   */
  async handOver(): Promise<void> {
    const to = this.#owner.raft.isLeader ? this.#successor() : undefined;
    if (to === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = this.#ports.scheduler.after(this.#electionTimeoutMs, resolve);
      this.moveLeader(to, () => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** What a request gets that began at `startMs` and whose time is over. */
  timeoutError(startMs: number): ServerError {
    const { raft, cluster } = this.#owner;
    const { leader, leaderSinceMs } = raft;
    const { transport: peers } = this.#ports;
    const electionTimeoutMs = this.#electionTimeoutMs;
    return timeoutError(startMs, { leader, leaderSinceMs, electionTimeoutMs, cluster, peers });
  }

  /** `leader` leads from now on. */
  leaderIs(leader: MemberId): void {
    this.#transfers.leaderIs(leader);
  }

  /** Ends what has waited too long. */
  expire(): void {
    this.#transfers.expire();
  }

  stop(): void {
    this.#isStopped = true;
    this.atLeader.stop();
    this.#transfers.stop();
  }

  #successor(): MemberId | undefined {
    const { transport } = this.#ports;
    const { cluster } = this.#owner;
    let longest: { readonly id: MemberId; readonly sinceMs: number } | undefined;
    for (const { id, isLearner } of cluster.members) {
      const sinceMs = isLearner ? undefined : transport.activeSince(id);
      if (sinceMs === undefined || sinceMs >= (longest?.sinceMs ?? Infinity)) continue;
      longest = { id, sinceMs };
    }
    return longest?.id;
  }

  #promote(id: MemberId, done: ReconfigurationDone): void {
    const there = (leader: LeaderRequests, urls: readonly string[]) => leader.promote(urls, id);
    this.atLeader.ask({ there }, ({ value: members, error }) =>
      done(error === undefined ? { members } : { error }),
    );
  }
}

/** What the transport tells a member; exceptions end it, as those of its other turns do. */
export function peerEnds(member: {
  readonly raft: MemberNode;
  readonly cluster: Cluster;
  readonly snapshots: SnapshotExchange<Message>;
  readonly removal: Removal;
  fatal(error: unknown): void;
}): PeerEnds {
  const guard = (event: () => void): void => guarded(event, (error) => member.fatal(error));
  return {
    isRemoved: (id) => member.cluster.isRemoved(id),
    snapshots: member.snapshots,
    events: {
      received: (messages) => guard(() => member.raft.received(messages)),
      unreachable: (id) => guard(() => member.raft.unreachable(id)),
      snapshotSent: (id, isSaved) => guard(() => member.raft.snapshotSent(id, isSaved)),
      removed: () => guard(() => member.removal.toldByPeer()),
      becameActive: () => undefined,
    },
  };
}
