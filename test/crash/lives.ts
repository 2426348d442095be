/** Lives of a member on disks that others left, and what each leaves behind. */
import { SimDisks } from '../sim/sim-disks.ts';
import { SimMember } from '../sim/sim-member.ts';
import type { Operation } from './operations.ts';
import { Knowledge, ScriptedClient } from './scripted-client.ts';

/** All timing of a script follows from it. */
const SEED = 1;
/** Between two lives: request ids are made from the time. */
const BETWEEN_LIVES_MS = 3_600_000;

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
