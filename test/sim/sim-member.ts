/**
 * One member alone, over disks in memory, under a clock, turns and faults that a seed decides: it
 * can be started, used through its services, killed or deprived of power between any two steps,
 * and started again from what is left.
 */
import assert from 'node:assert/strict';
import type { FileErrorCode } from '../../src/base/ports/file-system.ts';
import type { Logger } from '../../src/base/ports/logger.ts';
import type { ServiceTable } from '../../src/grpc/index.ts';
import type { MessageCodec } from '../../src/pb/index.ts';
import type { Member } from '../../src/server/member.ts';
import type { MemberOptions } from '../../src/server/member-options.ts';
import { clusterId, memberId } from '../../src/server/membership/ids.ts';
import { bootstrap } from '../../src/server/storage/bootstrap.ts';
import type { OpenedStorage } from '../../src/server/storage/open-storage.ts';
import { FakeBidiCall, FakeUnaryCall } from '../support/server/fake-calls.ts';
import { type BeginLog, MemberProcess } from './member-process.ts';
import type { MemoryBackend } from './memory-backend.ts';
import { type MemoryFileSystem, PowerLossError } from './memory-file-system.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimDisks } from './sim-disks.ts';
import type { SimLogWriter } from './sim-log-writer.ts';
import { SimScheduler } from './sim-scheduler.ts';

const PEER_URLS = ['http://localhost:2380'];
/** More steps than any wait of a test takes. */
const STEPS_MAX = 200_000;

export const FOUNDER = {
  id: memberId(PEER_URLS, 'etcd-cluster'),
  peerURLs: PEER_URLS,
  isLearner: false,
  name: 'default',
  clientURLs: [],
};

/** The member founds a cluster of its own. */
const PLAN = { member: FOUNDER.id, cluster: clusterId([FOUNDER.id]), founders: [FOUNDER] };

export const OPTIONS_DEFAULT: MemberOptions = {
  attributes: { name: 'default', clientURLs: ['http://localhost:2379'] },
  tickMs: 100,
  electionTicks: 10,
  preVote: true,
  advancesElectionTicks: true,
  isReconfigurationStrict: true,
  learnersMax: 1,
  downgradeCheckIntervalMs: 5000,
  corruptCheckIntervalMs: 0,
  compactHashCheckIntervalMs: 0,
  requestBytesMax: 1_572_864,
  quotaBytes: 2 * 1024 ** 3,
  batchIntervalMs: 100,
  batchOperationsMax: 50,
  compactionBatchLimit: 10,
  compactionPauseMs: 10,
  slowMs: 100,
  tokenTtlMs: 300_000,
  snapshots: {
    entries: 30,
    catchUpEntries: 10,
    logBytesMax: 1 << 20,
    segmentsMax: 2,
    snapshotsMax: 2,
  },
};

const founded: BeginLog = (opened, log) =>
  opened.isNew ? bootstrap(opened, PLAN, log) : Promise.resolve(opened);

