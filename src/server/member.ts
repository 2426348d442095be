/**
 * One running member: its storage, its replicated state, its raft, and the loops between them.
 * Knows nothing of ports and protocols: the services reach it as a {@link MemberView}.
 */
import type { AuthStore, Identity } from '../auth/index.ts';
import type { LeaseId, LogIndex, MemberId, Term } from '../base/ids.ts';
import type { Clock } from '../base/ports/clock.ts';
import type { PeerTransport, SnapshotExchange } from '../base/ports/peer-transport.ts';
import type { Timer } from '../base/ports/scheduler.ts';
import type { Lessor } from '../lease/index.ts';
import type { Store, WatchHub } from '../mvcc/index.ts';
import type { Message } from '../pb/index.ts';
import type { Raft, SoftState } from '../raft/index.ts';
import type { LogWriter } from '../wal/index.ts';
import type { MemberView } from './api/member-view.ts';
import { WatchCatchUp } from './api/watch-catch-up.ts';
import type { ApplyEvents } from './apply/applier.ts';
import type { Outcome, RequestKind, RequestOf } from './apply/requests.ts';
import { ServerError } from './errors.ts';
import { MemberDuties } from './member-duties.ts';
import { type MemberImages, memberImages } from './member-images.ts';
import {
  type Beginning,
  type MemberOptions,
  type MemberPorts,
  requestTimeoutOf,
} from './member-options.ts';
import { MemberPeers, peerEnds } from './member-peers.ts';
import { memberRaft } from './member-raft.ts';
import { startRounds } from './member-rounds.ts';
import type { MemberState } from './member-state.ts';
import type { Alarms } from './membership/alarms.ts';
import type { Cluster } from './membership/cluster.ts';
import { hexId } from './membership/member.ts';
import { MemberMeters } from './metrics/member-meters.ts';
import { ConfChangeProposals } from './node/conf-change-proposals.ts';
import { defragment } from './node/defragmentation.ts';
import { guardedScheduler } from './node/guarded.ts';
import type { LeaderDesk } from './node/leader-requests.ts';
import type { TransferDone } from './node/leader-transfer.ts';
import { Leadership } from './node/leadership.ts';
import { LeaseExpiry, revocation } from './node/lease-expiry.ts';
import type { LinearizableRead } from './node/linearizable-reads.ts';
import { MemberNode } from './node/member-node.ts';
import { NO_TRANSPORT } from './node/peer-links.ts';
import { Proposals } from './node/proposals.ts';
import { Publisher } from './node/publisher.ts';
import { Quota } from './node/quota.ts';
import { Reconfiguration } from './node/reconfiguration.ts';
import { Removal } from './node/removal.ts';
import { RequestIds } from './node/request-ids.ts';
import { StateMachine } from './node/state-machine.ts';
import type { StateSize } from './node/state-size.ts';
import { advanceElectionTicks } from './node/tick-advance.ts';
import { neverTaken } from './node/timeout-error.ts';
import { Waiters } from './node/waiters.ts';
import type { StateImage } from './snapshot-image/state-image.ts';
import { type RestoreState, stateRestorer, watchHubOf } from './state-restorer.ts';
import { closeStorage } from './storage/close-storage.ts';
import type { OpenedStorage } from './storage/open-storage.ts';

export class Member implements MemberView {
  readonly clock: Clock;
  readonly raft: MemberNode;
  readonly leadership: Leadership;
  readonly removal: Removal;
  readonly hub: WatchHub;
  readonly catchUp: WatchCatchUp;
  readonly quota: Quota;
  readonly meters: MemberMeters;
  readonly reconfiguration: Reconfiguration;
  readonly #options: MemberOptions;
  readonly #ports: MemberPorts;
  readonly #log: LogWriter;
  readonly #raft: Raft;
  readonly #images: MemberImages;
  #machine: StateMachine;
  readonly #ids: RequestIds;
  readonly #waiters: Waiters<Outcome>;
  readonly #proposals: Proposals;
  readonly #confChanges: ConfChangeProposals;
  readonly #transport: PeerTransport<Message>;
  readonly #peers: MemberPeers;
  readonly #publisher: Publisher;
  readonly #duties: MemberDuties;
  readonly #timers: Timer[] = [];
  #isStopped = false;
  #hasFailed = false;
  #stopping: Promise<void> | undefined;

