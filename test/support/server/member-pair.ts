/**
 * Two members in one process, under one clock: one leads, the other follows as a learner. The way
 * between them can be cut; the follower can be stopped, killed or deprived of power at any call to
 * its disks, and started again from what is left.
 */

import assert from 'node:assert/strict';
import { defined } from '../../../src/base/assert.ts';
import type { MemberId } from '../../../src/base/ids.ts';
import type { Clock } from '../../../src/base/ports/clock.ts';
import { FileError } from '../../../src/base/ports/file-system.ts';
import type { PeerTransport } from '../../../src/base/ports/peer-transport.ts';
import type { Random } from '../../../src/base/ports/random.ts';
import type { Scheduler, Timer } from '../../../src/base/ports/scheduler.ts';
import type { ServiceTable } from '../../../src/grpc/index.ts';
import { Message, type MessageCodec, MessageType } from '../../../src/pb/index.ts';
import { ClientRequests } from '../../../src/server/api/client-requests.ts';
import { OpenCalls } from '../../../src/server/api/open-calls.ts';
import { serviceTable } from '../../../src/server/api/service-table.ts';
import { Member } from '../../../src/server/member.ts';
import type { MemberOptions, PeerEnds } from '../../../src/server/member-options.ts';
import { clusterId } from '../../../src/server/membership/ids.ts';
import { NO_TRANSPORT } from '../../../src/server/node/peer-links.ts';
import { bootstrap } from '../../../src/server/storage/bootstrap.ts';
import { openStorage } from '../../../src/server/storage/open-storage.ts';
import { LogSession } from '../../../src/wal/index.ts';
import type { MemoryBackend } from '../../sim/memory-backend.ts';
import { PowerLossError } from '../../sim/memory-file-system.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { SimDisks } from '../../sim/sim-disks.ts';
import { SimLogWriter } from '../../sim/sim-log-writer.ts';
import { SimScheduler } from '../../sim/sim-scheduler.ts';
import { PLAIN_PASSWORDS } from '../auth/plain-passwords.ts';
import { RecordingLogger } from '../recording-logger.ts';
import { FakeBidiCall, FakeUnaryCall } from './fake-calls.ts';
import { memoryGrowingFiles } from './images.ts';
import { START_PORTS } from './start-ports.ts';

const DATA_DIR = '/data';
const KV_DIR = `${DATA_DIR}/member/kv`;
const STEPS_MAX = 400_000;

const OPTIONS: Omit<MemberOptions, 'attributes'> = {
  tickMs: 100,
  electionTicks: 10,
  preVote: true,
  advancesElectionTicks: false,
  isReconfigurationStrict: false,
  learnersMax: 3,
  requestBytesMax: 1_572_864,
  quotaBytes: 2 * 1024 ** 3,
  batchIntervalMs: 100,
  batchOperationsMax: 50,
  compactionBatchLimit: 1000,
  compactionPauseMs: 10,
  slowMs: 100,
  tokenTtlMs: 300_000,
  downgradeCheckIntervalMs: 5000,
  corruptCheckIntervalMs: 0,
  compactHashCheckIntervalMs: 0,
  snapshots: {
    entries: 20,
    catchUpEntries: 5,
    logBytesMax: 1 << 20,
    segmentsMax: 2,
    snapshotsMax: 2,
  },
};

const identityOf = (name: string, id: MemberId) => ({
  id,
  peerURLs: [`http://${name}:2380`],
  isLearner: name === 'follower',
  name,
  clientURLs: [`http://${name}:2379`],
});
const LEADER = identityOf('leader', 1n);
const FOLLOWER = identityOf('follower', 2n);

/** The time of one life of a process: what it has planned is void when that is over. */
class LifeTime implements Scheduler, Clock {
  isOver = false;
  readonly #time: SimScheduler;

  constructor(time: SimScheduler) {
    this.#time = time;
  }

  monotonicMs(): number {
    return this.#time.monotonicMs();
  }

  wallMs(): number {
    return this.#time.wallMs();
  }

  defer(task: () => void): void {
    this.#time.defer(() => this.#run(task));
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#time.after(delayMs, () => this.#run(task));
  }

  every(periodMs: number, task: () => void): Timer {
    const timer = this.#time.every(periodMs, () => (this.isOver ? timer.cancel() : task()));
    return timer;
  }

  #run(task: () => void): void {
    if (!this.isOver) task();
  }
}

export class PairMember {
  readonly identity: typeof LEADER;
  readonly fatals: unknown[] = [];
  readonly logger = new RecordingLogger();
  /** Peers that the transport was told of, and their URLs. */
  readonly peers = new Map<MemberId, readonly string[]>();
  disks = new SimDisks();
  /** Called before a state is staged, which then waits for it. */
  beforeStage: () => Promise<void> = () => Promise.resolve();
  /** While true the backend that it was started on writes nothing. */
  isBackendStalled = false;
  ends: PeerEnds | undefined;
  readonly #pair: MemberPair;
  #life: LifeTime;
  #backends: MemoryBackend[] = [];
  #member: Member | undefined;
  #table: ServiceTable = new Map();

