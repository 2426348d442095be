/** The rows of a stopped member's state, whichever layout it has. */
import { latin1 } from '../../../src/base/bytes.ts';
import { NAMED_BUCKETS } from '../../../src/base/ports/backend.ts';
import type { DataDirPaths } from '../../../src/server/offline/data-dir-paths.ts';
import { openStoppedState } from '../../../src/server/offline/open-data-dir.ts';
import type { SimDisks } from '../../sim/sim-disks.ts';
import { SimMember } from '../../sim/sim-member.ts';
import { PATHS, stoppedPorts } from './stopped-members.ts';

/** By bucket; bytes as latin1. */
export type Rows = Record<string, [key: string, value: string][]>;

/** All rows of the state that counts. */
export async function rowsOf(disks: SimDisks, paths: DataDirPaths = PATHS): Promise<Rows> {
  const state = await openStoppedState(paths, stoppedPorts(disks));
  const all: Rows = {};
  for (const [name] of NAMED_BUCKETS) {
    const rows: [string, string][] = [];
    for await (const slice of state.source.rows(name)) {
      rows.push(...slice.map(({ key, value }): [string, string] => [latin1(key), latin1(value)]));
    }
    all[name] = rows;
  }
  await state.close();
  return all;
}

/** The rows of bucket `key` that a start of ours would have. */
export async function startedKeys(disks: SimDisks): Promise<Rows[string]> {
  const sim = new SimMember(9, {}, disks.afterProcessDeath());
  await sim.start();
  await sim.stop();
  return (await rowsOf(sim.disks))['key'] ?? [];
}
