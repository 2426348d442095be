/** How much is tried, and how a failure is run again. */
import type { TestContext } from 'node:test';

/** Random power losses at each crash point, beside those that follow a pattern. */
export const POWER_SEEDS = Number(process.env['CRASH_SEEDS'] ?? 5);

const ONLY = process.env['CRASH_POINT'];

/** Which case of an enumeration it is, and what else tells it from the others. */
export interface Case {
  readonly point: number;
  readonly [detail: string]: unknown;
}

/** Runs one case, unless another one was asked for; a failure says which one it was. */
export async function attempt(t: TestContext, at: Case, run: () => Promise<void>): Promise<void> {
  if (ONLY !== undefined && Number(ONLY) !== at.point) return;
  try {
    await run();
  } catch (error) {
    const place = Object.entries(at).map(([name, value]) => `${name} ${String(value)}`);
    const variables = `CRASH_POINT=${at.point} CRASH_SEEDS=${POWER_SEEDS}`;
    const again = `${variables} node --test --test-name-pattern='${t.name}' dist/test/crash/*.test.js`;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${place.join(', ')}: ${reason}\nagain: ${again}`, { cause: error });
  }
}
