/** A cluster of machines, the network between them, and the clients: everything of one run. */

import type { Config } from '../../../src/server/config/config.ts';
import { parseMemberUrl } from '../../../src/server/config/member-url.ts';
import type { MemberOptions } from '../../../src/server/member-options.ts';
import type { Member as ClusterMember } from '../../../src/server/membership/member.ts';
import { load } from '../../support/config-sources.ts';
import { type Host, SimNetwork } from '../network/sim-network.ts';
import { type ClockSkew, ProcessTime } from '../process-time.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { OPTIONS_DEFAULT } from '../sim-member.ts';
import { promisesSettled, SimTime } from '../sim-time.ts';
import { type PrintLine, SimTrace } from '../sim-trace.ts';
import { PromiseMonitor } from './promise-monitor.ts';
import { SafetyMonitor } from './safety-monitor.ts';
import { SimMachine } from './sim-machine.ts';
import { SimulationError } from './simulation-error.ts';

/** What runs draw of the options of all members. */
type DrawnOptions = Pick<
  MemberOptions,
  'snapshots' | 'electionTicks' | 'preVote' | 'replication' | 'isReconfigurationStrict'
> &
  Partial<Pick<MemberOptions, 'corruptCheckIntervalMs' | 'compactHashCheckIntervalMs'>>;

export interface SimClusterOptions {
  readonly founders: number;
  readonly members: DrawnOptions;
}

export interface SimClusterEvents {
  /** A lease was revoked: the entry was applied for the first time. */
  revoked(lease: bigint): void;
  /** A snapshot, its own or another member's, is in the log of a machine. */
  snapshotSaved(machine: SimMachine): void;
  /** A life has ended by itself. */
  ended(machine: SimMachine): void;
}

/** More steps than a run takes: one that never ends is a failure, too. */
const STEPS_MAX = 5_000_000;
/** Between two looks whether what is waited for has come. */
const LOOK_MS = 10;
const SETTLE_MS = 10_000;
/** Between two looks of the members into themselves. */
const INVARIANTS_MS = 100;
/** Real events get their turn after so many steps. */
const STEPS_PER_TURN = 20_000;

export class SimCluster {
  readonly random: SeededRandom;
  readonly time: SimTime;
  readonly trace: SimTrace;
  readonly network: SimNetwork;
  /** What goes on whatever fails: faults, and the end of lives. */
  readonly control: ProcessTime;
  readonly machines: SimMachine[] = [];
  readonly monitor: SafetyMonitor;
  readonly #promises = new PromiseMonitor((text) => this.fail(text));
  readonly #options: SimClusterOptions;
  readonly #events: SimClusterEvents;
  #steps = 0;
  #failure: SimulationError | undefined;

  constructor(
    random: SeededRandom,
    options: SimClusterOptions,
    ports: { readonly events: SimClusterEvents; readonly print?: PrintLine | undefined },
  ) {
    this.random = random;
    this.time = new SimTime(random.fork());
    this.trace = new SimTrace(this.time, ports.print);
    this.network = new SimNetwork(random.fork(), this.trace);
    this.control = new ProcessTime(this.time);
    this.#options = options;
    this.#events = ports.events;
    this.monitor = new SafetyMonitor({
      failed: (text) => this.fail(text),
      revoked: (lease) => ports.events.revoked(lease),
    });
  }

  get steps(): number {
    return this.#steps;
  }

  /** Machines on which a member has run that was not removed; at least one. */
  get inUse(): readonly SimMachine[] {
    return this.machines.filter(({ isRetired, hasJoined }) => !isRetired && hasJoined);
  }

  get hosts(): readonly Host[] {
    return this.inUse.map(({ host }) => host);
  }

  /** Members that take themselves for leaders; the one of the newest term first. */
  get leaders(): readonly SimMachine[] {
    const leaders = this.machines.filter(({ member }) => member?.raft.isLeader === true);
    return leaders.sort((a, b) => termOf(b) - termOf(a));
  }

  /** Puts the founders there, and starts them. */
  found(skewOf: () => ClockSkew): void {
    const { founders } = this.#options;
    const urls = Array.from({ length: founders }, (_, at) => peerUrl(at + 1));
    const initial = urls.map((url, at) => `m${at + 1}=${url}`).join(',');
    for (let at = 0; at < founders; at++) {
      const machine = this.#addMachine(skewOf(), () => ({ initial, state: 'new' }));
      machine.hasJoined = true;
      machine.boot();
    }
    this.control.every(INVARIANTS_MS, () => {
      for (const machine of this.machines) {
        if (machine.member !== undefined) machine.process.checkInvariants();
      }
    });
  }

