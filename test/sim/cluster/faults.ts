/** What goes wrong in a run: kinds and how often are drawn from the seed, each run has its own mix. */
import type { CutKind, Host, LinkQuality } from '../network/sim-network.ts';
import { GOOD_LINK } from '../network/sim-network.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { SimCluster } from './sim-cluster.ts';
import type { SimMachine } from './sim-machine.ts';

export const FAULT_KINDS = [
  'kill',
  'power',
  'power-at-call',
  'disk-error',
  'slow-disk',
  'hanging-disk',
  'hanging-backend',
  'stop',
  'pause',
  'isolate',
  'split',
  'one-way',
  'bad-links',
  'clients-cut',
  'wall-clock',
  'slow-snapshots',
  'power-at-snapshot',
  'unseat',
  'blackout',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Between two faults, on the average, of the calmest and the wildest run. */
const CALM_MS = 2500;
const WILD_MS = 300;
/** How long a fault that passes lasts, at most. */
const LASTS_MS = 5000;
/** Calls to a disk until one of them loses the power, at most. */
const SOON_CALLS = 6;
const LATE_CALLS = 60;
const SNAPSHOT_CALLS = 8;
/** How long a machine may be down. */
const DOWN_MS = 4000;
/** Leaders in a row that one fault strikes, at most. */
const UNSEATED_MAX = 6;
/** How long such a leader leads, at most. */
const UNSEAT_MS = 300;
const UNSEAT_AT_ONCE_MS = 20;
const UNSEAT_LOOK_MS = 2;
/** Between two looks who is missing, once all is whole again. */
const LOOK_MS = 500;

export class Faults {
  /** Faults so far, by kind. */
  readonly counts = new Map<FaultKind, number>();
  readonly #cluster: SimCluster;
  readonly #random: SeededRandom;
  readonly #kinds: readonly FaultKind[];
  readonly #everyMs: number;
  readonly #clients: () => readonly Host[];
  #isOver = false;
  #strikesSnapshots = false;

  constructor(cluster: SimCluster, random: SeededRandom, clients: () => readonly Host[]) {
    this.#cluster = cluster;
    this.#random = random;
    this.#clients = clients;
    const isCalm = random.chance(50);
    this.#kinds = isCalm ? [] : FAULT_KINDS.filter(() => random.chance(400));
    this.#everyMs = WILD_MS + random.upTo(CALM_MS - WILD_MS);
  }

  start(): void {
    this.#next();
  }

  /** All faults are over: everything is whole again, and what is down starts. */
  end(): void {
    this.#isOver = true;
    const { network, machines, control } = this.#cluster;
    network.heal();
    network.snapshotAbortPermille = 0;
    network.snapshotPartMs = 0;
    for (const machine of machines) {
      machine.calmDown();
      machine.host.time.resume();
    }
    const bootMissing = (): void => {
      for (const machine of machines) {
        if (!machine.isUp && this.#cluster.isWanted(machine)) machine.boot();
      }
    };
    bootMissing();
    control.every(LOOK_MS, bootMissing);
  }

  /** The moment when a crash may leave a log and a state that do not belong together. */
  snapshotSaved(machine: SimMachine): void {
    if (!this.#strikesSnapshots || this.#isOver || this.#random.below(3) > 0) return;
    machine.losePowerAfter(this.#random.below(SNAPSHOT_CALLS));
  }

  /** Has a life begin after a while, if the machine is wanted by then. */
  bootLater(machine: SimMachine): void {
    if (machine.isRetired) return;
    this.#cluster.control.after(this.#random.upTo(DOWN_MS), () => {
      if (machine.isUp || this.#isOver) return;
      if (this.#cluster.isWanted(machine)) machine.boot();
      else this.bootLater(machine);
    });
  }

  #next(): void {
    if (this.#kinds.length === 0) return;
    this.#cluster.control.after(this.#random.upTo(2 * this.#everyMs), () => {
      if (this.#isOver) return;
      const kind = this.#random.pick(this.#kinds);
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
      this.#cluster.trace.note(`fault: ${kind}`);
      this.#strike[kind]();
      this.#next();
    });
  }

  readonly #strike: Readonly<Record<FaultKind, () => void>> = {
    kill: () => this.#crash('kill'),
    power: () => this.#crash('power'),
    'power-at-call': () => {
      const calls = this.#random.below(2) === 0 ? SOON_CALLS : LATE_CALLS;
      this.#upMachine()?.losePowerAfter(this.#random.below(calls));
    },
    'disk-error': () => {
      const code = this.#random.pick(['FILE_IO', 'FILE_NO_SPACE'] as const);
      this.#upMachine()?.failDiskCall(1 + this.#random.below(40), code);
    },
    'slow-disk': () => {
      const machines = this.#random.below(3) === 0 ? this.#cluster.inUse : this.#upMachines();
      for (const machine of machines) machine.slowDisk(10 + this.#random.below(200));
      this.#later(() => {
        for (const machine of machines) machine.slowDisk(0);
      });
    },
    'hanging-disk': () => {
      const machine = this.#upMachine();
      machine?.hangDisk(true);
      this.#later(() => machine?.hangDisk(false));
    },
    'hanging-backend': () => {
      const machine = this.#upMachine();
      machine?.hangBackend(true);
      this.#later(() => machine?.hangBackend(false));
    },
    stop: () => {
      const machine = this.#upMachine();
      machine?.stop(() => this.bootLater(machine));
    },
    pause: () => {
      const machine = this.#upMachine();
      if (machine !== undefined) this.#pause(machine);
    },
    isolate: () => this.#isolate(this.#upMachine() ?? this.#machine()),
    split: () => {
      const some = this.#cluster.hosts.filter(() => this.#random.below(2) === 0);
      this.#part(some, this.#others(some), { kind: this.#cutKind(), isOneWay: false });
    },
    'one-way': () => {
      const one = this.#machine().host;
      const [from, to] =
        this.#random.below(2) === 0 ? [[one], this.#others([one])] : [this.#others([one]), [one]];
      this.#part(from, to, { kind: this.#cutKind(), isOneWay: true });
    },
    'bad-links': () => this.#badLinks(),
    'clients-cut': () => {
      const one = this.#machine().host;
      this.#part(this.#clients(), [one], { kind: this.#cutKind(), isOneWay: false });
    },
    'wall-clock': () => {
      this.#machine().host.time.skew.wallOffsetMs += this.#random.below(7_200_000) - 3_600_000;
    },
    'slow-snapshots': () => {
      const { network } = this.#cluster;
      network.snapshotPartMs = this.#random.below(400);
      network.snapshotAbortPermille = this.#random.below(300);
    },
    'power-at-snapshot': () => {
      this.#strikesSnapshots = true;
      this.#later(() => {
        this.#strikesSnapshots = false;
      });
    },
    unseat: () => this.#unseat(1 + this.#random.below(UNSEATED_MAX)),
    blackout: () => this.#blackout(),
  };

  /** For a while nobody leads for long: each new leader is struck soon after its election. */
  #unseat(times: number): void {
    let struck = this.#cluster.leaders[0]?.member?.raft.term ?? 0;
    let left = times;
    const look = this.#cluster.control.every(UNSEAT_LOOK_MS, () => {
      const leader = this.#cluster.leaders[0];
      const term = leader?.member?.raft.term ?? 0;
      if (this.#isOver || left === 0) look.cancel();
      else if (leader !== undefined && term > struck) {
        struck = term;
        left--;
        // Half of them before they can do much.
        const withinMs = this.#random.below(2) === 0 ? UNSEAT_AT_ONCE_MS : UNSEAT_MS;
        this.#cluster.control.after(this.#random.upTo(withinMs), () => this.#unseatOne(leader));
      }
    });
  }

  #unseatOne(leader: SimMachine): void {
    if (this.#isOver || !leader.isUp) return;
    const how = this.#random.pick(['kill', 'power', 'isolate', 'pause', 'blackout'] as const);
    this.#cluster.trace.note(`unseats ${leader.name}: ${how}`);
    switch (how) {
      case 'kill':
      case 'power':
        this.#end(leader, how);
        break;
      case 'isolate':
        this.#isolate(leader);
        break;
      case 'pause':
        this.#pause(leader);
        break;
      case 'blackout':
        this.#blackout();
    }
  }

  #isolate({ host }: SimMachine): void {
    this.#part([host], this.#others([host]), { kind: this.#cutKind(), isOneWay: false });
  }

  #pause({ host: { time } }: SimMachine): void {
    time.pause();
    this.#later(() => time.resume());
  }

  /** All machines lose their power at once; they come back one by one. */
  #blackout(): void {
    for (const machine of this.#cluster.inUse) if (machine.isUp) this.#end(machine, 'power');
  }

  #crash(how: 'kill' | 'power'): void {
    const machine = this.#upMachine();
    if (machine !== undefined) this.#end(machine, how);
  }

  #end(machine: SimMachine, how: 'kill' | 'power'): void {
    this.#cluster.monitor.ended(machine);
    machine.crash(how);
    this.bootLater(machine);
  }

  #later(act: () => void): void {
    this.#cluster.control.after(this.#random.upTo(LASTS_MS), () => {
      if (!this.#isOver) act();
    });
  }

  #part(
    some: readonly Host[],
    others: readonly Host[],
    how: { readonly kind: CutKind; readonly isOneWay: boolean },
  ): void {
    const { network } = this.#cluster;
    const pairs = some.flatMap((from) => others.map((to) => [from, to] as const));
    const all = how.isOneWay
      ? pairs
      : [...pairs, ...pairs.map(([from, to]) => [to, from] as const)];
    for (const [from, to] of all) network.cut(from, to, how.kind);
    this.#later(() => {
      for (const [from, to] of all) network.mend(from, to);
    });
  }

  #badLinks(): void {
    const { network, hosts } = this.#cluster;
    const quality: LinkQuality = {
      delayMs: this.#random.upTo(30),
      jitterMs: this.#random.upTo(60),
      lossPermille: this.#random.below(200),
      duplicatePermille: this.#random.below(100),
      reorderPermille: this.#random.below(200),
    };
    const pairs = hosts.flatMap((from) => hosts.map((to) => [from, to] as const));
    const bad = pairs.filter(() => this.#random.below(2) === 0);
    for (const [from, to] of bad) network.setQuality(from, to, quality);
    this.#later(() => {
      for (const [from, to] of bad) network.setQuality(from, to, GOOD_LINK);
    });
  }

  #cutKind(): CutKind {
    return this.#random.below(3) === 0 ? 'refused' : 'silent';
  }

  #machine(): SimMachine {
    return this.#random.pick(this.#cluster.inUse);
  }

  #upMachines(): readonly SimMachine[] {
    const machine = this.#upMachine();
    return machine === undefined ? [] : [machine];
  }

  /** Often the leader: what happens to it matters most. */
  #upMachine(): SimMachine | undefined {
    const { leaders, inUse } = this.#cluster;
    const leader = leaders[0];
    if (leader !== undefined && this.#random.below(2) === 0) return leader;
    const up = inUse.filter(({ isUp }) => isUp);
    return up.length === 0 ? undefined : this.#random.pick(up);
  }

  #others(some: readonly Host[]): readonly Host[] {
    return this.#cluster.hosts.filter((host) => !some.includes(host));
  }
}
