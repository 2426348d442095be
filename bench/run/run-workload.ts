/** One workload on all servers, in interleaved rounds. */
import { BenchError } from '../bench-error.ts';
import { ControlClient } from '../load/control-client.ts';
import { preload } from '../workloads/preload.ts';
import type { LoadOptions, OpenSession, Workload, WorkloadSession } from '../workloads/workload.ts';
import { residentBytes } from './process-metrics.ts';
import type { Server } from './servers.ts';
import { measureWindow, type WindowFigures, type WindowOptions } from './window.ts';

export interface WorkloadOptions extends LoadOptions, WindowOptions {
  /** Windows of each server. */
  readonly rounds: number;
}

export interface ServerResult {
  readonly server: string;
  readonly version: string | undefined;
  /** Before any load; undefined when the process is not known. */
  readonly idleRssBytes: number | undefined;
  /** By round. */
  readonly rounds: readonly WindowFigures[];
}

export interface WorkloadResult {
  readonly workload: string;
  readonly unit: string;
  readonly servers: readonly ServerResult[];
}

/** Starts the servers, loads them in turn, and ends them. Throws BenchError. */
export async function runWorkload(
  workload: Workload,
  options: WorkloadOptions,
  starts: readonly (() => Promise<Server>)[],
): Promise<WorkloadResult> {
  const open = workload.prepare(options);
  const candidates: Candidate[] = [];
  try {
    for (const start of starts) candidates.push(new Candidate(await start()));
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
  readonly #control: ControlClient;
  readonly #rounds: WindowFigures[] = [];
  #session: WorkloadSession | undefined;
  #idleRssBytes: number | undefined;

  constructor(server: Server) {
    this.#server = server;
    this.#control = new ControlClient(server.endpoint);
  }

  get result(): ServerResult {
    return {
      server: this.#server.name,
      version: this.#server.version,
      idleRssBytes: this.#idleRssBytes,
      rounds: this.#rounds,
    };
  }

  async prepare(open: OpenSession, options: LoadOptions): Promise<void> {
    const { endpoint, pid } = this.#server;
    await this.#blaming(async () => {
      this.#idleRssBytes = pid === undefined ? undefined : residentBytes(pid);
      await preload(endpoint, options);
      this.#session = await open(endpoint);
    });
  }

  async measure(options: WorkloadOptions): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    await this.#blaming(async () => {
      const { pid } = this.#server;
      this.#rounds.push(await measureWindow({ session, control: this.#control, pid }, options));
    });
  }

  async dispose(): Promise<void> {
    this.#session?.close();
    this.#control.close();
    await this.#server.dispose();
  }

  /** Says in an error which server it was, and what that server logged. */
  async #blaming(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      const log = this.#server.log();
      const text = `${this.#server.name}: ${error.message}`;
      throw new BenchError(error.code, log === '' ? text : `${text}\n${log}`, error);
    }
  }
}
