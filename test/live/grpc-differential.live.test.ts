/** Raw gRPC calls get the same bytes, codes and texts from us as from real etcd. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grpcClient } from '../support/grpc-client.ts';
import { freePort, liveSkipReason, MemberProcess } from '../support/processes.ts';
import { LEASE_SCRIPT } from './grpc-calls/lease.ts';
import { MALFORMED_SCRIPT } from './grpc-calls/malformed.ts';
import { MEMBER_SCRIPT } from './grpc-calls/member.ts';
import { RANGE_SCRIPT } from './grpc-calls/range.ts';
import { TXN_SCRIPT } from './grpc-calls/txn.ts';
import { WATCH_SCRIPT } from './grpc-calls/watch.ts';
import { WRITE_SCRIPT } from './grpc-calls/write.ts';
import {
  type OracleLine,
  oracleLine,
  unknownDifferences,
  unseenDifferences,
} from './grpc-differences.ts';
import type { GrpcStep } from './grpc-script.ts';
import { GrpcScriptRun, type StepResult } from './run-grpc-script.ts';

const skip = liveSkipReason('etcd');

const SCRIPTS: Readonly<Record<string, readonly GrpcStep[]>> = {
  range: RANGE_SCRIPT,
  write: WRITE_SCRIPT,
  txn: TXN_SCRIPT,
  lease: LEASE_SCRIPT,
  watch: WATCH_SCRIPT,
  member: MEMBER_SCRIPT,
  malformed: MALFORMED_SCRIPT,
};

interface Runs {
  readonly etcd: StepResult[];
  readonly ours: StepResult[];
}

async function bothRuns(script: readonly GrpcStep[], line: OracleLine): Promise<Runs> {
  // The same ports for both, so that member and cluster ids are the same.
  const ports = { clientPort: await freePort(), peerPort: await freePort() };
  const run = async (kind: 'etcd' | 'etcd-ts'): Promise<StepResult[]> => {
    const member = await MemberProcess.start({ kind, ...ports });
    const client = grpcClient(member.endpoint);
    const is35 = kind === 'etcd' && line === '3.5';
    try {
      return await new GrpcScriptRun(client, { is35 }).all(script);
    } finally {
      client.close();
      await member.dispose();
    }
  };
  return { etcd: await run('etcd'), ours: await run('etcd-ts') };
}

describe('raw gRPC calls to etcd and etcd-ts', { skip }, () => {
  const runs: Runs[] = [];

  for (const [name, script] of Object.entries(SCRIPTS)) {
    it(`${name}: same bytes, codes and texts`, { timeout: 240_000 }, async (t) => {
      const line = await oracleLine();
      const both = await bothRuns(script, line);
      runs.push(both);
      assert.deepEqual(unknownDifferences(line, both.etcd, both.ours), []);
      t.diagnostic(`${script.length} steps against etcd ${line}`);
    });
  }

  it('known differences: every one was seen', async () => {
    assert.equal(runs.length, Object.keys(SCRIPTS).length, 'all scripts ran');
    assert.deepEqual(unseenDifferences(await oracleLine(), runs), []);
  });
});
