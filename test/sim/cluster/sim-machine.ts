/**
 * A machine of a simulated cluster: disks, clocks, a place on the network, and the member that runs
 * on it, life after life. What is on its disks it never loses as a whole.
 */
import { defined } from '../../../src/base/assert.ts';
import { CodedError } from '../../../src/base/coded-error.ts';
import { FileError, type FileErrorCode } from '../../../src/base/ports/file-system.ts';
import type { Logger } from '../../../src/base/ports/logger.ts';
import type { Message } from '../../../src/pb/index.ts';
import type { Config } from '../../../src/server/config/config.ts';
import type { Member } from '../../../src/server/member.ts';
import type { MemberOptions, PeerEnds } from '../../../src/server/member-options.ts';
import { requestTimeoutOf } from '../../../src/server/member-options.ts';
import { memberServices } from '../../../src/server/peer/serve/member-services.ts';
import { askVersionsOf } from '../../../src/server/storage/ask-versions.ts';
import { bootstrap } from '../../../src/server/storage/bootstrap.ts';
import { type BootstrapPlan, planBootstrap } from '../../../src/server/storage/bootstrap-plan.ts';
import type { OpenedStorage } from '../../../src/server/storage/open-storage.ts';
import type { LogCommand, WalBatch } from '../../../src/wal/index.ts';
import { memoryGrowingFiles } from '../../support/server/images.ts';
import { type BeginLog, MemberProcess } from '../member-process.ts';
import { PowerLossError } from '../memory-file-system.ts';
import { PeerQuestions } from '../network/peer-questions.ts';
import type { Host, SimNetwork } from '../network/sim-network.ts';
import { SimPeerTransport } from '../network/sim-peer-transport.ts';
import type { ProcessTime } from '../process-time.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { SimDisks } from '../sim-disks.ts';

/** How a life ends: the process only, or the power of the machine. */
export type CrashKind = 'kill' | 'power';

/** What a machine tells its owner. */
export interface MachineEvents {
  /** A member runs, but has applied nothing new yet. */
  started(machine: SimMachine, member: Member, opened: OpenedStorage): void;
  /** Something goes to the log. */
  appended(machine: SimMachine, batch: WalBatch): void;
  /** The log has carried something out, of which the member hears next. */
  logged(machine: SimMachine, command: LogCommand): void;
  /** The member sends messages to others. */
  sends(machine: SimMachine, messages: readonly Message[]): void;
  /** A life has ended by itself, or its start has failed; `error` says why. */
  ended(machine: SimMachine, error: unknown): void;
  /** A promise was broken. */
  failed(text: string, error: unknown): void;
}

export interface MachinePorts {
  readonly network: SimNetwork;
  readonly host: Host;
  /** What goes on when nothing runs here. */
  readonly control: ProcessTime;
  readonly random: SeededRandom;
  readonly options: MemberOptions;
  readonly events: MachineEvents;
  /** Asked of a member without data. */
  readonly config: () => Promise<Config>;
}

export class SimMachine {
  readonly name: string;
  readonly host: Host;
  readonly peerUrl: string;
  disks = new SimDisks();
  /** Its member was removed from the cluster: it does not start again. */
  isRetired = false;
  /** It is a founder's, or its member has run. */
  hasJoined = false;
  /** Lives that have begun. */
  lives = 0;
  /** An error of the disk was planned in this life. */
  hasFailingDisk = false;
  readonly #ports: MachinePorts;
  #process: MemberProcess | undefined;
  #isPublished = false;

  constructor(peerUrl: string, ports: MachinePorts) {
    this.name = ports.host.name;
    this.host = ports.host;
    this.peerUrl = peerUrl;
    this.#ports = ports;
  }

  /** Something runs, if only a start. */
  get isUp(): boolean {
    return this.#process !== undefined;
  }

  /** The member, if it runs. */
  get member(): Member | undefined {
    return this.#process?.isRunning === true ? this.#process.member : undefined;
  }