  /**
   * Restores the state from `storage` and begins to take part; `published` says when to serve.
   * Owns the backend and the log from here on, and closes them when it rejects.
   */
  static async start(
    options: MemberOptions,
    storage: OpenedStorage,
    ports: MemberPorts,
  ): Promise<Member> {
    const { log, clock } = ports;
    // A compaction that goes on from before the last stop can fail before there is a member.
    let started: Member | undefined;
    const meters = new MemberMeters(options, clock);
    const hub = watchHubOf(options, storage, () => started?.raft.term ?? 0);
    const restore = stateRestorer(options, storage, {
      ...ports,
      hub,
      compactionObserver: meters.compactions,
      fatal: (error) => (started ?? ports).fatal(error),
    });
    try {
      const state = await restore(storage);
      await ports.inspect?.(state);
      hub.attach(state.store);
      started = new Member(options, { storage, state, hub, meters, restore }, ports);
      started.#run();
      return started;
    } catch (error) {
      await closeStorage(log, storage.backend);
      throw error;
    }
  }

  private constructor(options: MemberOptions, beginning: Beginning, ports: MemberPorts) {
    const { storage, state, hub, meters, restore } = beginning;
    const { clock, logger } = ports;
    const fatal = (error: unknown): void => this.fatal(error);
    const scheduler = guardedScheduler(ports.scheduler, fatal);
    const requestTimeoutMs = requestTimeoutOf(options);
    const electionTimeoutMs = options.electionTicks * options.tickMs;
    this.#options = options;
    this.#ports = { ...ports, scheduler };
    this.clock = clock;
    this.hub = hub;
    this.quota = new Quota(options.quotaBytes, this, logger);
    this.meters = meters;
    this.#log = ports.log;
    this.#raft = memberRaft(options, storage, ports);
    this.#ids = new RequestIds(storage.member, clock.wallMs());
    this.#waiters = new Waiters(requestTimeoutMs);
    this.#confChanges = new ConfChangeProposals(
      { requestTimeoutMs },
      { ids: this.#ids, clock, wake: () => this.raft.wake() },
    );
    this.catchUp = new WatchCatchUp(hub, scheduler, fatal);
    this.#machine = this.#newMachine(state, storage.snapshot.index);
    this.#images = this.#newImages(restore);
    this.removal = new Removal(
      { electionTimeoutMs },
      { scheduler, end: (error) => this.#end(error) },
    );
    this.#transport = ports.connect?.(peerEnds(this)) ?? NO_TRANSPORT;
    this.raft = this.#newNode(requestTimeoutMs);
    this.leadership = new Leadership(options, {
      raft: this.raft,
      clock,
      linearizable: (read) => this.linearizable(read),
    });
    this.#proposals = new Proposals(
      { requestBytesMax: options.requestBytesMax },
      { target: this.raft, waiters: this.#waiters, ids: this.#ids, clock },
    );
    const { atLeader: requests } = ports;
    const transport = this.#transport;
    this.#peers = new MemberPeers({ requestTimeoutMs, electionTimeoutMs }, this, {
      transport,
      scheduler,
      requests,
    });
    this.reconfiguration = this.#newReconfiguration();
    this.#publisher = new Publisher(this, scheduler);
    this.#duties = this.#newDuties();
  }

  #newNode(requestTimeoutMs: number): MemberNode {
    const { clock, scheduler, logger } = this.#ports;
    return new MemberNode(
      { requestTimeoutMs, tickMs: this.#options.tickMs },
      {
        raft: this.#raft,
        log: this.#log,
        entries: () => this.#machine,
        states: this.#images.installer,
        transport: this.#transport,
        ids: this.#ids,
        confChanges: this.#confChanges,
        scheduler,
        clock,
        logger,
        onSoftState: (soft) => this.#softState(soft),
        fatal: (error) => this.fatal(error),
      },
    );
  }

  // These change when the state of another member takes the place of this one's: ask each time.
  get store(): Store {
    return this.#machine.state.store;
  }

  get lessor(): Lessor {
    return this.#machine.state.lessor;
  }

  get cluster(): Cluster {
    return this.#machine.state.cluster;
  }

  get alarms(): Alarms {
    return this.#machine.state.alarms;
  }

  get auth(): AuthStore {
    return this.#machine.state.auth;
  }

  get size(): StateSize {
    return this.#machine.state.size;
  }

  /** States for other members, and from them. */
  get snapshots(): SnapshotExchange<Message> {
    return this.#images.exchange;
  }

  #newMachine(state: MemberState, snapshotIndex: LogIndex): StateMachine {
    const { batchIntervalMs, snapshots } = this.#options;
    return new StateMachine(
      { batchIntervalMs, snapshots, snapshotIndex },
      {
        ...this.#ports,
        state,
        raft: this.#raft,
        fatal: (error) => this.fatal(error),
        quota: this.quota,
        events: this.#applyEvents(),
        onRoom: () => this.raft.wake(),
        onApplied: () => this.catchUp.kick(),
      },
    );
  }

  #newImages(restore: RestoreState): MemberImages {
    const { images, scheduler, logger } = this.#ports;
    return memberImages(images, {
      scheduler,
      logger,
      stateImage: () => this.stateImage(),
      appliedIndex: () => this.#raft.appliedIndex,
      restore: (staged) => restore(staged, this.#machine.state),
      replace: (state, index) => this.#replace(state, index),
      fatal: (error) => this.fatal(error),
    });
  }

  /** All in one turn: nobody sees parts of two states. */
  #replace(state: MemberState, snapshotIndex: LogIndex): StateMachine {
    const former = this.#machine;
    former.halt();
    this.#machine = this.#newMachine(state, snapshotIndex);
    this.hub.restored(state.store);
    this.catchUp.kick();
    this.#peers.changed();
    this.#publisher.stateReplaced();
    return former;
  }

  #newReconfiguration(): Reconfiguration {
    const { clock, logger } = this.#ports;
    return new Reconfiguration(
      { isStrict: this.#options.isReconfigurationStrict },
      {
        member: this,
        raft: this.raft,
        peers: this.#transport,
        clock,
        logger,
        whenApplied: (read) => this.whenApplied(read),
        propose: (change, done) => this.#configure(change, done),
        promoteAtLeader: this.#peers.promoteAtLeader,
        promotions: this.meters.promotions,
      },
    );
  }

  #newDuties(): MemberDuties {
    return new MemberDuties(this.#options, this, {
      ...this.#ports,
      onSettled: () => this.#publisher.versionSettled(),
      forceSnapshot: () => this.#machine.forceSnapshot(),
      checkpointed: () => this.published.then(() => this.#machine.state.buffer.flush()),
    });
  }

  /** Resolves when the cluster knows this member's name and URLs: from then on it may serve. */
  get published(): Promise<void> {
    return this.#publisher.published;
  }

  /** Requests of this member that wait for their outcome. */
  get pendingProposals(): number {
    return this.#waiters.size;
  }

  get atLeader(): LeaderDesk {
    return this.#peers.atLeader;
  }

  /** Hands leadership over to a voter, as leader; `done` is called once. */
  moveLeader(to: MemberId, done: TransferDone): void {
    this.#peers.moveLeader(to, done);
  }

  /** Hands leadership over, if this member leads and somebody can take it: before it stops. */
  handOver(): Promise<void> {
    return this.#peers.handOver();
  }

  defragment(): Promise<void> {
    const { clock, logger } = this.#ports;
    const run = (): Promise<void> =>
      defragment({ store: this.store, size: this.size, clock, logger });
    return this.meters.defragmentations.measured(run);
  }

  stateImage(): Promise<StateImage> {
    return this.#machine.image();
  }

  newLeaseId(): LeaseId {
    return this.#ids.nextLease();
  }

  propose<K extends RequestKind>(
    kind: K,
    request: RequestOf[K],
    done: (outcome: Outcome<K>) => void,
    identity?: Identity,
  ): void {
    if (this.#isStopped) done({ error: new ServerError('SERVER_STOPPED', 'server stopped') });
    else this.#proposals.propose(kind, request, done, identity);
  }

  #configure(...[change, done]: Parameters<ConfChangeProposals['propose']>): void {
    if (this.#isStopped) done(new ServerError('SERVER_STOPPED', 'server stopped'));
    else this.#confChanges.propose(change, done);
  }

  linearizable(read: LinearizableRead): void {
    if (this.#isStopped) read.fail(new ServerError('SERVER_STOPPED', 'server stopped'));
    else this.raft.linearizable(read);
  }

  whenApplied(read: LinearizableRead): void {
    if (this.#isStopped) read.fail(new ServerError('SERVER_STOPPED', 'server stopped'));
    else this.raft.whenApplied(read);
  }

  /**
   * Something happened that must not: a bug of ours, or a disk that fails. The member ends as in
   * a crash, writing nothing any more; `stop` only lets go of its files.
   */
  fatal(error: unknown): void {
    if (this.#isStopped) return;
    this.#hasFailed = true;
    this.#machine.abandon();
    this.#end(error);
  }

  #end(error: unknown): void {
    try {
      this.#halt();
    } finally {
      this.#ports.fatal(error);
    }
  }

  /**
   * Stops taking part, puts what is applied on disk and lets go of the files. Rejects when that or
   * the end of the log cannot be written, which loses nothing that was answered.
   */
  stop(): Promise<void> {
    if (!this.#isStopped) {
      this.raft.writeCommit();
      this.#halt();
    }
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  #halt(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#publisher.stop();
    this.#duties.stop();
    this.catchUp.stop();
    this.raft.stop();
    this.#machine.halt();
    this.removal.stop();
    this.#confChanges.stop();
    this.#peers.stop();
    this.#waiters.settleAll(() => ({ error: new ServerError('SERVER_STOPPED', 'server stopped') }));
  }

  async #close(): Promise<void> {
    await this.#images.installer?.stop();
    const [written] = await Promise.allSettled([this.#machine.end({ flushes: !this.#hasFailed })]);
    const unwritten = await closeStorage(this.#log, this.#machine.state.backend);
    if (written.status === 'rejected') throw written.reason;
    if (unwritten !== undefined && !this.#hasFailed) throw unwritten;
  }

  #run(): void {
    const { scheduler, clock } = this.#ports;
    const expiry = new LeaseExpiry({
      member: this,
      clock,
      leadership: this.leadership,
      revoke: revocation(this, this.#proposals),
    });
    this.#timers.push(
      ...startRounds(this.#options.tickMs, scheduler, {
        tick: () => {
          this.leadership.ticked();
          this.raft.tick();
        },
        sweep: () => this.#sweep(),
        expireLeases: () => expiry.loop(),
        purge: () => this.#machine.purge(),
        measure: () => this.#machine.measure(),
      }),
    );
    this.#peers.connect(this.#ports.others ?? []);
    if (this.#options.advancesElectionTicks) {
      const peers = this.#transport;
      const tick = (): void => this.raft.tick();
      this.#timers.push(
        advanceElectionTicks(this.#options.electionTicks, { scheduler, peers, tick }),
      );
    }
    this.#duties.start();
    this.raft.wake();
    this.#publisher.publish(this.#options.attributes);
  }

  #sweep(): void {
    for (const id of this.raft.sweep()) {
      this.meters.failedProposals++;
      this.#waiters.settle(id, { error: neverTaken() });
    }
    this.#waiters.expire(this.clock.monotonicMs(), (startMs) => {
      this.meters.failedProposals++;
      return { error: this.#peers.timeoutError(startMs) };
    });
    this.#confChanges.expire((startMs) => this.#peers.timeoutError(startMs));
    this.#peers.expire();
  }

  #applyEvents(): ApplyEvents {
    const { clock, meters } = this;
    return {
      applying: () => meters.applies.began(clock.monotonicMs()),
      applied: (request, outcome) => meters.applies.ended(request, outcome, clock.monotonicMs()),
      settled: (id, outcome) => this.#waiters.settle(id, outcome),
      outgrown: (id) =>
        this.quota.raiseAlarmAfterApply(() => {
          const error = new ServerError('SERVER_NO_SPACE', 'database space exceeded');
          this.#waiters.settle(id, { error });
        }),
      termStarted: (term) => this.#termStarted(term),
      reconfigured: (id, error) => {
        this.#peers.changed();
        this.#confChanges.settle(id, error);
      },
      versionSet: (former) => this.#duties.versions.versionSet(former),
      removed: () => this.removal.applied(),
    };
  }

  /** Everything of earlier terms is applied: a leader's leases may expire from now on. */
  #termStarted(term: Term): void {
    this.raft.askReadsAgain();
    if (!this.raft.isLeader || term !== this.raft.term) return;
    const { electionTicks, tickMs } = this.#options;
    this.lessor.promote(this.clock.monotonicMs(), electionTicks * tickMs);
    this.#duties.versions.look();
  }

  #softState(state: SoftState): void {
    if (state.role !== 'leader') this.lessor.demote();
    this.#peers.leaderIs(state.leader);
    this.#ports.logger.info('raft role', {
      'local-member-id': hexId(this.raft.id),
      role: state.role,
      leader: hexId(state.leader),
      term: this.raft.term,
    });
  }
}
