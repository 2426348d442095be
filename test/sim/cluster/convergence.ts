/**
 * After the last fault: within bounded time there is one leader whom all members follow, all have
 * applied the same, hold the same, and serve; and leases that nobody keeps have ended.
 */
import { defined } from '../../../src/base/assert.ts';
import { MvccError } from '../../../src/mvcc/index.ts';
import { AlarmType } from '../../../src/pb/index.ts';
import type { Member } from '../../../src/server/member.ts';
import { hexId, memberJson } from '../../../src/server/membership/member.ts';
import { KvClient } from '../clients/kv-client.ts';
import type { SimClient } from '../clients/sim-client.ts';
import { WatchClient } from '../clients/watch-client.ts';
import { ClientConnection } from '../network/client-connection.ts';
import type { SimCluster } from './sim-cluster.ts';
import type { SimMachine } from './sim-machine.ts';
import { SimulationError } from './simulation-error.ts';

/** Time for an election, for late starts and snapshots, and for all that waits for them. */
const RECOVER_MS = 60_000;
/** Time for the longest lease to end, extended by elections, and for its revocation. */
/** Time for one write, whatever is still going on. */
const ANSWER_MS = 20_000;
/** Time that clients have after everything works again. */
const CALM_MS = 1000;
/** Between two tries of a write. */
const RETRY_MS = 100;
export const EXPIRE_MS = 30_000;

export async function converge(cluster: SimCluster, clients: readonly SimClient[]): Promise<void> {
  await recovered(cluster);
  // What clients do now meets no fault any more.
  await cluster.pass(CALM_MS);
  checkUnalarmed(cluster);
  for (const client of clients) client.stop();
  await cluster.run(() => clients.every(({ isIdle }) => isIdle), RECOVER_MS, 'all answers');
  // What was on its way may have changed the members.
  await recovered(cluster);
  const writer = defined(
    clients.find((client) => client instanceof KvClient),
    'there is a writer',
  );
  for (const machine of votersOf(cluster)) await putsThrough(cluster, writer, machine);
  const leases = (): number =>
    membersOf(cluster).reduce((sum, { member }) => sum + leasesOf(member), 0);
  await cluster.run(() => leases() === 0, EXPIRE_MS, 'the end of leases that nobody keeps');
  await checkSame(cluster);
  const watchers = clients.filter((client) => client instanceof WatchClient);
  const last = cluster.monitor.revisions.at(-1)?.revision ?? 0;
  const haveSeen = (): boolean => watchers.every((watcher) => watcher.through >= last);
  await cluster.run(haveSeen, ANSWER_MS, 'the last event for each watcher');
}

/** Whatever went wrong, members have never come to hold different states. */
function checkUnalarmed(cluster: SimCluster): void {
  for (const { name, member } of membersOf(cluster)) {
    if (member?.alarms.isActive(AlarmType.CORRUPT) !== true) continue;
    throw new SimulationError(`${name} has an alarm of corruption`);
  }
}

async function recovered(cluster: SimCluster): Promise<void> {
  try {
    await cluster.run(() => unserved(cluster) === undefined, RECOVER_MS, 'all members serve');
  } catch (error) {
    throw explained(error, unserved(cluster));
  }
}

function leasesOf(member: Member | undefined): number {
  return member?.lessor.size ?? 0;
}

function explained(error: unknown, text: string | undefined): unknown {
  if (text === undefined || !(error instanceof SimulationError)) return error;
  return new SimulationError(`${error.message} (${text})`, { cause: error.cause });
}

/** The machines of the members, as the leader knows them. */
function membersOf(cluster: SimCluster): readonly SimMachine[] {
  const urls = cluster.membership?.flatMap(({ peerURLs }) => peerURLs) ?? [];
  return cluster.machines.filter(({ peerUrl }) => urls.includes(peerUrl));
}

/** The same of those that may vote, and take writes. */
function votersOf(cluster: SimCluster): readonly SimMachine[] {
  const voters = (cluster.membership ?? []).filter(({ isLearner }) => !isLearner);
  const urls = voters.flatMap(({ peerURLs }) => peerURLs);
  return cluster.machines.filter(({ peerUrl }) => urls.includes(peerUrl));
}

