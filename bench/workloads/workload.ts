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
  /** Connections and streams that the memory workloads hold open. */
  readonly idleConnections: number;
  readonly watchStreams: number;
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

/** Connects to a server that has the keys, and prepares there what else the load needs. */
export type OpenSession = (endpoints: readonly Endpoint[]) => Promise<WorkloadSession>;

interface Described {
  readonly name: string;
  readonly about: string;
  /** What one operation, or one thing held, is, in the plural. */
  readonly unit: string;
}

/** As many operations as the server takes: on a store, or on a server of the no-op method. */
export interface LoadWorkload extends Described {
  readonly kind: 'store' | 'no-op';
  /** Encodes the requests, once for all servers. */
  prepare(options: LoadOptions): OpenSession;
}

/** Many things held open, at rest, in a server's memory. */
export interface MemoryWorkload extends Described {
  readonly kind: 'memory';
  prepare(options: LoadOptions): Holding;
}

export interface Holding {
  /** How many things, on how many connections. */
  readonly count: number;
  readonly connections: number;
  /** Opens them, on a store without keys. */
  open(endpoints: readonly Endpoint[]): Promise<HoldingSession>;
}

export interface HoldingSession {
  /** Throws BenchError unless every one of the things still works. */
  verify(): Promise<void>;
  close(): void;
}

/** The leader of a cluster dies, again and again, under a steady load. */
export interface FailoverWorkload extends Described {
  readonly kind: 'failover';
}

/** A long history is removed under a steady load. */
export interface CompactionWorkload extends Described {
  readonly kind: 'compaction';
}

export type Workload = LoadWorkload | MemoryWorkload | FailoverWorkload | CompactionWorkload;
