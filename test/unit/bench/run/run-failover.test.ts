import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { runFailover } from '../../../../bench/run/run-failover.ts';
import { WORKLOADS } from '../../../../bench/workloads/index.ts';
import { SmallStore, serveStore } from '../../../support/bench/small-store.ts';

describe('runFailover', () => {
  it('a server that is no cluster -> BENCH_OPTIONS, and it is ended', async () => {
    const workload = WORKLOADS.find(({ kind }) => kind === 'failover');
    assert.ok(workload?.kind === 'failover');
    let isOver = false;
    const start = async () => {
      const server = await serveStore(new SmallStore());
      const dispose = async (): Promise<void> => {
        isOver = true;
        await server.dispose();
      };
      return { ...server, dispose };
    };
    await assert.rejects(
      runFailover(workload, { kills: 1 }, [start]),
      (error) => error instanceof BenchError && error.code === 'BENCH_OPTIONS',
    );
    assert.ok(isOver);
  });
});
