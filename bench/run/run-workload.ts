/** One workload on all servers, in interleaved rounds. */
import { ControlClient } from '../load/control-client.ts';
import { preload } from '../workloads/preload.ts';
import type {
  LoadOptions,
  LoadWorkload,
  OpenSession,
  WorkloadSession,
} from '../workloads/workload.ts';
import { residentBytesOf } from './process-metrics.ts';
import { blaming, type Server } from './servers.ts';
import type { ServerRounds } from './table.ts';
import { measureWindow, type WindowFigures, type WindowOptions } from './window.ts';

export interface WorkloadOptions extends LoadOptions, WindowOptions {
  /** Windows of each server. */
  readonly rounds: number;
}

export interface LoadedServer extends ServerRounds<WindowFigures> {
  /** Before any load; undefined when the processes are not known. */
  readonly idleRssBytes: number | undefined;
}

export interface LoadResult {
  readonly workload: string;
  readonly unit: string;
  readonly servers: readonly LoadedServer[];
}

/** Starts the servers, loads them in turn, and ends them. Throws BenchError. */
export async function runWorkload(
  workload: LoadWorkload,
  options: WorkloadOptions,
  starts: readonly (() => Promise<Server>)[],
): Promise<LoadResult> {
  const open = workload.prepare(options);
  const candidates: Candidate[] = [];
  try {
    for (const start of starts) candidates.push(new Candidate(await start(), workload.kind));
    for (const candidate of candidates) await candidate.prepare(open, options);
    for (let round = 0; round < options.rounds; round++) {
      // A B, B A, A B: what drifts with time falls on both.
      const order = round % 2 === 0 ? candidates : candidates.toReversed();
      for (const candidate of order) await candidate.measure(options);
    }
    const servers = candidates.map((candidate) => candidate.result);
    return { workload: workload.name, unit: workload.unit, servers };
  } finally {
    await Promise.all(candidates.map((candidate) => candidate.dispose()));
  }
}

/** A server with the connections of its load. */
class Candidate {
  readonly #server: Server;
  /** Undefined: it has no store, so that there is nothing to load and to count. */
  readonly #control: ControlClient | undefined;
  readonly #rounds: WindowFigures[] = [];
  #session: WorkloadSession | undefined;
  #idleRssBytes: number | undefined;

  constructor(server: Server, kind: LoadWorkload['kind']) {
    this.#server = server;
    this.#control = kind === 'store' ? new ControlClient(server.endpoints) : undefined;
  }

  get result(): LoadedServer {
    return {
      server: this.#server.name,
      version: this.#server.version,
      idleRssBytes: this.#idleRssBytes,
      rounds: this.#rounds,
    };
  }

  async prepare(open: OpenSession, options: LoadOptions): Promise<void> {
    const { endpoints, pids } = this.#server;
    await blaming(this.#server, async () => {
      this.#idleRssBytes = residentBytesOf(pids);
      if (this.#control !== undefined) await preload(endpoints, options);
      // So that all members have the keys.
      await this.#control?.revision();
      this.#session = await open(endpoints);
    });
  }

  async measure(options: WorkloadOptions): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    await blaming(this.#server, async () => {
      const { pids } = this.#server;
      this.#rounds.push(await measureWindow({ session, control: this.#control, pids }, options));
    });
  }

  async dispose(): Promise<void> {
    this.#session?.close();
    this.#control?.close();
    await this.#server.dispose();
  }
}