  /** A machine with empty disks that is to join; it is not started. */
  addMachine(skew: ClockSkew): SimMachine {
    return this.#addMachine(skew, (machine) => ({
      initial: this.#initialOf(machine),
      state: 'existing',
    }));
  }

  /** Something is wrong: the run ends with the first one. */
  fail(text: string, cause?: unknown): void {
    this.trace.note(`FAILED: ${text}`);
    this.#failure ??= new SimulationError(text, { cause });
  }

  /** Runs until `isOver` holds; throws SimulationError when something is wrong, or `maxMs` passed. */
  async run(isOver: () => boolean, maxMs: number, what: string): Promise<void> {
    const endMs = this.time.nowMs + maxMs;
    let lookMs = 0;
    for (;;) {
      if (this.time.nowMs >= lookMs) {
        if (isOver()) return;
        lookMs = this.time.nowMs + LOOK_MS;
      }
      if (this.time.nowMs >= endMs)
        throw new SimulationError(`within ${maxMs} ms never came: ${what}`);
      if (this.#steps++ > STEPS_MAX)
        throw new SimulationError('too many steps: it goes in circles');
      this.time.runNext();
      await promisesSettled();
      this.monitor.look();
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#steps % STEPS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Runs until `promise` has settled, and gives its result. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const note = (): void => {
      isSettled = true;
    };
    promise.then(note, note);
    await this.run(() => isSettled, SETTLE_MS, 'a result');
    return promise;
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const endMs = this.time.nowMs + ms;
    await this.run(() => this.time.nowMs >= endMs, Infinity, 'the end');
  }

  #addMachine(skew: ClockSkew, cluster: (machine: SimMachine) => InitialCluster): SimMachine {
    const number = this.machines.length + 1;
    const url = peerUrl(number);
    const host = this.network.join(`m${number}`, new ProcessTime(this.time, skew), [url]);
    const machine: SimMachine = new SimMachine(url, {
      network: this.network,
      host,
      control: this.control,
      random: this.random.fork(),
      options: this.#memberOptions(host.name),
      config: () => configOf(machine, cluster(machine)),
      events: {
        started: (_, member, opened) => {
          this.monitor.started(machine, member, opened);
          this.#promises.started(machine, opened);
        },
        appended: (_, batch) => this.monitor.appended(machine, batch),
        logged: (_, command) => {
          this.#promises.logged(machine, command);
          if (command.kind === 'snapshot') this.#events.snapshotSaved(machine);
        },
        sends: (_, messages) => {
          this.monitor.sends(machine, messages);
          this.#promises.sends(machine, messages);
        },
        ended: () => this.#ended(machine),
        failed: (text, error) => this.fail(text, error),
      },
    });
    this.machines.push(machine);
    return machine;
  }

  #ended(machine: SimMachine): void {
    this.monitor.ended(machine);
    this.#events.ended(machine);
  }

  #memberOptions(name: string): MemberOptions {
    return {
      ...OPTIONS_DEFAULT,
      ...this.#options.members,
      attributes: { name, clientURLs: [`http://${name}:2379`] },
      learnersMax: 2,
    };
  }

  /** The members as an operator would list them for a member that joins. */
  #initialOf(machine: SimMachine): string {
    const members = this.membership ?? [];
    return members
      .flatMap(({ id, name, peerURLs }) => {
        const isOwn = peerURLs.includes(machine.peerUrl);
        const shown = isOwn ? machine.name : name === '' ? `unstarted-${id}` : name;
        return peerURLs.map((url) => `${shown}=${url}`);
      })
      .join(',');
  }

  /** Whether the machine is to run: its member is one of the cluster, as far as is known. */
  isWanted(machine: SimMachine): boolean {
    if (machine.isRetired) return false;
    if (machine.hasJoined) return true;
    return this.membership?.some(({ peerURLs }) => peerURLs.includes(machine.peerUrl)) ?? false;
  }

  /**
   * The members as the newest leader has applied them, or, without one, whoever has applied most: a
   * newcomer may have to start before there can be a leader. Undefined while nobody runs.
   */
  get membership(): readonly ClusterMember[] | undefined {
    const known = this.leaders[0] ?? this.machines.reduce(more);
    return known.member?.cluster.members;
  }
}

interface InitialCluster {
  readonly initial: string;
  readonly state: Config['initialClusterState'];
}

const defaults = load({});

async function configOf(machine: SimMachine, { initial, state }: InitialCluster): Promise<Config> {
  const { config } = await defaults;
  return {
    ...config,
    name: machine.name,
    initialCluster: initial,
    initialClusterState: state,
    initialAdvertisePeerUrls: [parseMemberUrl(machine.peerUrl)],
    learnersMax: 2,
  };
}

function peerUrl(number: number): string {
  return `http://10.0.0.${number}:2380`;
}

function termOf({ member }: SimMachine): number {
  return member?.raft.term ?? 0;
}

function more(a: SimMachine, b: SimMachine): SimMachine {
  return (b.member?.raft.appliedIndex ?? 0) > (a.member?.raft.appliedIndex ?? 0) ? b : a;
}
