/** The leader of each cluster is killed under puts, again and again, in interleaved rounds. */
import { AssertionError } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { LiveCluster } from '../../test/support/live-cluster.ts';
import { SteadyWriters } from '../../test/support/steady-writers.ts';
import { BenchError } from '../bench-error.ts';
import type { FailoverWorkload } from '../workloads/workload.ts';
import { interleavedRounds } from './interleaved-rounds.ts';
import type { Server } from './servers.ts';
import type { ServerRounds } from './table.ts';

export interface FailoverOptions {
  /** Of each cluster. */
  readonly kills: number;
}

export interface FailoverFigures {
  /** From the leader's death to the first answer to a put that began after it. */
  readonly resumedMs: number;
  /** More than one: votes were split. */
  readonly elections: number;
}

export interface FailoverResult {
  readonly workload: string;
  readonly kills: number;
  readonly servers: readonly ServerRounds<FailoverFigures>[];
}

/** How often each survivor is sent a put: much shorter than what is measured. */
const PACE_MS = 2;
const WARM_UP_MS = 1000;

/** Starts the clusters, kills their leaders in turn, and ends them. Throws BenchError. */
export async function runFailover(
  workload: FailoverWorkload,
  { kills }: FailoverOptions,
  starts: readonly (() => Promise<Server>)[],
): Promise<FailoverResult> {
  const servers = await interleavedRounds(starts, { rounds: kills, measure: killLeader });
  return { workload: workload.name, kills, servers };
}

async function killLeader({ cluster }: Server, kill: number): Promise<FailoverFigures> {
  if (cluster === undefined) throw new BenchError('BENCH_OPTIONS', 'failover of a single server');
  try {
    return await measure(cluster, kill);
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    throw new BenchError('BENCH_ANSWER', error.message, error);
  }
}

/** Throws an AssertionError when a put that was answered is lost, or the members differ after all. */
async function measure(cluster: LiveCluster, kill: number): Promise<FailoverFigures> {
  const leader = await cluster.leader();
  const { term } = await cluster.status(leader);
  const survivors = cluster.members.filter((member) => member !== leader);
  const clients = survivors.map((member) => cluster.client(member));
  const writers = new SteadyWriters(clients, `failover/${kill}/`, PACE_MS);
  await pause(WARM_UP_MS);
  const killedAtMs = performance.now();
  await leader.kill();
  const resumedMs = await writers.untilResumed(killedAtMs);
  const next = await cluster.status(await cluster.leader(survivors));
  await leader.restart();
  await writers.stop();
  await cluster.equalHash();
  for (const client of clients) await writers.checkNoneLost(client);
  return { resumedMs, elections: next.term - term };
}
