/**
 * One random script on real etcd and on ours: the same answers all along, and the same state,
 * before and after compactions, kill -9 and restart. `SEED=` replays one, `SEEDS=` runs so many.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grpcClient } from '../support/grpc-client.ts';
import { freePort, liveSkipReason, MemberProcess } from '../support/processes.ts';
import { type OracleLine, oracleLine, unknownDifferences } from './grpc-differences.ts';
import { call, type GrpcStep } from './grpc-script.ts';
import { RandomScript } from './random-script.ts';
import { GrpcScriptRun, type StepResult } from './run-grpc-script.ts';

const skip = liveSkipReason('etcd');
const STEPS = Number(process.env['STEPS'] ?? 1000);
const FIRST_SEED = 20261120;

const seeds =
  process.env['SEED'] === undefined
    ? Array.from({ length: Number(process.env['SEEDS'] ?? 3) }, (_, at) => FIRST_SEED + at)
    : [Number(process.env['SEED'])];

/** What is done in each life of the member; between two it is killed. */
function lives(seed: number): GrpcStep[][] {
  const script = new RandomScript(seed);
  const compaction = call('KV/Compact', (now) => ({ revision: now - 50, physical: true }));
  return [
    [...script.steps(STEPS), ...script.dump(), compaction, ...script.dump()],
    [...script.dump(), ...script.steps(Math.ceil(STEPS / 5)), ...script.dump()],
    script.dump(),
  ];
}

async function resultsOf(
  member: MemberProcess,
  seed: number,
  is35: boolean,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [life, steps] of lives(seed).entries()) {
    if (life > 0) {
      await member.kill();
      await member.restart();
    }
    const client = grpcClient(member.endpoint);
    try {
      results.push(...(await new GrpcScriptRun(client, { is35 }).all(steps)));
    } finally {
      client.close();
    }
  }
  return results;
}

async function bothResults(
  seed: number,
  line: OracleLine,
): Promise<{ etcd: StepResult[]; ours: StepResult[] }> {
  // The same ports for both, so that member and cluster ids are the same.
  const ports = { clientPort: await freePort(), peerPort: await freePort() };
  const run = async (kind: 'etcd' | 'etcd-ts'): Promise<StepResult[]> => {
    const member = await MemberProcess.start({ kind, ...ports });
    try {
      return await resultsOf(member, seed, kind === 'etcd' && line === '3.5');
    } finally {
      await member.dispose();
    }
  };
  return { etcd: await run('etcd'), ours: await run('etcd-ts') };
}

describe('random calls to etcd and etcd-ts', { skip }, () => {
  for (const seed of seeds) {
    it(`SEED=${seed}: same answers, same state`, { timeout: 240_000 }, async (t) => {
      const line = await oracleLine();
      const { etcd, ours } = await bothResults(seed, line);
      // The first few say what is wrong; what follows them mostly follows from them.
      assert.deepEqual(unknownDifferences(line, etcd, ours).slice(0, 5), []);
      t.diagnostic(`${etcd.length} steps against etcd ${line}`);
    });
  }
});
