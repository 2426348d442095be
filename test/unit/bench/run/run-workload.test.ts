/** Small loads, end to end, on a store that is right and on stores that are not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError, type BenchErrorCode } from '../../../../bench/bench-error.ts';
import { resultText } from '../../../../bench/run/report.ts';
import { runWorkload, type WorkloadOptions } from '../../../../bench/run/run-workload.ts';
import type { Server } from '../../../../bench/run/servers.ts';
import { WORKLOADS } from '../../../../bench/workloads/index.ts';
import type { LoadWorkload } from '../../../../bench/workloads/workload.ts';
import { type Faults, SmallStore, serveStore } from '../../../support/bench/small-store.ts';

const OPTIONS: WorkloadOptions = {
  connections: 2,
  streams: 5,
  keys: 200,
  keyBytes: 32,
  valueBytes: 64,
  watchers: 10,
  idleConnections: 1,
  watchStreams: 1,
  total: 500,
  warmUp: 30,
  rounds: 1,
  settleMs: 0,
};

const STORE_WORKLOADS = WORKLOADS.filter((one): one is LoadWorkload => one.kind === 'store');

const PUT = STORE_WORKLOADS.find((one) => one.name === 'put') as LoadWorkload;

async function run(name: string, stores: readonly SmallStore[], rounds = 1) {
  const workload = STORE_WORKLOADS.find((one) => one.name === name);
  assert.ok(workload);
  return runWorkload(
    workload,
    { ...OPTIONS, rounds },
    stores.map((store) => () => serveStore(store)),
  );
}

/** One server with the endpoints of all of them. */
async function togetherOf(stores: readonly SmallStore[]): Promise<Server> {
  const servers = await Promise.all(stores.map((store) => serveStore(store)));
  return {
    ...(servers[0] as Server),
    endpoints: servers.flatMap(({ endpoints }) => endpoints),
    async dispose() {
      for (const server of servers) await server.dispose();
    },
  };
}

async function failsWith(name: string, faults: Faults, code: BenchErrorCode): Promise<void> {
  await assert.rejects(run(name, [new SmallStore(faults)]), (error) => {
    assert.ok(error instanceof BenchError);
    assert.equal(error.code, code);
    assert.match(error.message, /^small: .*\nthe last line of its log$/);
    return true;
  });
}

describe('runWorkload', () => {
  for (const { name, unit } of STORE_WORKLOADS) {
    it(`${name}: a store that is right -> all ${unit} counted`, async () => {
      const result = await run(name, [new SmallStore()]);
      const figures = result.servers[0]?.rounds[0];
      assert.ok(figures);
      assert.equal(figures.operations, 500);
      assert.ok(figures.perSecond > 0 && figures.loadCpuUs > 0 && (figures.rssBytes ?? 0) > 0);
      assert.ok(figures.p50Ms > 0 && figures.p99Ms >= figures.p50Ms);
    });
  }

  it('two servers, three rounds -> figures of both, and their ratio', async () => {
    const result = await run('range', [new SmallStore(), new SmallStore()], 3);
    assert.deepEqual(
      result.servers.map(({ rounds }) => rounds.length),
      [3, 3],
    );
    assert.match(resultText(result), /^range, requests +small +small +small \/ small\n/);
  });

  it('two members with one store -> their requests together are counted', async () => {
    const store = new SmallStore();
    const result = await runWorkload(PUT, OPTIONS, [() => togetherOf([store, store])]);
    assert.equal(result.servers[0]?.rounds[0]?.operations, 500);
  });

  it('two members of which each keeps its half to itself -> BENCH_REVISION', async () => {
    const starts = [() => togetherOf([new SmallStore(), new SmallStore()])];
    await assert.rejects(
      runWorkload(PUT, OPTIONS, starts),
      (error) => error instanceof BenchError && error.code === 'BENCH_REVISION',
    );
  });

  it('one failing status among 500 -> BENCH_STATUS', async () => {
    await failsWith('put', { failPut: 400 }, 'BENCH_STATUS');
    await failsWith('mix-1-4', { failPut: 50 }, 'BENCH_STATUS');
  });

  it('a write acknowledged but not done -> BENCH_REVISION', async () => {
    await failsWith('put', { losePut: 333 }, 'BENCH_REVISION');
  });

  it('a value of another size -> BENCH_ANSWER', async () => {
    await failsWith('range', { shortenValue: 100 }, 'BENCH_ANSWER');
  });

  it('a lease that has expired -> BENCH_ANSWER', async () => {
    await failsWith('lease-keep-alive', { expireLease: 100 }, 'BENCH_ANSWER');
  });

  it('an event twice -> BENCH_ANSWER', async () => {
    await failsWith('watch-one-key', { repeatEvent: 100 }, 'BENCH_ANSWER');
  });

  it('a server that does not start -> the ones before it are stopped', async () => {
    const workload = STORE_WORKLOADS[0];
    assert.ok(workload);
    let disposed = 0;
    const starts = [
      async () => {
        const server = await serveStore(new SmallStore());
        const dispose = async (): Promise<void> => {
          disposed++;
          await server.dispose();
        };
        return { ...server, dispose };
      },
      () => Promise.reject(new BenchError('BENCH_OPTIONS', 'no such server')),
    ];
    await assert.rejects(runWorkload(workload, OPTIONS, starts), /no such server/);
    assert.equal(disposed, 1);
  });
});