/** A line of the member's log. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
}

export class SimMember {
  readonly random: SeededRandom;
  readonly scheduler: SimScheduler;
  readonly logLines: LogLine[] = [];
  /** What the member reported as fatal in this life. */
  fatals: unknown[] = [];
  /** Request headers of the calls to come. */
  headers: Readonly<Record<string, string>> = {};
  /** What a restart would find. */
  disks: SimDisks;
  readonly #options: MemberOptions;
  #process: MemberProcess;
  #hasNoPower = false;
  #stepsLeft = Infinity;

  /** A machine with `disks`, on which nothing runs yet. */
  constructor(seed: number, options: Partial<MemberOptions> = {}, disks = new SimDisks()) {
    this.disks = disks;
    this.random = new SeededRandom(seed);
    this.scheduler = new SimScheduler(this.random);
    this.#options = { ...OPTIONS_DEFAULT, ...options };
    this.#process = this.#newProcess();
  }

  get files(): MemoryFileSystem {
    return this.disks.files;
  }

  get member(): Member {
    return this.#process.member;
  }

  get backend(): MemoryBackend {
    return this.#process.backend;
  }

  get log(): SimLogWriter {
    return this.#process.log;
  }

  /** When set, commits wait for `backend.showCommit` and `answerCommit`. */
  get holdsCommits(): boolean {
    return this.#process.holdsCommits;
  }

  set holdsCommits(holds: boolean) {
    this.#process.holdsCommits = holds;
  }

  /**
   * Starts the member and waits until it may serve. Rejects with what stands in the way, and with
   * PowerLossError.
   */
  async start(): Promise<void> {
    const opened = await this.open();
    const member = await this.run(opened);
    let isPublished = false;
    void member.published.then(() => {
      isPublished = true;
    });
    await this.until(() => isPublished || this.fatals.length > 0);
    if (!isPublished) throw this.fatals[0];
  }

  /** Opens the storage, as a start does first. */
  open(): Promise<OpenedStorage> {
    return this.#process.open();
  }

  /** Runs a member on opened storage, whose log `begin` begins; it may not serve yet. */
  run(opened: OpenedStorage, begin: BeginLog = founded): Promise<Member> {
    return this.settled(this.#process.run(opened, begin, {}));
  }

  /** Calls that may go on for ever, and do still. */
  get openCalls(): number {
    return this.#process.calls.size;
  }

  /** Ends the calls that would go on for ever, as a stopping server does first. */
  endCalls(): void {
    this.#process.calls.endAll();
  }

  /** Stops the member as a signal does. */
  async stop(): Promise<void> {
    this.endCalls();
    await this.settled(this.member.stop());
    this.#forget();
  }

  /** One task of the member. Rejects with PowerLossError once the power is gone. */
  async step(): Promise<void> {
    if (this.#stepsLeft === 0) this.losePower();
    this.#stepsLeft--;
    if (this.#hasNoPower) throw new PowerLossError('the member is down');
    await this.scheduler.step();
  }

  /** Steps until `condition` holds. */
  async until(condition: () => boolean): Promise<void> {
    for (let steps = 0; !condition(); steps++) {
      if (steps === STEPS_MAX) assert.fail('the condition never came true');
      await this.step();
    }
  }

  /** Steps until so much time has passed. */
  async pass(ms: number): Promise<void> {
    const endMs = this.scheduler.monotonicMs() + ms;
    await this.until(() => this.scheduler.monotonicMs() >= endMs);
  }

  /** Steps until `promise` has settled, and gives its result. */
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

  /** The member gets `count` more steps; after that its power is gone. */
  losePowerAfterSteps(count: number): void {
    this.#stepsLeft = count;
  }

  losePower(): void {
    this.#hasNoPower = true;
  }

  /**
   * The process is gone at once. `power`: un-synced bytes are lost, each sector by a draw;
   * otherwise (kill -9) the system still has them all.
   */
  crash(how: 'kill' | 'power'): void {
    const { disks } = this;
    this.disks = how === 'power' ? disks.afterPowerLoss(this.random) : disks.afterProcessDeath();
    this.#forget();
  }

  /** The nth call from now that writes to a file or to the backend fails. */
  failDiskCall(nth: number, code: FileErrorCode): void {
    this.files.failCall(nth, code);
  }

  checkInvariants(): void {
    this.#process.checkInvariants();
  }

  /** The methods as a transport sees them, for calls with bytes that are no request. */
  get services(): ServiceTable {
    return this.#process.services;
  }

  /** Sends a request to a unary method. */
  unary<Request>(path: string, codec: MessageCodec<Request>, request: Request): FakeUnaryCall {
    const method = this.services.get(path);
    if (method?.kind !== 'unary') assert.fail(`${path} is no unary method`);
    const call = new FakeUnaryCall(this.headers);
    method.handler(call, codec.encode(request));
    return call;
  }

  /** Sends a request to a method that answers with a stream. */
  serverStream<Request>(
    path: string,
    codec: MessageCodec<Request>,
    request: Request,
  ): FakeBidiCall {
    const method = this.services.get(path);
    if (method?.kind !== 'server-stream') assert.fail(`${path} answers with no stream`);
    const call = new FakeBidiCall(this.headers);
    method.handler(call, codec.encode(request));
    return call;
  }

  /** Opens a stream. */
  bidi(path: string): FakeBidiCall {
    const method = this.services.get(path);
    if (method?.kind !== 'bidi') assert.fail(`${path} is no stream`);
    const call = new FakeBidiCall(this.headers);
    method.handler(call);
    return call;
  }

  #forget(): void {
    this.scheduler.clear();
    this.#hasNoPower = false;
    this.#stepsLeft = Infinity;
    this.fatals = [];
    this.#process = this.#newProcess();
  }

  #newProcess(): MemberProcess {
    return new MemberProcess(this.#options, {
      disks: this.disks,
      time: this.scheduler,
      random: this.random,
      logger: this.#logger(),
      identity: () => Promise.resolve(PLAN),
      fatal: (error) => this.fatals.push(error),
      onPowerLoss: () => this.losePower(),
    });
  }

  #logger(): Logger {
    const line =
      (level: keyof Logger): Logger[keyof Logger] =>
      (message) => {
        this.logLines.push({ level, message });
      };
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      fatal: line('fatal'),
    };
  }
}
