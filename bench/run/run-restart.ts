/** Servers with all keys stop, or are killed, and start again, in interleaved rounds. */
import { setTimeout as pause } from 'node:timers/promises';
import type { MemberProcess } from '../../test/support/processes.ts';
import { BenchError } from '../bench-error.ts';
import { ClosedLoop } from '../load/closed-loop.ts';
import { ConnectionGroup } from '../load/connection-group.ts';
import { ControlClient } from '../load/control-client.ts';
import type { RequestSet } from '../load/request-set.ts';
import { fewPuts } from '../workloads/few-puts.ts';
import { preload } from '../workloads/preload.ts';
import type { LoadOptions, RestartWorkload } from '../workloads/workload.ts';
import { interleavedRounds } from './interleaved-rounds.ts';
import { peakResidentBytes } from './process-metrics.ts';
import { parseEndpoint, type Server } from './servers.ts';
import type { ServerRounds } from './table.ts';

export interface RestartOptions extends LoadOptions {
  readonly rounds: number;
  /** Puts before each end, so that there is something behind the last snapshot. */
  readonly warmUp: number;
}

export interface RestartFigures {
  /** From the start of the process to the answer to a linearizable read, after SIGTERM. */
  readonly stoppedMs: number;
  /** The same, after SIGKILL. */
  readonly killedMs: number;
  /** Peak of the resident memory until then, the greater one. */
  readonly peakRssBytes: number;
}

export interface RestartResult {
  readonly workload: string;
  /** On so many keys. */
  readonly restartsOn: number;
  readonly servers: readonly ServerRounds<RestartFigures>[];
}

/** Between two tries to read: much shorter than what is measured. */
const TRY_MS = 2;
const START_MS_MAX = 300_000;

/** Starts the servers, fills them, restarts them in turn, and ends them. Throws BenchError. */
export async function runRestart(
  workload: RestartWorkload,
  options: RestartOptions,
  starts: readonly (() => Promise<Server>)[],
): Promise<RestartResult> {
  const puts = fewPuts(options);
  const servers = await interleavedRounds(starts, {
    rounds: options.rounds,
    prepare: (server) => preload(server.endpoints, options),
    measure: (server) => measure(server, puts, options),
  });
  return { workload: workload.name, restartsOn: options.keys, servers };
}

async function measure(
  { cluster }: Server,
  puts: RequestSet,
  { warmUp }: RestartOptions,
): Promise<RestartFigures> {
  const member = cluster?.members[0];
  if (member === undefined) throw new BenchError('BENCH_OPTIONS', 'a server that is not ours');
  const stopped = await restart(member, puts, warmUp, () => member.stop());
  const killed = await restart(member, puts, warmUp, () => member.kill());
  return {
    stoppedMs: stopped.ms,
    killedMs: killed.ms,
    peakRssBytes: Math.max(stopped.peakRssBytes, killed.peakRssBytes),
  };
}

/** Throws BENCH_REVISION when writes that were answered are not there afterwards. */
async function restart(
  member: MemberProcess,
  puts: RequestSet,
  writes: number,
  end: () => Promise<unknown>,
): Promise<{ ms: number; peakRssBytes: number }> {
  const endpoint = parseEndpoint(member.endpoint);
  const group = new ConnectionGroup([endpoint], 1);
  await new ClosedLoop(group, 1, puts).run(writes);
  group.close();
  const revision = await revisionOf(member);
  await end();
  const startedAtMs = performance.now();
  member.spawn();
  for (;;) {
    const found = await revisionOf(member).catch((error: unknown) => {
      // It does not listen yet, or not serve yet.
      if (error instanceof BenchError) return undefined;
      throw error;
    });
    const ms = performance.now() - startedAtMs;
    if (found === revision) return { ms, peakRssBytes: peakResidentBytes(member.pid) };
    if (found !== undefined) {
      const text = `the revision is ${found}; before the restart it was ${revision}`;
      throw new BenchError('BENCH_REVISION', text);
    }
    if (ms > START_MS_MAX) throw new BenchError('BENCH_STALLED', 'it does not serve again');
    await pause(TRY_MS);
  }
}

async function revisionOf({ endpoint }: MemberProcess): Promise<number> {
  const control = new ControlClient([parseEndpoint(endpoint)]);
  try {
    return await control.revision();
  } finally {
    control.close();
  }
}