  constructor(pair: MemberPair, identity: typeof LEADER) {
    this.#pair = pair;
    this.identity = identity;
    this.#life = new LifeTime(pair.time);
  }

  get member(): Member {
    return defined(this.#member, 'the member runs');
  }

  /** The backend that it was started on. */
  get backend(): MemoryBackend {
    return defined(this.#backends[0], 'the member runs');
  }

  /** Starts it on what its disks hold; rejects with what stands in the way. */
  async start(): Promise<void> {
    const { disks, logger } = this;
    const life = new LifeTime(this.#pair.time);
    this.#life = life;
    const identity = { member: this.identity.id, cluster: clusterId([LEADER.id]) };
    const opened = await this.#pair.settled(
      openStorage(
        {
          dataDir: DATA_DIR,
          walDir: undefined,
          segmentBytes: 8192,
          identity: () => Promise.resolve(identity),
        },
        {
          ...START_PORTS,
          files: disks.files,
          logger,
          openBackend: async (folder) => this.#held(await disks.openBackend(folder)),
          stageBackend: async (folder) => {
            await this.beforeStage();
            const staged = await disks.stageBackend(folder);
            this.#held(staged.backend as MemoryBackend);
            return staged;
          },
        },
      ),
    );
    const { random } = this.#pair;
    const { position, snapshotDirectory } = opened;
    const session = new LogSession({
      files: disks.files,
      logger,
      position,
      snapshotDirectory,
      segmentBytes: 8192,
    });
    const log = new SimLogWriter({
      session,
      scheduler: life,
      random,
      onPowerLoss: () => this.#pair.powerLost(this),
    });
    const founders = this.identity === LEADER ? [LEADER] : undefined;
    const begun = opened.isNew ? bootstrap(opened, { ...identity, founders }, log) : opened;
    const storage = await this.#pair.settled(Promise.resolve(begun));
    const { name, clientURLs } = this.identity;
    this.#member = await this.#pair.settled(
      Member.start({ ...OPTIONS, attributes: { name, clientURLs } }, storage, {
        logger,
        clock: life,
        scheduler: life,
        random,
        log,
        images: { ...opened, createFile: memoryGrowingFiles(disks.files) },
        connect: (ends) => this.#connect(ends),
        fatal: (error) => this.#failed(error),
      }),
    );
    this.#table = serviceTable(
      { trustsCommonNames: true, txnOpsMax: 128, progressIntervalMs: 600_000 },
      {
        member: this.#member,
        scheduler: life,
        random,
        passwords: PLAIN_PASSWORDS,
        calls: new OpenCalls(),
        requests: new ClientRequests(),
      },
    );
  }

  async stop(): Promise<void> {
    await this.#pair.settled(this.member.stop());
    this.#forget();
  }

  /** The machine has no power any more; `random` draws what is left of what was not synced. */
  losePower(random: Random): void {
    this.disks = this.disks.afterPowerLoss(random);
    this.#forget();
  }

  /** Carries out the commits that wait: two calls to the disk each. */
  commit(): void {
    for (const [at, backend] of this.#backends.entries()) {
      if (at === 0 && this.isBackendStalled) continue;
      while (backend.heldCommits > 0) this.#commitOne(backend);
    }
  }

  #commitOne(backend: MemoryBackend): void {
    try {
      this.disks.files.countCall('commit', KV_DIR);
      backend.showCommit();
      this.disks.files.countCall('answer commit', KV_DIR);
      backend.answerCommit();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      backend.refuseCommit();
    }
  }

  unary<Request>(path: string, codec: MessageCodec<Request>, request: Request): FakeUnaryCall {
    const method = this.#table.get(path);
    if (method?.kind !== 'unary') assert.fail(`${path} is no unary method`);
    const call = new FakeUnaryCall();
    method.handler(call, codec.encode(request));
    return call;
  }

  stream<Request>(path: string, codec: MessageCodec<Request>, request: Request): FakeBidiCall {
    const method = this.#table.get(path);
    const call = new FakeBidiCall();
    if (method?.kind === 'server-stream') method.handler(call, codec.encode(request));
    else if (method?.kind === 'bidi') {
      method.handler(call);
      call.receive(codec.encode(request));
    } else assert.fail(`${path} is no stream`);
    return call;
  }

  #failed(error: unknown): void {
    if (error instanceof PowerLossError) this.#pair.powerLost(this);
    else this.fatals.push(error);
  }

  #held(backend: MemoryBackend): MemoryBackend {
    backend.holdCommits = true;
    this.#backends.push(backend);
    return backend;
  }

  #connect(ends: PeerEnds): PeerTransport<Message> {
    this.ends = ends;
    this.peers.clear();
    return {
      ...NO_TRANSPORT,
      activeSince: () => 0,
      activePeers: 1,
      addPeer: (id, urls) => void this.peers.set(id, urls),
      updatePeer: (id, urls) => void this.peers.set(id, urls),
      removePeer: (id) => void this.peers.delete(id),
      send: (messages) => {
        for (const message of messages) this.#pair.carry(this, message);
      },
    };
  }

  #forget(): void {
    this.#life.isOver = true;
    this.#member = undefined;
    this.#backends = [];
    this.#table = new Map();
    this.ends = undefined;
  }
}

