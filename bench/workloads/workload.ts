import type { Endpoint } from '../load/connection-group.ts';
import type { Latencies } from '../load/latencies.ts';

/** How large a load is; the same for every server. */
export interface LoadOptions {
  readonly connections: number;
  /** Per connection. */
  readonly streams: number;
  /** Keys that are there before the load. */
  readonly keys: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly watchers: number;
}

export interface RunResult {
  readonly operations: number;
  /** Acknowledged writes: by so much has the revision grown. */
  readonly writes: number;
}

/** A workload at work on one server, its connections open. */
export interface WorkloadSession {
  /**
   * Does about `operations` operations, each with its latency in `latencies` (of a warm-up: none).
   * Throws BenchError unless every answer is right.
   */
  run(operations: number, latencies?: Latencies): Promise<RunResult>;
  close(): void;
}

export interface Workload {
  readonly name: string;
  readonly about: string;
  /** What one operation is, in the plural. */
  readonly unit: string;
  /** Encodes the requests, once for all servers. */
  prepare(options: LoadOptions): OpenSession;
}

/** Connects to a server that has the keys, and prepares there what else the load needs. */
export type OpenSession = (endpoint: Endpoint) => Promise<WorkloadSession>;
