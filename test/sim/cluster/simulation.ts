/**
 * One run: a cluster, its clients and what goes wrong, all drawn from one seed; then everything is
 * whole again, the cluster must recover in time, and what was seen is checked.
 */
import type { ReplicationBounds } from '../../../src/server/member-options.ts';
import { HistoryRecorder } from '../check/history-recorder.ts';
import type { LeaseFact } from '../check/leases.ts';
import { ALL_KEYS } from '../check/span.ts';
import { KvClient, type OperationMix } from '../clients/kv-client.ts';
import { LEASE_TTL_MS_MAX, LeaseClient } from '../clients/lease-client.ts';
import type { ClientPorts, SimClient } from '../clients/sim-client.ts';
import { WatchClient } from '../clients/watch-client.ts';
import { WorkloadState } from '../clients/workload-state.ts';
import type { Host } from '../network/sim-network.ts';
import { type ClockSkew, ProcessTime } from '../process-time.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { PrintLine } from '../sim-trace.ts';
import { checkRun, type LeaseRecord } from './check-run.ts';
import { converge, EXPIRE_MS } from './convergence.ts';
import { Faults } from './faults.ts';
import { Figures } from './figures.ts';
import { Operator } from './operator.ts';
import { SimCluster } from './sim-cluster.ts';
import { SimulationError } from './simulation-error.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Founders; drawn when it is not given. */
  readonly members?: number | undefined;
  /** Whether leaders compare the states of all members, which must never differ. */
  readonly comparesStates?: boolean | undefined;
  /** Takes every event as a line. */
  readonly print?: PrintLine | undefined;
}

/** A run that has ended well. */
export interface SimulationReport {
  readonly digest: string;
  readonly figures: Figures;
}

/** So much faster or slower a clock may run. */
const CLOCK_RATE_MAX = 1.02;
/** How long things go wrong, at least and at most. */
const TROUBLE_MS_MIN = 5000;
const TROUBLE_MS_MAX = 13_000;
/** Often: what is written meanwhile must not count as a difference. */
const COMPARING = { corruptCheckIntervalMs: 300, compactHashCheckIntervalMs: 400 };

