import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { resultText } from '../../../../bench/run/report.ts';
import { runSnapshot, type SnapshotOptions } from '../../../../bench/run/run-snapshot.ts';
import { WORKLOADS } from '../../../../bench/workloads/index.ts';
import { type Faults, SmallStore, serveStore } from '../../../support/bench/small-store.ts';

const KEYS = 200;
const OPTIONS: SnapshotOptions = {
  connections: 1,
  streams: 2,
  keys: KEYS,
  keyBytes: 32,
  valueBytes: 64,
  watchers: 1,
  idleConnections: 1,
  watchStreams: 1,
  rounds: 1,
  warmUp: 10,
  settleMs: 0,
  pace: 1000,
  snapshotMs: 20,
};

async function run(faults: Faults = {}, known = true) {
  const workload = WORKLOADS.find(({ kind }) => kind === 'snapshot');
  assert.ok(workload?.kind === 'snapshot');
  const start = async () => {
    const server = await serveStore(new SmallStore(faults));
    return known ? server : { ...server, pids: [] };
  };
  return runSnapshot(workload, OPTIONS, [start, start]);
}

const fails = (code: BenchError['code'], text: RegExp) => (error: unknown) =>
  error instanceof BenchError && error.code === code && text.test(error.message);

describe('runSnapshot', () => {
  it('two servers -> puts without and with snapshots, of both kinds of load, and what a file is', async () => {
    const result = await run();
    for (const { rounds } of result.servers) {
      const [figures = assert.fail()] = rounds;
      assert.equal(figures.fileBytes, KEYS);
      for (const under of [figures.paced, figures.closed]) {
        assert.ok(under.bytesPerSecond > 0 && under.putsPerSecond > 0);
        assert.ok(under.p99Ms > 0 && under.p99MsAlone > 0 && under.maxMs >= under.p99Ms);
      }
    }
    assert.match(
      resultText(result),
      /^snapshot, 200 keys +small +small +small \/ small\nfile MiB /,
    );
  });

  it('a digest of something else -> BENCH_ANSWER', async () => {
    await assert.rejects(run({ spoilDigest: 1 }), fails('BENCH_ANSWER', /digest/));
  });

  it('a process that is not known -> BENCH_OPTIONS', async () => {
    await assert.rejects(run({}, false), fails('BENCH_OPTIONS', /unknown process/));
  });
});
