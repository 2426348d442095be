/** `npm run bench`: loads real etcd and etcd-ts in turn and prints how they compare. */
import { writeFileSync } from 'node:fs';
import { BenchError } from './bench-error.ts';
import { onServerCore } from './run/affinity.ts';
import { type BenchOptions, parseOptions } from './run/options.ts';
import { describeMachine, machineText, resultText } from './run/report.ts';
import { type CompactionResult, runCompaction } from './run/run-compaction.ts';
import { type FailoverResult, runFailover } from './run/run-failover.ts';
import { type MemoryResult, runMemoryWorkload } from './run/run-memory-workload.ts';
import { type LoadResult, runWorkload } from './run/run-workload.ts';
import { runningServer, type Server, startServer, startTransport } from './run/servers.ts';
import { WORKLOADS } from './workloads/index.ts';
import type { Workload } from './workloads/workload.ts';

/** With fewer, answers could come from a cache. */
const DISTINCT_REQUESTS_MIN = 100_000;

type Result = LoadResult | MemoryResult | CompactionResult | FailoverResult;

/** Servers to be stopped when we are. */
const running = new Set<Server>();

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const machine = describeMachine();
  console.log(machineText(machine, options.pin));
  console.log(loadText(options));
  const results: Result[] = [];
  for (const name of options.workloads) {
    const workload = WORKLOADS.find((one) => one.name === name);
    if (workload === undefined) continue;
    const result = await resultOf(workload, options);
    results.push(result);
    console.log(`\n${resultText(result)}`);
    if (options.json === undefined) continue;
    // After each workload: a later one may fail.
    const document = { takenAt: new Date().toISOString(), machine, options, results };
    writeFileSync(options.json, `${JSON.stringify(document, undefined, 2)}\n`);
  }
}

async function resultOf(workload: Workload, options: BenchOptions): Promise<Result> {
  const starts = startsOf(workload, options);
  switch (workload.kind) {
    case 'memory':
      return runMemoryWorkload(workload, options, starts);
    case 'compaction':
      return runCompaction(workload, options, starts);
    case 'failover':
      return runFailover(workload, options, starts);
    case 'store':
    case 'no-op':
      return runWorkload(workload, options, starts);
  }
}

function startsOf(workload: Workload, options: BenchOptions): (() => Promise<Server>)[] {
  const { endpoint, members, pid, pin, servers, transports, valueBytes } = options;
  if (endpoint !== undefined) return [() => remembered(runningServer(endpoint, pid))];
  const starts =
    workload.kind === 'no-op'
      ? transports.map((kind) => () => remembered(startTransport(kind)))
      : servers.map((kind) => () => remembered(startServer(kind, valueBytes, members)));
  return pin ? starts.map((start) => () => onServerCore(start)) : starts;
}

async function remembered(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  const entry: Server = {
    ...server,
    async dispose() {
      running.delete(entry);
      await server.dispose();
    },
  };
  running.add(entry);
  return entry;
}

function loadText(options: BenchOptions): string {
  const { connections, streams, total, warmUp, rounds, keys, keyBytes, valueBytes } = options;
  const few = keys < DISTINCT_REQUESTS_MIN || total < DISTINCT_REQUESTS_MIN;
  return [
    `${connections} connections x ${streams} streams, ${rounds} rounds of ${total} operations after`,
    `${warmUp} to warm up; ${keys} keys of ${keyBytes} bytes, values of ${valueBytes}, as many`,
    `distinct requests${few ? ' (FEWER THAN A SERIOUS RUN NEEDS)' : ''}. Medians (least-greatest).`,
  ].join(' ');
}

function stopOn(signal: NodeJS.Signals): void {
  process.once(signal, () => {
    void Promise.all([...running].map((server) => server.dispose())).then(() => process.exit(1));
  });
}

stopOn('SIGINT');
stopOn('SIGTERM');
try {
  await main();
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
