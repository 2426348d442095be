/** Whoever runs the cluster: adds, promotes and removes members, moves the leader, defragments. */
import type { MemberId } from '../../../src/base/ids.ts';
import {
  DefragmentRequest,
  MemberAddRequest,
  MemberPromoteRequest,
  MemberRemoveRequest,
  MoveLeaderRequest,
} from '../../../src/pb/index.ts';
import type { Member } from '../../../src/server/membership/member.ts';
import { type ClientOptions, type ClientPorts, SimClient } from '../clients/sim-client.ts';
import { ClientConnection } from '../network/client-connection.ts';
import type { ClockSkew } from '../process-time.ts';
import type { SimCluster } from './sim-cluster.ts';
import type { SimMachine } from './sim-machine.ts';

export interface OperatorPorts extends ClientPorts {
  readonly cluster: SimCluster;
  readonly skewOf: () => ClockSkew;
  /** Has a machine start after a while. */
  readonly bootLater: (machine: SimMachine) => void;
}

const TASKS = [
  'move-leader',
  'defragment',
  'add-learner',
  'add-voter',
  'promote',
  'remove',
] as const;

type Task = (typeof TASKS)[number];

/** Machines there may be, those of removed members included. */
const MACHINES_MAX = 9;
/** How often a learner is tried to be promoted, where there is one. */
const PROMOTING_PERMILLE = 400;
/** Members that an operator may leave. */
const MEMBERS_MIN = 3;

export class Operator extends SimClient {
  /** Tasks by kind and outcome. */
  readonly counts = new Map<string, number>();
  readonly #ports: OperatorPorts;
  readonly #tasks: readonly Task[];

  constructor(number: number, options: ClientOptions, ports: OperatorPorts) {
    super(number, options, ports);
    this.#ports = ports;
    this.#tasks = TASKS.filter(() => ports.random.chance(400));
  }

  protected act(): void {
    this.#beginOne();
    // Now and then two things at once.
    if (this.ports.random.chance(250)) this.#beginOne();
    this.next();
  }

  #beginOne(): void {
    // Learners are rare, and become voters only once they have caught up: then it is time.
    const isPromoting = this.#hasLearners && this.ports.random.chance(PROMOTING_PERMILLE);
    if (isPromoting) this.#begin.promote();
    else if (this.#tasks.length > 0) this.#begin[this.ports.random.pick(this.#tasks)]();
  }

  readonly #begin: Readonly<Record<Task, () => void>> = {
    'move-leader': () => {
      const leader = this.#ports.cluster.leaders[0];
      const targetID = this.#someId(({ isLearner }) => !isLearner);
      if (leader === undefined || targetID === undefined) return;
      const bytes = MoveLeaderRequest.encode({ targetID });
      this.#do('move-leader', '/etcdserverpb.Maintenance/MoveLeader', bytes, leader);
    },
    defragment: () => {
      const path = '/etcdserverpb.Maintenance/Defragment';
      this.#do('defragment', path, DefragmentRequest.encode({}));
    },
    'add-learner': () => this.#add(true),
    'add-voter': () => this.#add(false),
    promote: () => {
      const ID = this.#someId(({ isLearner }) => isLearner);
      if (ID === undefined) return;
      this.#do(
        'promote',
        '/etcdserverpb.Cluster/MemberPromote',
        MemberPromoteRequest.encode({ ID }),
      );
    },
    remove: () => {
      const { membership = [] } = this.#ports.cluster;
      const ID = this.#someId(() => true);
      if (ID === undefined || membership.length <= MEMBERS_MIN) return;
      this.#do('remove', '/etcdserverpb.Cluster/MemberRemove', MemberRemoveRequest.encode({ ID }));
    },
  };

  get #hasLearners(): boolean {
    return this.#ports.cluster.membership?.some(({ isLearner }) => isLearner) ?? false;
  }

  #add(isLearner: boolean): void {
    const { cluster, skewOf, bootLater } = this.#ports;
    if (cluster.machines.length >= MACHINES_MAX) return;
    const machine = cluster.addMachine(skewOf());
    const bytes = MemberAddRequest.encode({ peerURLs: [machine.peerUrl], isLearner });
    const task = isLearner ? 'add-learner' : 'add-voter';
    this.#do(task, '/etcdserverpb.Cluster/MemberAdd', bytes);
    bootLater(machine);
  }

  #someId(isMeant: (member: Member) => boolean): MemberId | undefined {
    const ids = (this.#ports.cluster.membership ?? []).filter(isMeant).map(({ id }) => id);
    return ids.length === 0 ? undefined : this.ports.random.pick(ids);
  }

  #do(task: Task, path: string, bytes: Uint8Array, at?: SimMachine): void {
    const { network, host, cluster } = this.#ports;
    const connection =
      at === undefined ? this.connection() : new ClientConnection(network, host, at.host);
    cluster.trace.note(`operator: ${task}`);
    this.call(
      { path, bytes },
      (outcome) => {
        const text = outcome.kind === 'failed' ? outcome.failure.message : outcome.kind;
        cluster.trace.note(`operator: ${task} ${text}`);
        const name = `${task} ${outcome.kind}`;
        this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
        if (outcome.kind !== 'answered') this.leave();
      },
      connection,
    );
  }
}