/** Why not all members serve; undefined when they do. */
function unserved(cluster: SimCluster): string | undefined {
  const { leaders } = cluster;
  const [leader] = leaders;
  if (leaders.length !== 1 || leader?.member === undefined) return `${leaders.length} leaders`;
  const members = membersOf(cluster);
  for (const machine of members) {
    const { member, name, isPublished } = machine;
    if (member === undefined || !isPublished) return `${name} does not serve`;
    if (member.raft.leader !== leader.member.raft.id) return `${name} does not follow`;
    const lag = leader.member.raft.appliedIndex - member.raft.appliedIndex;
    if (lag > LAG_MAX) return `${name} is ${lag} entries behind`;
  }
  for (const machine of cluster.machines) {
    if (machine.isUp && !members.includes(machine) && knowsMembers(machine)) {
      return `${machine.name} is no member but runs`;
    }
  }
  return uneven(cluster, LAG_MAX);
}

/**
 * Who was removed before it got any of the log, and was down meanwhile, knows nobody to ask, and
 * nobody looks for it: it waits for ever.
 */
function knowsMembers({ member }: SimMachine): boolean {
  return (member?.cluster.members.length ?? 0) > 0;
}

/** While clients write, members may be that far behind. */
const LAG_MAX = 20;

/** Which member has not applied what the leader has; undefined when all have. */
function uneven(cluster: SimCluster, lagMax = 0): string | undefined {
  const applied = membersOf(cluster).map(({ member }) => member?.raft.appliedIndex ?? 0);
  const [low, high] = [Math.min(...applied), Math.max(...applied)];
  return high - low <= lagMax ? undefined : `applied indexes are ${applied.join(', ')}`;
}

/** A write through this member is answered. */
async function putsThrough(
  cluster: SimCluster,
  writer: KvClient,
  machine: SimMachine,
): Promise<void> {
  let isAnswered = false;
  // A removal that waited in the cluster when its client was lost may happen only now.
  const isOver = (): boolean => isAnswered || machine.isRetired;
  const put = (): void => {
    const connection = new ClientConnection(cluster.network, writer.host, machine.host);
    writer.perform(
      writer.probe(),
      (answer) => {
        isAnswered ||= answer !== undefined;
        if (!isOver()) cluster.control.after(RETRY_MS, put);
      },
      connection,
    );
  };
  put();
  await cluster.run(isOver, ANSWER_MS, `an answer through ${machine.name}`);
}

/** What all members must agree on, of one. */
interface State {
  readonly name: string;
  readonly appliedIndex: number;
  readonly text: string;
}

/** Compares all members; again, if one has applied more meanwhile. */
async function checkSame(cluster: SimCluster): Promise<void> {
  await cluster.run(() => uneven(cluster) === undefined, RECOVER_MS, 'all have applied the same');
  const states = await cluster.settled(Promise.all(membersOf(cluster).map(stateOf)));
  const [first, ...others] = states;
  if (others.some(({ appliedIndex }) => appliedIndex !== first?.appliedIndex)) {
    return checkSame(cluster);
  }
  for (const { name, text } of others) {
    if (text === first?.text) continue;
    throw new SimulationError(`${name} holds ${text}, ${first?.name} holds ${first?.text}`);
  }
  for (const machine of membersOf(cluster)) machine.process.checkInvariants();
}

async function stateOf(machine: SimMachine): Promise<State> {
  const { store, cluster, raft } = defined(machine.member, 'all members run');
  const hashed = await store.hashKv(0);
  if (hashed instanceof MvccError) throw hashed;
  const { hash, revision, currentRevision, compactRevision } = hashed;
  const members = cluster.members.map(memberJson).join();
  const removed = cluster.removed.map(hexId).join();
  const { appliedIndex } = raft;
  const place = `applied ${appliedIndex}, revision ${revision} of ${currentRevision}`;
  const content = `hash ${hash} from ${compactRevision}`;
  const { version } = cluster;
  const text = `${place}, ${content}, members ${members} without ${removed} at ${version}`;
  return { name: machine.name, appliedIndex, text };
}
