import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Text } from '../../../../../src/base/utf8.ts';
import { type Entry, EntryType, WalMetadata } from '../../../../../src/pb/index.ts';
import { decodeEntry } from '../../../../../src/server/apply/entry-data.ts';
import { dataDirPaths } from '../../../../../src/server/offline/data-dir-paths.ts';
import { type BackupOptions, backup } from '../../../../../src/server/offline/export/backup.ts';
import { migrateOwn } from '../../../../../src/server/offline/export/migrate-own.ts';
import { readStoppedLog } from '../../../../../src/server/offline/stopped-log.ts';
import { SEGMENT_BYTES } from '../../../../sim/member-process.ts';
import type { SimDisks } from '../../../../sim/sim-disks.ts';
import { FOUNDER } from '../../../../sim/sim-member.ts';
import { RecordingLogger } from '../../../../support/recording-logger.ts';
import { written } from '../../../../support/server/requests.ts';
import { rowsOf } from '../../../../support/server/state-rows.ts';
import { busyMember, PATHS, stoppedPorts } from '../../../../support/server/stopped-members.ts';

const COPY = dataDirPaths('/copy');
const WALL_MS = 1_700_000_000_000;
/** The time in 40 bits, and a count behind it. */
const STRANGER = ((BigInt(WALL_MS) & 0xff_ffff_ffffn) << 8n) + 1n;

function portsOf(disks: SimDisks) {
  const yieldTurn = (): Promise<void> => Promise.resolve();
  return { ...stoppedPorts(disks), logger: new RecordingLogger(), yieldTurn };
}

function copy(disks: SimDisks, options: Partial<BackupOptions> = {}): Promise<void> {
  const from = { paths: PATHS, backupDir: COPY.dataDir, backupWalDir: undefined };
  const common = { withV3: true, wallMs: WALL_MS, segmentBytes: SEGMENT_BYTES };
  return backup({ ...from, ...common, ...options }, portsOf(disks));
}

/** A member that was killed, with entries that its state does not hold. */
async function killed(): Promise<SimDisks> {
  const sim = await busyMember(4);
  sim.holdsCommits = true;
  for (let n = 0; n < 5; n++) await written(sim, 'in the log', `value ${n}`);
  sim.crash('kill');
  return sim.disks;
}

const changesMembership = ({ type, data }: Entry): boolean =>
  type === EntryType.EntryConfChange ||
  (data !== undefined && decodeEntry(data)?.clusterMemberAttrSet !== undefined);

describe('backup', () => {
  it('MIGRATE-I5: one of ours -> its keys and leases, the log behind its state, one member', async () => {
    const disks = await killed();
    const before = await rowsOf(disks);
    const source = readStoppedLog(PATHS, disks.files);
    await copy(disks);
    const rows = await rowsOf(disks, COPY);
    for (const bucket of ['key', 'lease', 'auth', 'alarm', 'meta']) {
      assert.deepEqual(rows[bucket], before[bucket], bucket);
    }
    assert.deepEqual(rows['cluster'], []);
    assert.deepEqual(
      rows['members']?.map(([id]) => id),
      [STRANGER.toString(16)],
    );
    const log = readStoppedLog(COPY, disks.files);
    assert.equal(WalMetadata.decode(log.metadata).nodeID, FOUNDER.id);
    assert.deepEqual(log.hardState, source.hardState);
    assert.equal(log.entries.length, source.entries.length);
    assert.deepEqual(log.entries.at(-1), source.entries.at(-1));
    assert.deepEqual(log.snapshot?.metadata.confState.voters, [STRANGER]);
    const document = utf8Text(log.snapshot?.data ?? new Uint8Array(0)) ?? '';
    assert.match(document, /use-flag--force-new-cluster:2080/);
    assert.doesNotMatch(document, new RegExp(FOUNDER.id.toString(16)));
    assert.deepEqual(await rowsOf(disks), before);
  });

  it('MIGRATE-I5: without a snapshot -> the whole log, but for who is in the cluster', async () => {
    const sim = await busyMember(4, {
      snapshots: {
        entries: 10_000,
        catchUpEntries: 10,
        logBytesMax: 1 << 30,
        segmentsMax: 2,
        snapshotsMax: 2,
      },
    });
    await sim.stop();
    const source = readStoppedLog(PATHS, sim.files);
    assert.ok(source.entries.some(changesMembership));
    await copy(sim.disks, { backupWalDir: '/log/of/copy' });
    const log = readStoppedLog({ ...COPY, wal: '/log/of/copy' }, sim.files);
    assert.equal(log.snapshot, undefined);
    assert.equal(log.entries.length, source.entries.length);
    assert.ok(!log.entries.some(changesMembership));
    for (const [at, entry] of log.entries.entries()) {
      if (!changesMembership(source.entries[at] as Entry))
        assert.deepEqual(entry, source.entries[at]);
    }
  });

  it('MIGRATE-I5: without v3 -> no keys, and no entries of any', async () => {
    const disks = await killed();
    await copy(disks, { withV3: false });
    const rows = await rowsOf(disks, COPY);
    assert.deepEqual(rows['key'], []);
    assert.deepEqual(rows['lease'], []);
    const log = readStoppedLog(COPY, disks.files);
    assert.ok(log.entries.every(({ data }) => data === undefined || data.length === 0));
  });

  it('MIGRATE-I5: a real one -> the same', async () => {
    const disks = await killed();
    const target = { major: 3, minor: 6 };
    const options = { paths: PATHS, target, force: false, segmentBytes: SEGMENT_BYTES };
    await migrateOwn(options, portsOf(disks));
    const before = await rowsOf(disks);
    await copy(disks);
    const rows = await rowsOf(disks, COPY);
    assert.deepEqual(rows['key'], before['key']);
    await assert.rejects(copy(disks), { code: 'OFFLINE_REFUSED' });
  });
});
