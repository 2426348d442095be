import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { equalBytes, latin1 } from '../../../../../src/base/bytes.ts';
import { utf8Bytes } from '../../../../../src/base/utf8.ts';
import { BboltFile, bytesSource } from '../../../../../src/bbolt/index.ts';
import { migrateOwn } from '../../../../../src/server/offline/export/migrate-own.ts';
import { saveSnapshot } from '../../../../../src/server/offline/export/save-snapshot.ts';
import { SEGMENT_BYTES } from '../../../../sim/member-process.ts';
import type { SimDisks } from '../../../../sim/sim-disks.ts';
import { RecordingLogger } from '../../../../support/recording-logger.ts';
import { written } from '../../../../support/server/requests.ts';
import { rowsOf, startedKeys } from '../../../../support/server/state-rows.ts';
import { busyMember, PATHS, stoppedPorts } from '../../../../support/server/stopped-members.ts';

const FILE = '/data/saved.db';

function portsOf(disks: SimDisks) {
  const yieldTurn = (): Promise<void> => Promise.resolve();
  return { ...stoppedPorts(disks), logger: new RecordingLogger(), yieldTurn };
}

function save(disks: SimDisks) {
  const options = { paths: PATHS, file: FILE, segmentBytes: SEGMENT_BYTES };
  return saveSnapshot(options, portsOf(disks));
}

describe('snapshot save of a stopped member', () => {
  it('MIGRATE-I6: a member that was killed -> a database with what its log held, and its digest; a start goes on', async () => {
    const sim = await busyMember(6);
    sim.holdsCommits = true;
    for (let n = 0; n < 5; n++) await written(sim, 'in the log', `value ${n}`);
    sim.crash('kill');
    const { disks } = sim;
    const keys = await startedKeys(disks);
    const saved = await save(disks);
    const bytes = disks.files.readFile(FILE);
    assert.equal(bytes.length, saved.sizeBytes);
    assert.equal(bytes.length % 512, 32);
    const digest = createHash('sha256').update(bytes.subarray(0, -32)).digest();
    assert.ok(equalBytes(digest, bytes.subarray(-32)));
    const bucket = BboltFile.open(bytesSource(bytes)).bucket(utf8Bytes('key'));
    const rows = bucket?.rows().next(10_000) ?? [];
    assert.deepEqual(
      rows.map(({ key, value }) => [latin1(key), latin1(value)]),
      keys,
    );
    assert.equal(saved.unsure, 0);
    assert.deepEqual((await rowsOf(disks))['key'], keys);
    assert.deepEqual(await startedKeys(disks), keys);
  });

  it('the disk fails -> nothing is left under either name, and it can be run again', async () => {
    const sim = await busyMember(6);
    await sim.stop();
    const { files } = sim.disks;
    await save(sim.disks);
    const before = files.readFile(FILE);
    const calls = files.calls;
    await save(sim.disks);
    const perRun = files.calls - calls;
    files.failCall(perRun - 3, 'FILE_NO_SPACE');
    await assert.rejects(save(sim.disks), { code: 'FILE_NO_SPACE' });
    assert.deepEqual(files.readFile(FILE), before);
    assert.equal(files.stat(`${FILE}.part`), undefined);
  });

  it('a real one -> refused: it has a database', async () => {
    const sim = await busyMember(6);
    await sim.stop();
    const target = { major: 3, minor: 6 };
    const options = { paths: PATHS, target, force: false, segmentBytes: SEGMENT_BYTES };
    await migrateOwn(options, portsOf(sim.disks));
    await assert.rejects(save(sim.disks), { code: 'OFFLINE_REFUSED' });
  });
});
