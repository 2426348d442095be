import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { resultText } from '../../../../bench/run/report.ts';
import { runCompaction } from '../../../../bench/run/run-compaction.ts';
import { WORKLOADS } from '../../../../bench/workloads/index.ts';
import { COMPACTION_MS, SmallStore, serveStore } from '../../../support/bench/small-store.ts';

const OPTIONS = {
  connections: 2,
  streams: 5,
  keys: 50,
  keyBytes: 32,
  valueBytes: 64,
  watchers: 10,
  idleConnections: 1,
  watchStreams: 1,
  rounds: 1,
  revisions: 200,
  pace: 500,
  times: { warmUpMs: 10, quietMs: 20, sizedMs: 0 },
};

function run(store: SmallStore) {
  const workload = WORKLOADS.find(({ kind }) => kind === 'compaction');
  assert.ok(workload?.kind === 'compaction');
  return runCompaction(workload, OPTIONS, [() => serveStore(store)]);
}

describe('runCompaction', () => {
  it('compacts all that was written before, under the load', async () => {
    const store = new SmallStore();
    const result = await run(store);
    assert.equal(store.compactedAt, 201);
    const [figures] = result.servers[0]?.rounds ?? [];
    assert.ok(figures !== undefined);
    assert.ok(figures.seconds * 1000 >= COMPACTION_MS - 1);
    assert.ok(figures.meanwhile.maxMs >= figures.meanwhile.p50Ms);
    assert.deepEqual(figures.sizeBefore, { totalBytes: 1000, inUseBytes: 1000 });
    assert.deepEqual(figures.sizeAfter, { totalBytes: 1000, inUseBytes: 400 });
    assert.match(resultText(result), /^compaction, 200 revisions .*small/);
  });

  it('a put that is lost under the load -> BENCH_REVISION', async () => {
    await assert.rejects(
      run(new SmallStore({ losePut: 203 })),
      (error) => error instanceof BenchError && error.code === 'BENCH_REVISION',
    );
  });
});