export class MemberPair {
  readonly random: SeededRandom;
  readonly time: SimScheduler;
  readonly leader: PairMember;
  readonly follower: PairMember;
  /** While true nothing gets from one to the other. */
  isCut = false;
  /** Called when a snapshot has left as raft has it; the state that goes with it waits for it. */
  beforeArrival: () => Promise<void> = () => Promise.resolve();
  /** Whether a snapshot is on its way. */
  isSending = false;
  /** Snapshots that were sent whole. */
  snapshotsSent = 0;
  #powerless: PairMember | undefined;

  private constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.time = new SimScheduler(this.random);
    this.leader = new PairMember(this, LEADER);
    this.follower = new PairMember(this, FOLLOWER);
  }

  /** A leader that serves, and a follower that has all that it has. */
  static async start(seed = 1): Promise<MemberPair> {
    const pair = new MemberPair(seed);
    const { leader, follower } = pair;
    await leader.start();
    await pair.settled(leader.member.published);
    const isAdded = new Promise<void>((resolve) => {
      leader.member.reconfiguration.add(FOLLOWER, () => resolve());
    });
    await pair.settled(isAdded);
    await follower.start();
    await pair.settled(follower.member.published);
    return pair;
  }

  /** The two on what others left; the follower is not started yet. */
  static async resume(left: { leader: SimDisks; follower: SimDisks }): Promise<MemberPair> {
    const pair = new MemberPair(1);
    pair.leader.disks = left.leader.afterProcessDeath();
    pair.follower.disks = left.follower.afterProcessDeath();
    // Request ids are made from the time.
    pair.time.skip(3_600_000);
    await pair.leader.start();
    await pair.settled(pair.leader.member.published);
    return pair;
  }

  /** Until the follower has applied what the leader has. */
  async caughtUp(): Promise<void> {
    const { leader, follower } = this;
    await this.until(
      () =>
        follower.member.raft.appliedIndex === leader.member.raft.appliedIndex &&
        follower.member.store.currentRevision === leader.member.store.currentRevision,
    );
  }

  /** One task of either member. Rejects with PowerLossError when the power of one is gone. */
  async step(): Promise<void> {
    await this.time.step();
    for (const member of [this.leader, this.follower]) {
      try {
        member.commit();
      } catch (error) {
        if (!(error instanceof PowerLossError)) throw error;
        this.powerLost(member);
      }
    }
    if (this.#powerless === undefined) return;
    this.#powerless = undefined;
    throw new PowerLossError('a member is down');
  }

  async until(condition: () => boolean): Promise<void> {
    for (let steps = 0; !condition(); steps++) {
      if (steps === STEPS_MAX) assert.fail('the condition never came true');
      await this.step();
    }
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.time.monotonicMs() + ms;
    await this.until(() => this.time.monotonicMs() >= endMs);
  }

  async settled<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const note = (): void => {
      isSettled = true;
    };
    promise.then(note, note);
    await Promise.resolve();
    await this.until(() => isSettled);
    return promise;
  }

  powerLost(member: PairMember): void {
    this.#powerless = member;
  }

  carry(from: PairMember, message: Message): void {
    const to = from === this.leader ? this.follower : this.leader;
    if (message.type === MessageType.MsgSnap) {
      void this.#carrySnapshot(from, to, message);
      return;
    }
    const bytes = Message.encode(message);
    this.time.after(this.random.below(3), () => {
      if (this.isCut || to.ends === undefined) from.ends?.events.unreachable(message.to);
      else to.ends.events.received([Message.decode(bytes)]);
    });
  }

  async #carrySnapshot(from: PairMember, to: PairMember, asked: Message): Promise<void> {
    const sent = (isSaved: boolean): void =>
      this.time.defer(() => from.ends?.events.snapshotSent(asked.to, isSaved));
    const source = from.ends?.snapshots;
    const target = to.ends;
    if (this.isCut || source === undefined || target === undefined) return sent(false);
    try {
      const outgoing = await source.open(asked);
      this.isSending = true;
      await this.beforeArrival();
      const { message, body } = outgoing;
      try {
        await target.snapshots.save(message, body);
      } finally {
        await outgoing.close();
      }
      this.snapshotsSent++;
      this.time.defer(() => target.events.received([message]));
      sent(true);
    } catch (error) {
      if (error instanceof PowerLossError) this.powerLost(to);
      sent(false);
    } finally {
      this.isSending = false;
    }
  }
}
