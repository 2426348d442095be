import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { resultText } from '../../../../bench/run/report.ts';
import {
  type MemoryOptions,
  runMemoryWorkload,
} from '../../../../bench/run/run-memory-workload.ts';
import type { Server } from '../../../../bench/run/servers.ts';
import { MEMORY_WORKLOADS } from '../../../../bench/workloads/memory.ts';
import { type Faults, SmallStore, serveStore } from '../../../support/bench/small-store.ts';

/** More than one connection's share of either workload, and no multiple of it. */
const COUNT = 250;

const OPTIONS: MemoryOptions = {
  connections: 1,
  streams: 1,
  keys: 1,
  keyBytes: 32,
  valueBytes: 64,
  watchers: 1,
  idleConnections: COUNT,
  watchStreams: COUNT,
  rounds: 2,
  idleMs: 20,
};

async function run(name: string, starts: (() => Promise<Server>)[], options = OPTIONS) {
  const workload = MEMORY_WORKLOADS.find((one) => one.name === name);
  assert.ok(workload);
  return runMemoryWorkload(workload, options, starts);
}

const serve = (faults: Faults = {}) => serveStore(new SmallStore(faults));

const fails = (code: BenchError['code'], text: RegExp) => (error: unknown) =>
  error instanceof BenchError && error.code === code && text.test(error.message);

describe('runMemoryWorkload', () => {
  for (const { name, unit } of MEMORY_WORKLOADS) {
    it(`${name}: two servers, two rounds -> the ${unit} of each, one server at a time`, async () => {
      let alive = 0;
      const start = async (): Promise<Server> => {
        assert.equal(alive++, 0);
        const server = await serve();
        const dispose = async (): Promise<void> => {
          alive--;
          await server.dispose();
        };
        return { ...server, dispose };
      };
      const result = await run(name, [start, start]);
      assert.equal(result.count, COUNT);
      for (const { rounds } of result.servers) {
        assert.equal(rounds.length, 2);
        for (const { rssBytes, rssBytesBefore, bytesEach } of rounds) {
          assert.equal(bytesEach, (rssBytes - rssBytesBefore) / COUNT);
        }
      }
      const table = `^${name}, ${COUNT} ${unit} +small +small +small / small\nRSS MiB before `;
      assert.match(resultText(result), new RegExp(table));
    });
  }

  it('a watch stream that gives no right event -> BENCH_ANSWER', async () => {
    const starts = [() => serve({ repeatEvent: 100 })];
    const wrong = fails('BENCH_ANSWER', /^small: .*\nthe last line of its log$/);
    await assert.rejects(run('watch-streams', starts), wrong);
  });

  it('more connections than files -> BENCH_OPTIONS, with nothing started', async () => {
    const options = { ...OPTIONS, idleConnections: 2 ** 31 };
    const refused = fails('BENCH_OPTIONS', /^the load may have \d+ files open, .*: raise/);
    await assert.rejects(run('idle-connections', [() => assert.fail()], options), refused);
  });

  it('the memory of a process that is not known -> BENCH_OPTIONS', async () => {
    const start = async (): Promise<Server> => ({ ...(await serve()), pids: [] });
    await assert.rejects(run('watch-streams', [start]), fails('BENCH_OPTIONS', /unknown process/));
  });
});
