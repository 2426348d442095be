/**
 * Runs simulations until one fails, as a process of its own: it is started once with each build.
 * Arguments: the first seed and the one after the last. Tells its parent each seed that it begins.
 */
import { simulate } from '../sim/cluster/simulation.ts';

/** What the parent is told. */
export type SeekReport =
  | { readonly kind: 'begins'; readonly seed: number }
  | { readonly kind: 'fails'; readonly why: string };

const [from = 1, to = 1] = process.argv.slice(2).map(Number);

function tell(report: SeekReport): void {
  process.send?.(report);
}

function fails(error: unknown): void {
  tell({ kind: 'fails', why: reasons(error).join(': ') });
  process.exitCode = 1;
  process.disconnect();
}

// Whoever is not listened to any more need not go on.
process.on('disconnect', () => process.exit());

/** The first line of an error and of its causes. */
function reasons(error: unknown): string[] {
  if (error === undefined) return [];
  if (!(error instanceof Error)) return [String(error)];
  const [line = ''] = error.message.split('\n');
  return [line, ...reasons(error.cause)];
}

async function seek(): Promise<void> {
  for (let seed = from; seed < to; seed++) {
    tell({ kind: 'begins', seed });
    await simulate({ seed });
  }
  process.disconnect();
}

process.on('unhandledRejection', fails);
seek().catch(fails);
