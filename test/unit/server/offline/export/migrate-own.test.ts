import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bucket } from '../../../../../src/base/ports/backend.ts';
import { utf8Text } from '../../../../../src/base/utf8.ts';
import { MetaKey } from '../../../../../src/mvcc/index.ts';
import { ConfState, WalMetadata } from '../../../../../src/pb/index.ts';
import { confStateJson } from '../../../../../src/server/apply/conf-state-json.ts';
import type { Version } from '../../../../../src/server/membership/versions.ts';
import {
  type CheckReport,
  checkDataDir,
} from '../../../../../src/server/offline/check/check-data-dir.ts';
import { migrateEtcd } from '../../../../../src/server/offline/export/migrate-etcd.ts';
import { migrateOwn } from '../../../../../src/server/offline/export/migrate-own.ts';
import { saveSnapshot } from '../../../../../src/server/offline/export/save-snapshot.ts';
import { layoutOf } from '../../../../../src/server/offline/open-data-dir.ts';
import { decodeSnapshotFile, readWal, validSnapshots } from '../../../../../src/wal/index.ts';
import { SEGMENT_BYTES } from '../../../../sim/member-process.ts';
import { PowerLossError } from '../../../../sim/memory-file-system.ts';
import { SeededRandom } from '../../../../sim/seeded-random.ts';
import type { SimDisks } from '../../../../sim/sim-disks.ts';
import { FOUNDER, SimMember } from '../../../../sim/sim-member.ts';
import { RecordingLogger } from '../../../../support/recording-logger.ts';
import { written } from '../../../../support/server/requests.ts';
import { type Rows, rowsOf, startedKeys } from '../../../../support/server/state-rows.ts';
import { busyMember, PATHS, stoppedPorts } from '../../../../support/server/stopped-members.ts';

const V35 = { major: 3, minor: 5 };
const V36 = { major: 3, minor: 6 };
const noWait = (): Promise<void> => Promise.resolve();

function migrate(disks: SimDisks, target: Version, force = false): Promise<void> {
  const ports = { ...stoppedPorts(disks), logger: new RecordingLogger(), yieldTurn: noWait };
  return migrateOwn({ paths: PATHS, target, force, segmentBytes: SEGMENT_BYTES }, ports);
}

/** What a start of etcd reads beside the database. */
function logOf({ files }: SimDisks) {
  const newest = validSnapshots(files, PATHS.wal).at(-1);
  assert.ok(newest !== undefined);
  const log = readWal({ files, directory: PATHS.wal, start: newest });
  const name = files
    .list(PATHS.snapshots)
    .filter((file) => file.endsWith('.snap'))
    .at(-1);
  const snapshot = decodeSnapshotFile(files.readFile(`${PATHS.snapshots}/${name}`));
  return { newest, log, snapshot };
}

function textOf(rows: Rows, bucket: string, key: string): string | undefined {
  return rows[bucket]?.find(([found]) => found === key)?.[1];
}

/** As if there were another member. */
async function addVoter(disks: SimDisks): Promise<void> {
  const backend = await disks.openFolder(`${PATHS.kv}/1`, 'existing');
  const batch = backend.batch();
  const voters = ConfState.create({ voters: [FOUNDER.id, 7n] });
  batch.put(Bucket.meta, MetaKey.confState, confStateJson(voters));
  await batch.commit();
  await backend.close();
}