/** Runs the simulation of a seed. Rejects with SimulationError, which says what is wrong. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #random: SeededRandom;
  readonly #cluster: SimCluster;
  readonly #recorder = new HistoryRecorder();
  readonly #clients: SimClient[] = [];
  readonly #watchers: WatchClient[] = [];
  readonly #lessees: LeaseClient[] = [];
  /** Ends of leases, as they were applied. */
  readonly #ends: LeaseFact[] = [];
  readonly #operator: Operator;
  readonly #faults: Faults;

  constructor({ seed, members, print, comparesStates }: SimulationOptions) {
    const random = new SeededRandom(seed);
    this.#random = random.fork();
    const drawn = random.chance(700) ? 3 : 5;
    const clusterOptions = {
      founders: members ?? drawn,
      members: {
        ...(comparesStates === true && COMPARING),
        electionTicks: 3 + random.below(8),
        preVote: random.chance(600),
        replication: replicationOf(random),
        isReconfigurationStrict: random.chance(500),
        snapshots: {
          entries: 5 + random.below(60),
          catchUpEntries: 1 + random.below(15),
          logBytesMax: 1 << 20,
          segmentsMax: 2,
          snapshotsMax: 2,
        },
      },
    };
    this.#cluster = new SimCluster(random.fork(), clusterOptions, {
      print,
      events: {
        revoked: (lease) =>
          this.#ends.push({ lease, kind: 'gone', atMs: this.#cluster.time.nowMs }),
        snapshotSaved: (machine) => this.#faults.snapshotSaved(machine),
        ended: (machine) => this.#faults.bootLater(machine),
      },
    });
    this.#faults = new Faults(this.#cluster, random.fork(), () => this.#hosts());
    this.#makeClients(random.fork());
    this.#operator = this.#makeOperator(random.fork());
  }

  async run(): Promise<SimulationReport> {
    try {
      return await this.#run();
    } catch (error) {
      if (error instanceof SimulationError) throw error;
      throw new SimulationError('something was thrown', { cause: error });
    }
  }

  async #run(): Promise<SimulationReport> {
    const cluster = this.#cluster;
    const random = this.#random;
    cluster.found(() => skewOf(random));
    for (const client of this.#clients) client.start();
    this.#operator.start();
    this.#faults.start();
    await cluster.pass(TROUBLE_MS_MIN + random.upTo(TROUBLE_MS_MAX - TROUBLE_MS_MIN));
    this.#operator.stop();
    this.#faults.end();
    cluster.trace.note('all faults are over');
    await converge(cluster, [...this.#clients, this.#operator]);
    const checks = checkRun({
      recorder: this.#recorder,
      revisions: cluster.monitor.revisions,
      watchers: this.#watchers,
      leases: this.#leaseFacts,
    });
    if (checks.violation !== undefined) throw new SimulationError(checks.violation);
    return { digest: cluster.trace.digest, figures: this.#figures(checks.undecided) };
  }

  #figures(undecided: number): Figures {
    const cluster = this.#cluster;
    const figures = new Figures();
    figures.add('seeds', 1);
    figures.add('simulated ms', cluster.time.nowMs);
    figures.add('steps', cluster.steps);
    figures.add('elections', cluster.monitor.elections);
    figures.add('snapshots installed', cluster.monitor.installed);
    figures.add('revisions', cluster.monitor.revisions.length);
    figures.add('undecided searches', undecided);
    for (const { request, outcome } of this.#recorder.history()) {
      figures.add(`operation ${request.kind} ${outcome.kind}`, 1);
    }
    for (const [kind, count] of this.#faults.counts) figures.add(`fault ${kind}`, count);
    for (const [kind, count] of this.#operator.counts) figures.add(`operator ${kind}`, count);
    for (const watcher of this.#watchers) figures.add('watched events', watcher.events);
    for (const lessee of this.#lessees) figures.add('lease renewals', lessee.renewals);
    for (const [kind, count] of Object.entries(cluster.network.counts)) {
      figures.add(`messages ${kind}`, count);
    }
    return figures;
  }

  /** How early a lease may end where clocks run fast, and how late after all that goes wrong. */
  get #leaseFacts(): LeaseRecord {
    return {
      facts: [...this.#ends, ...this.#lessees.flatMap(({ facts }) => facts)],
      bounds: {
        earlyMs: LEASE_TTL_MS_MAX * (CLOCK_RATE_MAX - 1),
        lateMs: TROUBLE_MS_MAX + EXPIRE_MS,
        renewalsMs: [],
      },
    };
  }

  #hosts(): readonly Host[] {
    return this.#clients.map(({ host }) => host);
  }

  #makeClients(random: SeededRandom): void {
    const state = new WorkloadState(2 + random.below(9), 8 + random.below(60));
    const thinkMs = 20 + random.upTo(180);
    const mix = mixOf(random);
    for (let clients = 2 + random.below(4); clients > 0; clients--) {
      const timeoutMs = 500 + random.below(9000);
      this.#clients.push(
        new KvClient(this.#nextNumber, { thinkMs, timeoutMs, mix }, this.#ports(random, state)),
      );
    }
    for (let readers = random.below(3); readers > 0; readers--) {
      const options = { thinkMs: thinkMs / 4, timeoutMs: 1000, mix: READS_ONLY };
      this.#clients.push(new KvClient(this.#nextNumber, options, this.#ports(random, state)));
    }
    // Few runs are about leases, but those are.
    for (let lessees = random.pick([0, 0, 1, 1, 2, 7]); lessees > 0; lessees--) {
      const lessee = new LeaseClient(
        this.#nextNumber,
        { thinkMs: 100, timeoutMs: 400 + random.below(1500) },
        this.#ports(random, state),
      );
      this.#clients.push(lessee);
      this.#lessees.push(lessee);
    }
    for (let watchers = random.below(3); watchers > 0; watchers--) {
      const span = random.below(2) === 0 ? ALL_KEYS : { from: 'b', end: 'e' };
      const watcher = new WatchClient(
        this.#nextNumber,
        { thinkMs: 400, timeoutMs: 3000, span },
        this.#ports(random, state),
      );
      this.#clients.push(watcher);
      this.#watchers.push(watcher);
    }
  }

  #makeOperator(random: SeededRandom): Operator {
    const state = new WorkloadState(1, 0);
    const ports = this.#ports(random, state);
    return new Operator(
      this.#nextNumber,
      { thinkMs: 300 + random.upTo(2000), timeoutMs: 10_000 },
      {
        ...ports,
        cluster: this.#cluster,
        skewOf: () => skewOf(random),
        bootLater: (machine) => this.#faults.bootLater(machine),
      },
    );
  }

  get #nextNumber(): number {
    return this.#clients.length + 1;
  }

  #ports(random: SeededRandom, state: WorkloadState): ClientPorts {
    const { network, time } = this.#cluster;
    return {
      network,
      host: network.join(`c${this.#nextNumber}`, new ProcessTime(time)),
      random: random.fork(),
      recorder: this.#recorder,
      state,
      endpoints: () => this.#cluster.hosts,
    };
  }
}

/** Clocks that run a little fast or slow, and wall times that are minutes apart. */
function skewOf(random: SeededRandom): ClockSkew {
  const rate = 1 / CLOCK_RATE_MAX + random.upTo(CLOCK_RATE_MAX - 1 / CLOCK_RATE_MAX);
  return { rate, wallOffsetMs: random.below(600_000) - 300_000 };
}

/** Who only reads is not held up by writes, and is answered wherever it can be. */
const READS_ONLY: OperationMix = {
  put: 0,
  delete: 0,
  read: 20,
  serializableRead: 1,
  oldRead: 1,
  txn: 0,
  compact: 0,
};

/** Often so tight that entries go one by one, and wait for one another. */
function replicationOf(random: SeededRandom): ReplicationBounds {
  if (random.chance(500)) return {};
  return {
    appendBytesMax: 1 + random.below(500),
    inflightMessagesMax: 1 + random.below(8),
    readyBytesMax: 1 + random.below(1000),
  };
}

function mixOf(random: SeededRandom): OperationMix {
  return {
    put: 5 + random.below(20),
    delete: random.below(6),
    read: 1 + random.below(15),
    serializableRead: random.below(5),
    oldRead: random.below(3),
    txn: random.below(12),
    compact: random.below(3),
  };
}