  get process(): MemberProcess {
    return defined(this.#process, 'a process runs');
  }

  /** It serves clients. */
  get isPublished(): boolean {
    return this.#isPublished;
  }

  /** Begins a life. */
  boot(): void {
    const { host, random, options, events } = this.#ports;
    this.#note('boots');
    this.lives++;
    const process: MemberProcess = new MemberProcess(options, {
      disks: this.disks,
      time: host.time,
      random: random.fork(),
      logger: this.#logger(),
      identity: () => this.#plan(),
      fatal: (error) => this.#ends(process, error),
      onPowerLoss: () => this.#ends(process, new PowerLossError('the power is gone')),
      onAppend: (batch) => events.appended(this, batch),
      onLogged: (command) => events.logged(this, command),
    });
    this.#process = process;
    this.#start(process).catch((error: unknown) => this.#ends(process, error));
  }

  /** Ends the life, if there is one, between two steps. */
  crash(how: CrashKind): void {
    this.#note(`crashes (${how})`);
    this.disks =
      how === 'power'
        ? this.disks.afterPowerLoss(this.#ports.random)
        : this.disks.afterProcessDeath();
    this.#forget();
  }

  /** Stops the member as a signal does; `stopped` is called when it has ended. */
  stop(stopped: () => void): void {
    const process = this.#process;
    const member = this.member;
    if (process === undefined || member === undefined) return;
    this.#note('stops');
    const stopping = async (): Promise<void> => {
      await member.handOver();
      process.calls.endAll();
      await this.host.transport?.stop();
      await member.stop();
    };
    stopping().then(
      () => {
        if (this.#process !== process) return;
        this.#ports.control.defer(() => {
          if (this.#process !== process) return;
          this.disks = this.disks.afterProcessDeath();
          this.#forget();
          stopped();
        });
      },
      (error: unknown) => this.#ends(process, error),
    );
  }

  /** The nth call from now that writes to a disk fails. */
  failDiskCall(nth: number, code: FileErrorCode): void {
    this.hasFailingDisk = true;
    this.disks.files.failCall(nth, code);
  }

  /** So many more calls that write to a disk, then the power is gone. */
  losePowerAfter(calls: number): void {
    this.disks.files.losePowerAfter(calls);
  }

  /** Everything that goes to the log takes up to so much longer. */
  slowDisk(ms: number): void {
    if (this.member !== undefined) this.process.log.slownessMs = ms;
  }

  /** Nothing goes to the log any more, or does again. */
  hangDisk(isHanging: boolean): void {
    if (this.member !== undefined) this.process.log.isStalled = isHanging;
  }

  /** Nothing goes to the backend any more, or does again. */
  hangBackend(isHanging: boolean): void {
    if (this.member !== undefined) this.process.holdsCommits = isHanging;
  }

  /** Forgets the faults that were planned. */
  calmDown(): void {
    this.slowDisk(0);
    this.hangDisk(false);
    this.hangBackend(false);
    this.disks.files.forgetFaults();
  }

  #note(text: string): void {
    this.#ports.network.trace.note(`${this.name} ${text}`);
  }

  async #start(process: MemberProcess): Promise<void> {
    const { network, host, options, events } = this.#ports;
    const opened = await process.open();
    const plan = opened.isNew ? await this.#plan() : undefined;
    const questions = new PeerQuestions(network, host, requestTimeoutOf(options));
    let storage = opened;
    const begin: BeginLog = async (found, log) => {
      storage = plan === undefined ? found : await bootstrap(found, plan, log);
      return storage;
    };
    const member = await process.run(opened, begin, {
      connect: (ends) => this.#connect(process, opened, ends),
      others: plan?.others ?? [],
      images: { ...opened, createFile: memoryGrowingFiles(this.disks.files) },
      atLeader: questions,
      askVersions: askVersionsOf(questions, requestTimeoutOf(options)),
      remoteHashes: questions,
    });
    this.hasJoined = true;
    events.started(this, member, storage);
    host.services = memberServices(member, {
      get clusterVersion() {
        return member.cluster.version;
      },
      get storageVersion() {
        return member.cluster.storageVersion;
      },
    });
    await member.published;
    this.#isPublished = true;
    this.#note('serves');
    const onHandlerError = (error: unknown): void => member.fatal(error);
    host.serving = { table: process.services, connections: new Set(), onHandlerError };
  }

  #connect(process: MemberProcess, opened: OpenedStorage, ends: PeerEnds): SimPeerTransport {
    const { network, host } = this.#ports;
    const { member, cluster } = opened;
    const onSaveError = (error: unknown): void => {
      if (error instanceof PowerLossError) this.#ends(process, error);
      else if (!(error instanceof FileError)) this.#ports.events.failed('a bad image came', error);
    };
    const transport = new SimPeerTransport(
      { member, cluster },
      { ...ends, network, host, onSaveError },
    );
    const send = transport.send.bind(transport);
    transport.send = (messages) => {
      if (this.#process === process) this.#ports.events.sends(this, messages);
      send(messages);
    };
    return transport;
  }

  async #plan(): Promise<BootstrapPlan> {
    const { network, host, options, config } = this.#ports;
    const remote = new PeerQuestions(network, host, requestTimeoutOf(options));
    return planBootstrap(await config(), { names: NO_NAMES, remote });
  }

  /** The life ends by itself, soon: what runs now runs to its end. */
  #ends(process: MemberProcess, error: unknown): void {
    if (this.#process !== process) return;
    this.#process = undefined;
    this.#note(`ends: ${String(error)}`);
    this.host.time.pause();
    this.#ports.control.defer(() => {
      const { events } = this.#ports;
      if (isRemoval(error)) this.isRetired = true;
      else if (!this.#isExpected(error)) events.failed(`${this.name} ended by itself`, error);
      // After a failed sync nobody knows what the page cache holds that the disk does not.
      this.crash(isRemoval(error) ? 'kill' : 'power');
      events.ended(this, error);
    });
  }

  #isExpected(error: unknown): boolean {
    if (error instanceof PowerLossError) return true;
    if (!(error instanceof CodedError)) return false;
    // Whoever joins may come too early, or find nobody who answers.
    const isRefused = error.code === 'SERVER_START_REFUSED' || error.code === 'CONFIG_INVALID';
    if (!this.hasJoined && isRefused) return true;
    return this.hasFailingDisk && /^(WAL_IO|BACKEND_IO|FILE_)/.test(String(error.code));
  }

  #forget(): void {
    for (const connection of this.host.serving?.connections ?? []) connection.serverDied();
    this.host.close();
    this.host.time.clear();
    this.#process = undefined;
    this.#isPublished = false;
    this.hasFailingDisk = false;
  }

  #logger(): Logger {
    const { trace } = this.#ports.network;
    const line = (message: string): void => trace.note(`${this.name} ${message}`);
    const silent = (): void => undefined;
    return { debug: silent, info: line, warn: line, error: line, fatal: line };
  }
}

/** The names in a simulation are addresses. */
const NO_NAMES = {
  address: (host: string) => Promise.resolve(host),
  services: () => Promise.resolve([]),
  pause: () => Promise.resolve(),
};

function isRemoval(error: unknown): boolean {
  return error instanceof CodedError && error.code === 'SERVER_REMOVED';
}
