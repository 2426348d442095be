/** Measures servers in turn, in the order A B, B A, A B, so that a drift of the machine hits all alike. */
import { blaming, type Server } from './servers.ts';
import type { ServerRounds } from './table.ts';

export interface Interleaved<Figures> {
  readonly rounds: number;
  /** Called for each server when all are started, before the first round. */
  readonly prepare?: (server: Server) => Promise<unknown>;
  readonly measure: (server: Server, round: number) => Promise<Figures>;
}

/** Starts the servers, measures them, and ends them. Throws BenchError, which names the server. */
export async function interleavedRounds<Figures>(
  starts: readonly (() => Promise<Server>)[],
  { rounds: count, prepare, measure }: Interleaved<Figures>,
): Promise<ServerRounds<Figures>[]> {
  const candidates: { server: Server; rounds: Figures[] }[] = [];
  try {
    for (const start of starts) candidates.push({ server: await start(), rounds: [] });
    for (const { server } of candidates) await blaming(server, async () => prepare?.(server));
    for (let round = 0; round < count; round++) {
      const order = round % 2 === 0 ? candidates : candidates.toReversed();
      for (const { server, rounds } of order) {
        rounds.push(await blaming(server, () => measure(server, round)));
      }
    }
    return candidates.map(({ server: { name, version }, rounds }) => ({
      server: name,
      version,
      rounds,
    }));
  } finally {
    await Promise.all(candidates.map(({ server }) => server.dispose()));
  }
}
