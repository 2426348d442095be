/** A cluster of several processes on this machine. */
import assert from 'node:assert/strict';
import { call, type Fields, type GrpcClient, grpcClient } from './grpc-client.ts';
import { freePort, MemberProcess, type Place } from './processes.ts';

/** What a member says of itself. */
export interface MemberStatus {
  readonly id: string;
  /** '0': it knows none. */
  readonly leader: string;
  readonly term: number;
  readonly applied: number;
}

export interface ClusterOptions {
  readonly kind?: 'etcd-ts' | 'etcd';
  readonly flags?: readonly string[];
  /** One for each member; all on this machine as it is unless given. */
  readonly places?: readonly Place[];
  /** Of the first members; the others have temporary ones. */
  readonly folders?: readonly string[];
}

export class LiveCluster {
  readonly members: MemberProcess[] = [];
  readonly #clients = new Map<MemberProcess, GrpcClient>();

  /** Starts that many members, of ours unless told, at once, and waits until all serve. */
  static async start(size: number, options: ClusterOptions = {}): Promise<LiveCluster> {
    const { kind = 'etcd-ts', flags = [], places = [], folders = [] } = options;
    const cluster = new LiveCluster();
    const ports: number[] = [];
    for (let at = 0; at < size; at++) ports.push(await freePort());
    const initialCluster = ports
      .map((port, at) => `m${at}=http://${places[at]?.address ?? '127.0.0.1'}:${port}`)
      .join(',');
    const starting = ports.map(async (peerPort, at) => {
      const place = places[at];
      const folder = folders[at];
      const where = {
        ...(place === undefined ? {} : { place }),
        ...(folder === undefined ? {} : { folder }),
      };
      return MemberProcess.start({
        kind,
        name: `m${at}`,
        peerPort,
        initialCluster,
        flags,
        ...where,
      });
    });
    const failures: unknown[] = [];
    for (const started of await Promise.allSettled(starting)) {
      if (started.status === 'fulfilled') cluster.members.push(started.value);
      else failures.push(started.reason);
    }
    if (failures.length === 0) return cluster;
    await cluster.dispose();
    throw failures[0];
  }

  get endpoints(): string {
    return this.members.map(({ endpoint }) => endpoint).join(',');
  }

  client(member: MemberProcess): GrpcClient {
    let client = this.#clients.get(member);
    if (client === undefined) {
      client = grpcClient(member.endpoint);
      this.#clients.set(member, client);
    }
    return client;
  }

  async status(member: MemberProcess): Promise<MemberStatus> {
    const path = '/etcdserverpb.Maintenance/Status';
    const answer = await call(this.client(member), path, {});
    return {
      id: String((answer['header'] as Fields)['memberId']),
      leader: String(answer['leader']),
      term: Number(answer['raftTerm']),
      applied: Number(answer['raftAppliedIndex']),
    };
  }

  /**
   * How long writes may stay away since `term` at default time-outs: an election is over after 3 s,
   * or another one, if the votes were split.
   */
  async failoverMsMax(term: number, witness: MemberProcess): Promise<number> {
    return 3000 * ((await this.status(witness)).term - term);
  }

  /** The leader of the members given, of which all agree on it. */
  async leader(members = this.members): Promise<MemberProcess> {
    for (let tries = 0; tries < 400; tries++) {
      const found = await Promise.all(members.map((member) => this.status(member)));
      const [first] = found;
      const at = found.findIndex(({ id }) => id === first?.leader);
      const leader = members[at];
      if (leader !== undefined && found.every((other) => other.leader === first?.leader)) {
        return leader;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return assert.fail('the members agree on no leader');
  }

  /** The hash of every member, when all have applied the same; fails when they differ. */
  async equalHash(members = this.members): Promise<string> {
    const path = '/etcdserverpb.Maintenance/HashKV';
    let seen: string[] = [];
    for (let tries = 0; tries < 200; tries++) {
      const answers = await Promise.all(
        members.map((member) => call(this.client(member), path, {})),
      );
      seen = answers.map(({ hash, header }) => `${String(hash)} at ${revisionOf(header)}`);
      if (new Set(seen).size === 1) return seen[0] ?? '';
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return assert.fail(`the members differ: ${seen.join(', ')}`);
  }

  async dispose(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    await Promise.all(this.members.map((member) => member.dispose()));
  }
}

function revisionOf(header: unknown): string {
  return String((header as Fields)['revision']);
}
