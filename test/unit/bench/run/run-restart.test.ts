import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { type RestartOptions, runRestart } from '../../../../bench/run/run-restart.ts';
import { WORKLOADS } from '../../../../bench/workloads/index.ts';
import { SmallStore, serveStore } from '../../../support/bench/small-store.ts';

const OPTIONS: RestartOptions = {
  connections: 1,
  streams: 1,
  keys: 10,
  keyBytes: 32,
  valueBytes: 64,
  watchers: 1,
  idleConnections: 1,
  watchStreams: 1,
  rounds: 1,
  warmUp: 1,
};

describe('runRestart', () => {
  it('a server that we have not started -> BENCH_OPTIONS, and it is ended', async () => {
    const workload = WORKLOADS.find(({ kind }) => kind === 'restart');
    assert.ok(workload?.kind === 'restart');
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
      runRestart(workload, OPTIONS, [start]),
      (error) => error instanceof BenchError && error.code === 'BENCH_OPTIONS',
    );
    assert.ok(isOver);
  });
});
