/**
 * A start is the judge: what it refuses on damaged files, a check must not call sound. The other
 * way round nothing is asked: a check looks at more.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1 } from '../../../../../src/base/bytes.ts';
import type { Bucket } from '../../../../../src/base/ports/backend.ts';
import { checkDataDir } from '../../../../../src/server/offline/check/check-data-dir.ts';
import { OfflineError } from '../../../../../src/server/offline/errors.ts';
import { migrateOwn } from '../../../../../src/server/offline/export/migrate-own.ts';
import { SEGMENT_BYTES } from '../../../../sim/member-process.ts';
import { SeededRandom } from '../../../../sim/seeded-random.ts';
import type { SimDisks } from '../../../../sim/sim-disks.ts';
import { SimMember } from '../../../../sim/sim-member.ts';
import { damaged } from '../../../../support/damage.ts';
import { RecordingLogger } from '../../../../support/recording-logger.ts';
import { busyMember, PATHS, stoppedPorts } from '../../../../support/server/stopped-members.ts';

const noWait = (): Promise<void> => Promise.resolve();

async function isSound(disks: SimDisks): Promise<boolean> {
  const ports = { ...stoppedPorts(disks), yieldTurn: noWait, onProgress: () => undefined };
  try {
    return (await checkDataDir(PATHS, ports)).findings.count === 0;
  } catch (error) {
    assert.ok(error instanceof OfflineError, String(error));
    return false;
  }
}

async function starts(disks: SimDisks): Promise<boolean> {
  const sim = new SimMember(9, {}, disks.afterProcessDeath());
  try {
    await sim.start();
    return true;
  } catch (error) {
    assert.ok(!(error instanceof assert.AssertionError), String(error));
    return false;
  }
}

/** Files of the log, of snapshots, and a database. */
function filesOf({ files }: SimDisks): string[] {
  return [PATHS.wal, PATHS.snapshots].flatMap((folder) =>
    files.list(folder).map((name) => `${folder}/${name}`),
  );
}

function rewrite({ files }: SimDisks, path: string, bytes: Uint8Array): void {
  const file = files.open(path, 'write');
  file.truncate(0);
  file.write(bytes, 0);
  file.close();
}

/** Damages within what was written: the rest of a segment is zeros. */
function damageFile(disks: SimDisks, random: SeededRandom): string {
  const paths = filesOf(disks);
  const path = paths[random.below(paths.length)] as string;
  const bytes = disks.files.readFile(path);
  const length = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const changed = damaged(bytes.subarray(0, length), random);
  const whole = new Uint8Array(Math.max(changed.length, random.below(2) * bytes.length));
  whole.set(changed);
  rewrite(disks, path, whole);
  return path;
}

/** Changes or removes one row of our state, or loses a batch. */
async function damageState(disks: SimDisks, random: SeededRandom): Promise<string> {
  const disk = disks.backend;
  if (random.below(4) === 0) {
    const index = random.below(disk.batches.length);
    disk.dropBatch(index);
    return `batch ${index}`;
  }
  const rows = [...disk.rows()];
  const [row, value] = rows[random.below(rows.length)] as [string, Uint8Array];
  const backend = await disks.openFolder(`${PATHS.kv}/1`, 'existing');
  const batch = backend.batch();
  const [bucket, key] = [row.charCodeAt(0) as Bucket, fromLatin1(row.slice(1))];
  if (random.below(3) === 0) batch.remove(bucket, key);
  else batch.put(bucket, key, damaged(value, random));
  await batch.commit();
  await backend.close();
  return `row ${JSON.stringify(row)}`;
}

/** More of them by hand: all that was tried is in the README. */
const TIMES = Number(process.env['TIMES'] ?? 1);

type Damage = (disks: SimDisks, random: SeededRandom) => string | Promise<string>;

async function judge(sound: SimDisks, damage: Damage, seeds: number): Promise<string> {
  let [refused, found] = [0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const disks = sound.afterProcessDeath();
    const what = await damage(disks, new SeededRandom(seed));
    const isStarting = await starts(disks);
    const isCalledSound = await isSound(disks);
    assert.ok(isStarting || !isCalledSound, `seed ${seed}: ${what} is refused, and called sound`);
    if (!isStarting) refused++;
    if (!isCalledSound) found++;
  }
  assert.ok(refused > seeds / 10, `a start refused ${refused} of ${seeds}`);
  return `of ${seeds} damaged ones a start refuses ${refused}, and a check ${found}`;
}

async function stopped(): Promise<SimDisks> {
  const sim = await busyMember(8);
  sim.crash('kill');
  return sim.disks;
}

describe('check of damaged data', () => {
  it('CHECK-I2: the log and snapshots of ours -> nothing that a start refuses is sound', async (t) => {
    t.diagnostic(await judge(await stopped(), damageFile, 60 * TIMES));
  });

  it('CHECK-I2: the rows of ours -> nothing that a start refuses is sound', async (t) => {
    t.diagnostic(await judge(await stopped(), damageState, 80 * TIMES));
  });

  it('CHECK-I2: a real one, database and all -> nothing that a start refuses is sound', async (t) => {
    const disks = await stopped();
    const target = { major: 3, minor: 6 };
    await migrateOwn(
      { paths: PATHS, target, force: false, segmentBytes: SEGMENT_BYTES },
      { ...stoppedPorts(disks), logger: new RecordingLogger(), yieldTurn: noWait },
    );
    t.diagnostic(await judge(disks, damageFile, 60 * TIMES));
  });
});
