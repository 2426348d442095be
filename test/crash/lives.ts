/** Lives of a member on disks that others left, and what each leaves behind. */
import type { Random } from '../../src/base/ports/random.ts';
import { SimDisks } from '../sim/sim-disks.ts';
import { SimMember } from '../sim/sim-member.ts';
import type { Operation } from './operations.ts';
import { Knowledge, ScriptedClient } from './scripted-client.ts';

/** All timing of a script follows from it. */
const SEED = 1;
/** Between two lives: request ids are made from the time. */
const BETWEEN_LIVES_MS = 3_600_000;

/** How a life ends: its process dies, or its machine loses power and what it takes is drawn. */
export type Ending = 'kill' | Random;

/** A power loss that takes all that was not synced. */
export const ALL_LOST: Random = { below: (bound) => bound - 1 };

/**
 * A power loss that only every third un-synced name and sector survives. Of two that lie close
 * together, one phase keeps the first only, and another one the second.
 */
export function thirdSurvives(phase: 0 | 1 | 2): Random {
  let draws: number = phase;
  return { below: (bound) => (draws++ % 3 === 0 ? 0 : bound - 1) };
}

/** Disks between two lives. */
export interface Remains {
  readonly disks: SimDisks;
  readonly knowledge: Knowledge;
  /** How many lives there were. */
  readonly lives: number;
}

export const NOTHING: Remains = { disks: new SimDisks(), knowledge: new Knowledge(), lives: 0 };

/** A machine with these disks; they stay as they are. */
export function bootedOn(remains: Remains, options: Operation['options'] = {}): ScriptedClient {
  const sim = new SimMember(SEED, options, remains.disks.afterProcessDeath());
  sim.scheduler.skip(remains.lives * BETWEEN_LIVES_MS);
  return new ScriptedClient(sim, new Knowledge(remains.knowledge));
}

/** What the machine would leave if it went out now. */
export function remainsOf({ sim, knowledge }: ScriptedClient, before: Remains): Remains {
  knowledge.see(sim.files);
  return { disks: sim.disks, knowledge, lives: before.lives + 1 };
}

/** The same after `ending`, behind which another life begins. */
export function ended(remains: Remains, ending: Ending): Remains {
  const { disks } = remains;
  return { ...remains, disks: ending === 'kill' ? disks : disks.afterPowerLoss(ending) };
}

/** The disks that an operation finds. */
export async function prepared(
  operation: Pick<Operation, 'options' | 'before' | 'beforeEnds'>,
): Promise<Remains> {
  const { options, before, beforeEnds } = operation;
  if (before === undefined) return NOTHING;
  const client = bootedOn(NOTHING, options);
  await before(client);
  if (beforeEnds === 'kill') client.sim.crash('kill');
  else await client.sim.stop();
  return remainsOf(client, NOTHING);
}

/** One life, and what it asked of its disks. */
export interface Life {
  readonly client: ScriptedClient;
  /** Writing calls of the operation: what was done and where. */
  readonly calls: readonly string[];
  /** What ended it early. */
  readonly error: Error | undefined;
}

/** The operation on disks as they were prepared; `plan` sets the faults when it begins. */
export async function liveThrough(
  operation: Operation,
  prepared: Remains,
  plan: (files: SimMember['files']) => void,
): Promise<Life> {
  const client = bootedOn(prepared, operation.options);
  await operation.arrange?.(client);
  const { files } = client.sim;
  const before = files.calls;
  plan(files);
  let error: Error | undefined;
  try {
    await operation.run(client);
  } catch (caught) {
    if (!(caught instanceof Error)) throw caught;
    error = caught;
  }
  client.collect();
  return { client, calls: files.trace.slice(before), error };
}
