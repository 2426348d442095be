/**
 * One member in one process, over disks in memory, under a clock, turns and faults that a seed
 * decides: it can be started, used through its services, killed or deprived of power between any
 * two steps, and started again from what is left.
 */
import assert from 'node:assert/strict';
import { defined } from '../../src/base/assert.ts';
import { FileError, type FileErrorCode } from '../../src/base/ports/file-system.ts';
import type { Logger } from '../../src/base/ports/logger.ts';
import type { ServiceTable } from '../../src/grpc/index.ts';
import { type MessageCodec } from '../../src/pb/index.ts';
import { ClientRequests } from '../../src/server/api/client-requests.ts';
import { OpenCalls } from '../../src/server/api/open-calls.ts';
import { serviceTable } from '../../src/server/api/service-table.ts';
import { Member } from '../../src/server/member.ts';
import type { MemberOptions } from '../../src/server/member-options.ts';
import { clusterId, memberId } from '../../src/server/membership/ids.ts';
import { bootstrap } from '../../src/server/storage/bootstrap.ts';
import { type OpenedStorage, openStorage } from '../../src/server/storage/open-storage.ts';
import { LogSession, type LogWriter } from '../../src/wal/index.ts';
import { FakeBidiCall, FakeUnaryCall } from '../support/server/fake-calls.ts';
import type { MemoryBackend } from './memory-backend.ts';
import { type MemoryFileSystem, PowerLossError } from './memory-file-system.ts';
import { SeededRandom } from './seeded-random.ts';
import { SimDisks } from './sim-disks.ts';
import { SimLogWriter } from './sim-log-writer.ts';
import { SimScheduler } from './sim-scheduler.ts';

const DATA_DIR = '/data';
const BACKEND_DIR = `${DATA_DIR}/member/kv`;
const SEGMENT_BYTES = 8192;
const PEER_URLS = ['http://localhost:2380'];
/** More steps than any wait of a test takes. */
const STEPS_MAX = 200_000;
/** Longest time a backend commit takes to show, and then to be answered. */
const COMMIT_DELAY_MS = 40;

export const FOUNDER = {
  id: memberId(PEER_URLS, 'etcd-cluster'),
  peerURLs: PEER_URLS,
  isLearner: false,
  name: 'default',
  clientURLs: [],
};

/** The member founds a cluster of its own. */
const PLAN = { member: FOUNDER.id, cluster: clusterId([FOUNDER.id]), founders: [FOUNDER] };

const OPTIONS_DEFAULT: MemberOptions = {
  attributes: { name: 'default', clientURLs: ['http://localhost:2379'] },
  tickMs: 100,
  electionTicks: 10,
  preVote: true,
  advancesElectionTicks: true,
  isReconfigurationStrict: true,
  learnersMax: 1,
  downgradeCheckIntervalMs: 5000,
  requestBytesMax: 1_572_864,
  quotaBytes: 2 * 1024 ** 3,
  batchIntervalMs: 100,
  batchOperationsMax: 50,
  compactionBatchLimit: 10,
  compactionPauseMs: 10,
  slowMs: 100,
  snapshots: {
    entries: 30,
    catchUpEntries: 10,
    logBytesMax: 1 << 20,
    segmentsMax: 2,
    snapshotsMax: 2,
  },
};

