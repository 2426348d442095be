/** Reads one snapshot after the other in a thread of its own, so that no put waits for them. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { BenchError } from '../bench-error.ts';
import type { Endpoint } from './connection-group.ts';
import { readSnapshot } from './snapshot-reader.ts';

export interface SnapshotsTaken {
  readonly snapshots: number;
  /** Bytes of all files. */
  readonly bytes: number;
  readonly seconds: number;
}

interface Task {
  readonly endpoint: Endpoint;
  readonly msMin: number;
}

/** Takes snapshots until `msMin` have passed, at least one. Throws BENCH_ANSWER. */
export function takeSnapshots(endpoint: Endpoint, msMin: number): Promise<SnapshotsTaken> {
  const task: Task = { endpoint, msMin };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', (error) => {
      reject(new BenchError('BENCH_ANSWER', `snapshot: ${error.message}`, error));
    });
  });
}

async function work({ endpoint, msMin }: Task): Promise<SnapshotsTaken> {
  const startedAtMs = performance.now();
  let bytes = 0;
  for (let snapshots = 1; ; snapshots++) {
    bytes += await readSnapshot(endpoint);
    const ms = performance.now() - startedAtMs;
    if (ms >= msMin) return { snapshots, bytes, seconds: ms / 1000 };
  }
}

if (!isMainThread) parentPort?.postMessage(await work(workerData as Task));
