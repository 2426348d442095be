/** Disks with a bit of everything on them, for damage to be done to. */
import assert from 'node:assert/strict';
import { CodedError } from '../../src/base/coded-error.ts';
import { parentOf } from '../../src/wal/segment-name.ts';
import type { MemoryFileSystem } from '../sim/memory-file-system.ts';
import type { SimDisks } from '../sim/sim-disks.ts';
import { segmentPaths, snapshotPaths } from './disk-paths.ts';
import { bootedOn, prepared, type Remains } from './lives.ts';
import { NO_SNAPSHOTS, writeHistory, writeLong } from './operations.ts';
import { Knowledge } from './scripted-client.ts';
import { lastIndexOf, survivingLog } from './surviving-log.ts';

/** More batches than the tokens that the first of them makes. */
const BATCHES = 70;

/**
 * A member that has stopped: three segments, two snapshots, a compaction, a lease, and state in
 * more than {@link BATCHES} batches, of which the last few follow the newest snapshot.
 */
export async function wornDisks(): Promise<Remains> {
  const worn = await prepared({
    options: { snapshots: { ...NO_SNAPSHOTS, entries: 50 } },
    before: async (client) => {
      await client.sim.start();
      await writeHistory(client);
      client.compact(30);
      client.grant(7n, 600);
      await client.settle();
      client.put('leased', 'v', 7n);
      await writeLong(client, 18);
      for (let i = 0; i < BATCHES; i++) {
        client.put(`s${i % 4}`, `${i}`);
        await client.settle();
        await client.pass(110);
      }
    },
  });
  assert.equal(segmentPaths(worn.disks.files).length, 3);
  assert.equal(snapshotPaths(worn.disks.files).length, 2);
  assert.ok(worn.disks.backend.batches.length > BATCHES);
  return worn;
}

/** The same disks with some damage done to a copy of them; what was answered may be lost. */
export function damaged(remains: Remains, damage: (disks: SimDisks) => void): Remains {
  const disks = remains.disks.afterProcessDeath();
  damage(disks);
  const knowledge = new Knowledge(remains.knowledge);
  knowledge.answers.length = 0;
  return { ...remains, disks, knowledge };
}

/** Puts a file with this content in the place of what is there. */
export function replaceFile(files: MemoryFileSystem, path: string, content: Uint8Array): void {
  files.removeTree(path);
  const file = files.open(path, 'create');
  file.write(content, 0);
  file.dataSync();
  files.syncDirectory(parentOf(path));
}

export function withBitFlipped(content: Uint8Array, bit: number): Uint8Array {
  const flipped = content.slice();
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

/** How far a start comes that only opens what is there. */
export type Opening =
  | { readonly lastIndex: number; readonly snapshotIndex: number }
  | { readonly refused: string; readonly code: string };

/** Opens a copy of the disks. A refusal must leave the log as it was. */
export async function opening(remains: Remains): Promise<Opening> {
  const { sim } = bootedOn(remains);
  try {
    const { backend, entries, snapshot } = await sim.open();
    await backend.close();
    return { lastIndex: entries.at(-1)?.index ?? snapshot.index, snapshotIndex: snapshot.index };
  } catch (error) {
    assert.ok(error instanceof CodedError, 'refusals have a code');
    assert.deepEqual(logBytes(sim.files), logBytes(remains.disks.files), 'the log is untouched');
    return { refused: error.message, code: error.code };
  }
}

/** Fails unless the start was refused with such an error. */
export function assertRefused(found: Opening, code: string | RegExp, text: RegExp): void {
  assert.ok('refused' in found, `not refused: ${JSON.stringify(found)}`);
  if (typeof code === 'string') assert.equal(found.code, code);
  else assert.match(found.code, code);
  assert.match(found.refused, text);
}

export function lastSurvivingIndex({ disks }: Remains): number {
  return lastIndexOf(survivingLog(disks.files));
}

function logBytes(files: MemoryFileSystem): (readonly [string, Uint8Array])[] {
  return segmentPaths(files).map((path) => [path, files.readFile(path)] as const);
}