/** Writes what has to stand in a log before a member runs on it. */
export type BeginLog = (opened: OpenedStorage, log: LogWriter) => Promise<OpenedStorage>;

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
  /** What a restart would find. */
  disks: SimDisks;
  /** When set, commits wait for `backend.showCommit` and `answerCommit`. */
  holdsCommits = false;
  readonly #options: MemberOptions;
  #backend: MemoryBackend | undefined;
  #log: SimLogWriter | undefined;
  #member: Member | undefined;
  #table: ServiceTable | undefined;
  #calls = new OpenCalls();
  #commitPlanned = false;
  #hasNoPower = false;
  #stepsLeft = Infinity;

  /** A machine with `disks`, on which nothing runs yet. */
  constructor(seed: number, options: Partial<MemberOptions> = {}, disks = new SimDisks()) {
    this.disks = disks;
    this.random = new SeededRandom(seed);
    this.scheduler = new SimScheduler(this.random);
    this.#options = { ...OPTIONS_DEFAULT, ...options };
  }

  get files(): MemoryFileSystem {
    return this.disks.files;
  }

  get member(): Member {
    return defined(this.#member, 'the member runs');
  }

  get backend(): MemoryBackend {
    return defined(this.#backend, 'the backend is open');
  }

  get log(): SimLogWriter {
    return defined(this.#log, 'the log is open');
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
    return openStorage(
      {
        dataDir: DATA_DIR,
        walDir: undefined,
        segmentBytes: SEGMENT_BYTES,
        identity: () => Promise.resolve(PLAN),
      },
      {
        files: this.files,
        logger: this.#logger(),
        openBackend: async (folder) => {
          this.#backend = await this.disks.openBackend(folder);
          this.#backend.holdCommits = true;
          return this.#backend;
        },
        stageBackend: (folder) => this.disks.stageBackend(folder),
      },
    );
  }

  /** Runs a member on opened storage, whose log `begin` begins; it may not serve yet. */
  async run(opened: OpenedStorage, begin: BeginLog = founded): Promise<Member> {
    const { scheduler, random } = this;
    const logger = this.#logger();
    const { position, snapshotDirectory } = opened;
    const session = new LogSession({
      files: this.files,
      logger,
      position,
      snapshotDirectory,
      segmentBytes: SEGMENT_BYTES,
    });
    const onPowerLoss = (): void => this.losePower();
    const log = new SimLogWriter({ session, scheduler, random, onPowerLoss });
    this.#log = log;
    const storage = await this.settled(begin(opened, log));
    const starting = Member.start(this.#options, storage, {
      logger,
      clock: scheduler,
      scheduler,
      random,
      log,
      fatal: (error) => this.fatals.push(error),
    });
    const member = await this.settled(starting);
    this.#member = member;
    this.#calls = new OpenCalls();
    this.#table = serviceTable(
      { txnOpsMax: 128, progressIntervalMs: 600_000 },
      { member, scheduler, random, calls: this.#calls, requests: new ClientRequests() },
    );
    return member;
  }

  /** Calls that may go on for ever, and do still. */
  get openCalls(): number {
    return this.#calls.size;
  }

  /** Ends the calls that would go on for ever, as a stopping server does first. */
  endCalls(): void {
    this.#calls.endAll();
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
    this.#planCommit();
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
    this.member.store.checkInvariants();
    this.member.lessor.checkInvariants();
    this.member.hub.checkInvariants();
  }

  /** The methods as a transport sees them, for calls with bytes that are no request. */
  get services(): ServiceTable {
    return defined(this.#table, 'the member runs');
  }

  /** Sends a request to a unary method. */
  unary<Request>(path: string, codec: MessageCodec<Request>, request: Request): FakeUnaryCall {
    const method = this.services.get(path);
    if (method?.kind !== 'unary') assert.fail(`${path} is no unary method`);
    const call = new FakeUnaryCall();
    method.handler(call, codec.encode(request));
    return call;
  }

  /** Sends a request to a method that answers with a stream. */
  serverStream<Request>(
    path: string,
    codec: MessageCodec<Request>,
    request: Request,
  ): FakeBidiCall {
    const method = this.#table?.get(path);
    if (method?.kind !== 'server-stream') assert.fail(`${path} answers with no stream`);
    const call = new FakeBidiCall();
    method.handler(call, codec.encode(request));
    return call;
  }

  /** Opens a stream. */
  bidi(path: string): FakeBidiCall {
    const method = this.services.get(path);
    if (method?.kind !== 'bidi') assert.fail(`${path} is no stream`);
    const call = new FakeBidiCall();
    method.handler(call);
    return call;
  }

  #forget(): void {
    this.scheduler.clear();
    this.#member = undefined;
    this.#backend = undefined;
    this.#log = undefined;
    this.#commitPlanned = false;
    this.#hasNoPower = false;
    this.#stepsLeft = Infinity;
    this.fatals = [];
  }

  /** A commit shows after a while, and is answered a while after that. */
  #planCommit(): void {
    const backend = this.#backend;
    if (this.#commitPlanned || this.holdsCommits || backend === undefined) return;
    if (backend.heldCommits === 0) return;
    this.#commitPlanned = true;
    const { scheduler, random } = this;
    const done = (): void => {
      this.#commitPlanned = false;
    };
    scheduler.after(random.below(COMMIT_DELAY_MS), () => {
      if (!this.#commitStep('commit', backend)) return done();
      scheduler.after(random.below(COMMIT_DELAY_MS), () => {
        this.#commitStep('answer commit', backend);
        done();
      });
    });
  }

  /** One of the two disk calls that a commit counts as; false when it fails. */
  #commitStep(step: 'commit' | 'answer commit', backend: MemoryBackend): boolean {
    try {
      this.files.countCall(step, BACKEND_DIR);
      if (step === 'commit') backend.showCommit();
      else backend.answerCommit();
      return true;
    } catch (error) {
      if (error instanceof PowerLossError) this.losePower();
      else if (error instanceof FileError) backend.refuseCommit();
      else throw error;
      return false;
    }
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
