/**
 * One member as a process of a simulated machine: opened and started on its disks, used through its
 * services, driven by the tasks of its time. It ends when its machine says so: then nothing of it
 * runs any more.
 */

import { defined } from '../../src/base/assert.ts';
import type { Logger } from '../../src/base/ports/logger.ts';
import type { Random } from '../../src/base/ports/random.ts';
import type { ServiceTable } from '../../src/grpc/index.ts';
import { ClientRequests } from '../../src/server/api/client-requests.ts';
import { OpenCalls } from '../../src/server/api/open-calls.ts';
import { serviceTable } from '../../src/server/api/service-table.ts';
import { Member } from '../../src/server/member.ts';
import type { MemberOptions, MemberPorts } from '../../src/server/member-options.ts';
import type { StagedState } from '../../src/server/snapshot-image/ports.ts';
import {
  type OpenedStorage,
  openStorage,
  type StorageOptions,
} from '../../src/server/storage/open-storage.ts';
import { type LogCommand, LogSession, type LogWriter, type WalBatch } from '../../src/wal/index.ts';
import { START_PORTS } from '../support/server/start-ports.ts';
import { HeldCommits } from './held-commits.ts';
import type { MemoryBackend } from './memory-backend.ts';
import { LifeTime, type ProcessTime } from './process-time.ts';
import type { SimDisks } from './sim-disks.ts';
import { SimLogWriter } from './sim-log-writer.ts';

const DATA_DIR = '/data';
const BACKEND_DIR = `${DATA_DIR}/member/kv`;
export const SEGMENT_BYTES = 8192;

export interface MemberProcessPorts {
  readonly disks: SimDisks;
  readonly time: ProcessTime;
  readonly random: Random;
  readonly logger: Logger;
  /** Asked of a member without data. */
  readonly identity: StorageOptions['identity'];
  /** The member cannot go on. Called once. */
  readonly fatal: (error: unknown) => void;
  /** The disks have no power any more; nothing is ever answered from here on. */
  readonly onPowerLoss: () => void;
  /** Sees what is to be appended to the log, as it comes. */
  readonly onAppend?: (batch: WalBatch) => void;
  /** Sees what the log has carried out, before the member hears of it. */
  readonly onLogged?: (command: LogCommand) => void;
}

/** What plugs a member into a cluster; without it, it is alone. */
export type ClusterPorts = Partial<
  Pick<MemberPorts, 'connect' | 'others' | 'atLeader' | 'askVersions' | 'remoteHashes' | 'images'>
>;

/** Writes what has to stand in a log before a member runs on it. */
export type BeginLog = (opened: OpenedStorage, log: LogWriter) => Promise<OpenedStorage>;

export class MemberProcess {
  readonly #options: MemberOptions;
  readonly #ports: MemberProcessPorts;
  readonly #time: LifeTime;
  readonly #calls = new OpenCalls();
  #commits: HeldCommits | undefined;
  #holdsCommits = false;
  #log: SimLogWriter | undefined;
  #member: Member | undefined;
  #table: ServiceTable | undefined;

  constructor(options: MemberOptions, ports: MemberProcessPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#time = new LifeTime(ports.time);
  }

  get member(): Member {
    return defined(this.#member, 'the member runs');
  }

  get isRunning(): boolean {
    return this.#member !== undefined;
  }

  get backend(): MemoryBackend {
    return defined(this.#commits, 'the backend is open').backend;
  }

  /** When set, commits wait for `backend.showCommit` and `answerCommit`. */
  get holdsCommits(): boolean {
    return this.#holdsCommits;
  }

  set holdsCommits(holds: boolean) {
    this.#holdsCommits = holds;
    if (this.#commits === undefined) return;
    this.#commits.isPaused = holds;
    this.#commits.plan();
  }

  get log(): SimLogWriter {
    return defined(this.#log, 'the log is open');
  }

  /** The methods as a transport sees them. */
  get services(): ServiceTable {
    return defined(this.#table, 'the member runs');
  }

  /** Calls that may go on for ever, and do still. */
  get calls(): OpenCalls {
    return this.#calls;
  }

  /** Opens the storage, as a start does first. */
  open(): Promise<OpenedStorage> {
    const { disks, logger, identity } = this.#ports;
    return openStorage(
      { dataDir: DATA_DIR, walDir: undefined, segmentBytes: SEGMENT_BYTES, identity },
      {
        ...START_PORTS,
        files: disks.files,
        logger,
        openBackend: async (folder) => this.#held(await disks.openBackend(folder)),
        stageBackend: (folder) => this.#stage(folder),
      },
    );
  }

  /** Runs a member on opened storage, whose log `begin` begins; it may not serve yet. */
  async run(opened: OpenedStorage, begin: BeginLog, cluster: ClusterPorts): Promise<Member> {
    const { disks, random, logger, fatal, onPowerLoss, onAppend, onLogged } = this.#ports;
    const time = this.#time;
    const { position, snapshotDirectory } = opened;
    const session = new LogSession({
      files: disks.files,
      logger,
      position,
      snapshotDirectory,
      segmentBytes: SEGMENT_BYTES,
    });
    const sees = { onPowerLoss, onAppend, onDone: onLogged };
    const log = new SimLogWriter({ session, scheduler: time, random, ...sees });
    this.#log = log;
    const storage = await begin(opened, log);
    const common = { logger, clock: time, scheduler: time, random };
    const member = await Member.start(this.#options, storage, {
      ...common,
      ...cluster,
      former: opened.former,
      log,
      fatal,
    });
    this.#member = member;
    this.#table = serviceTable(
      { txnOpsMax: 128, progressIntervalMs: 600_000 },
      { member, scheduler: time, random, calls: this.#calls, requests: new ClientRequests() },
    );
    return member;
  }

  /** A state beside the one that is open; its commits take time once it is the member's. */
  async #stage(folder: string): Promise<StagedState> {
    const staged = await this.#ports.disks.stageBackend(folder);
    const adopt = (): void => {
      staged.adopt();
      this.#held(staged.backend as MemoryBackend);
    };
    return { ...staged, adopt };
  }

  #held(backend: MemoryBackend): MemoryBackend {
    const { disks, random, onPowerLoss } = this.#ports;
    const scheduler = this.#time;
    const { files } = disks;
    const ports = { files, folder: BACKEND_DIR, scheduler, random, onPowerLoss };
    this.#commits = new HeldCommits(backend, ports);
    this.#commits.isPaused = this.#holdsCommits;
    return backend;
  }

  checkInvariants(): void {
    this.member.raft.checkInvariants();
    this.member.store.checkInvariants();
    this.member.lessor.checkInvariants();
    this.member.hub.checkInvariants();
  }
}