describe('migrate one of ours', () => {
  it('MIGRATE-I1: a member that was stopped -> a real one, with the same rows, that begins behind them', async () => {
    const sim = await busyMember();
    await sim.stop();
    const before = await rowsOf(sim.disks);
    await migrate(sim.disks, V36);
    assert.equal(await layoutOf(PATHS, stoppedPorts(sim.disks)), 'etcd');
    assert.deepEqual(sim.files.list(PATHS.member), ['snap', 'wal']);
    assert.deepEqual(await rowsOf(sim.disks), before);
    const { newest, log, snapshot } = logOf(sim.disks);
    assert.equal(log.entries.length, 0);
    assert.equal(snapshot.metadata.index, newest.index);
    assert.deepEqual(snapshot.metadata.confState.voters, [FOUNDER.id]);
    assert.equal(WalMetadata.decode(log.metadata).nodeID, FOUNDER.id);
    assert.match(utf8Text(snapshot.data ?? new Uint8Array(0)) ?? '', /"Value":"3.6.0"/);
  });

  it('MIGRATE-I2: a member that was killed -> what only its log held is in the database', async () => {
    for (const how of ['kill', 'power'] as const) {
      const sim = await busyMember(3);
      sim.holdsCommits = true;
      for (let n = 0; n < 5; n++) await written(sim, 'in the log', `value ${n}`);
      sim.crash(how);
      const keys = await startedKeys(sim.disks);
      assert.notDeepEqual((await rowsOf(sim.disks))['key'], keys);
      await migrate(sim.disks, V36);
      assert.deepEqual((await rowsOf(sim.disks))['key'], keys);
      const report = await check(sim.disks);
      assert.deepEqual(report.findings.wrong, []);
      assert.equal(report.log?.lastIndex, report.state?.rows.consistentIndex);
    }
  });

  it('MIGRATE-I3: a member that is alone, to 3.5 -> its cluster is at 3.5, and nothing names a newer version', async () => {
    const sim = await busyMember();
    await sim.stop();
    const before = await rowsOf(sim.disks);
    assert.equal(textOf(before, 'meta', 'storageVersion'), '3.6.0');
    await migrate(sim.disks, V35);
    const after = await rowsOf(sim.disks);
    assert.equal(textOf(after, 'meta', 'storageVersion'), undefined);
    assert.equal(textOf(after, 'cluster', 'clusterVersion'), '3.5.0');
    for (const bucket of ['key', 'lease', 'members', 'auth', 'alarm'])
      assert.deepEqual(after[bucket], before[bucket]);
    const { snapshot } = logOf(sim.disks);
    const document = utf8Text(snapshot.data ?? new Uint8Array(0)) ?? '';
    assert.match(document, /"Value":"3.5.0"/);
    assert.doesNotMatch(document, /3\.6/);
  });

  it('MIGRATE-I3: one of several, whose cluster is at 3.6, to 3.5 -> refused, with what to do; it still is ours', async () => {
    const sim = await busyMember();
    await sim.stop();
    await addVoter(sim.disks);
    await assert.rejects(migrate(sim.disks, V35, true), {
      code: 'OFFLINE_REFUSED',
      message:
        'the cluster is at version 3.6.0, at which no server of 3.5.0 starts: bring it down first (etcdctl downgrade enable 3.5)',
    });
    assert.equal(await layoutOf(PATHS, stoppedPorts(sim.disks)), 'etcd-ts');
    await migrate(sim.disks, V36);
    assert.equal(await layoutOf(PATHS, stoppedPorts(sim.disks)), 'etcd');
  });

  it('MIGRATE-I4: power lost at any file call -> one of ours or a real one, each with all of it; a second run ends it', async () => {
    const sim = await busyMember(5);
    sim.holdsCommits = true;
    await written(sim, 'in the log', 'x');
    sim.crash('kill');
    const keys = await startedKeys(sim.disks);
    const layouts = new Set<string>();
    const random = new SeededRandom(1);
    for (let calls = 0; ; calls++) {
      const disks = sim.disks.afterProcessDeath();
      disks.files.losePowerAfter(calls);
      const isOver = await migrate(disks, V35).then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof PowerLossError, String(error));
          return false;
        },
      );
      if (isOver) break;
      const left = disks.afterPowerLoss(random);
      const layout = await layoutOf(PATHS, stoppedPorts(left));
      layouts.add(layout);
      const report = await check(left);
      assert.deepEqual(report.findings.wrong, [], `after ${calls} calls`);
      if (layout === 'etcd-ts') await migrate(left, V35);
      assert.deepEqual((await rowsOf(left))['key'], keys, `after ${calls} calls`);
    }
    assert.deepEqual([...layouts], ['etcd-ts', 'etcd']);
  });

  it('MIGRATE-I2: one of several -> what is not known to be committed stays in the log, and in no file without one', async () => {
    const sim = await busyMember(3);
    sim.holdsCommits = true;
    for (let n = 0; n < 5; n++) await written(sim, 'in the log', `value ${n}`);
    sim.crash('kill');
    await addVoter(sim.disks);
    const { log: before } = logOf(sim.disks);
    const last = before.entries.at(-1);
    const { commit } = before.hardState;
    assert.ok(last !== undefined && last.index > commit);
    const copy = sim.disks.afterProcessDeath();
    const saved = await saveSnapshot(
      { paths: PATHS, file: '/data/saved.db', segmentBytes: SEGMENT_BYTES },
      { ...stoppedPorts(copy), logger: new RecordingLogger(), yieldTurn: noWait },
    );
    assert.deepEqual(saved.index, commit);
    assert.equal(saved.unsure, last.index - commit);
    await migrate(sim.disks, V36);
    const { newest, log } = logOf(sim.disks);
    assert.equal(newest.index, commit);
    assert.deepEqual(log.entries.at(-1), last);
    assert.deepEqual(log.hardState, before.hardState);
  });

  it('a run that was interrupted at its very end -> the next one removes what is left', async () => {
    const sim = await busyMember();
    await sim.stop();
    await migrate(sim.disks, V36);
    sim.files.makeDirectory(`${PATHS.member}/kv.migrated/1`);
    const ports = { ...stoppedPorts(sim.disks), logger: new RecordingLogger(), yieldTurn: noWait };
    await migrateEtcd({ paths: PATHS, target: V36, force: false }, ports);
    assert.deepEqual(sim.files.list(PATHS.member), ['snap', 'wal']);
  });

  it('a member that never ran -> refused', async () => {
    const sim = new SimMember(1);
    const opened = await sim.open();
    await opened.backend.close();
    await assert.rejects(migrate(sim.disks, V36), {
      code: 'OFFLINE_REFUSED',
      message: 'the member has no state yet',
    });
  });
});

function check(disks: SimDisks): Promise<CheckReport> {
  return checkDataDir(PATHS, {
    ...stoppedPorts(disks),
    yieldTurn: noWait,
    onProgress: () => undefined,
  });
}
