import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Text } from '../../../../src/base/utf8.ts';
import { decodeSnapshotFile } from '../../../../src/wal/snapshot-files.ts';
import { SimMember } from '../../../sim/sim-member.ts';
import { put, written } from '../../../support/server/requests.ts';

const SNAPSHOTS = {
  entries: 10,
  catchUpEntries: 3,
  logBytesMax: 1 << 20,
  segmentsMax: 2,
  snapshotsMax: 2,
};
const FOLDER = '/data/member/snap';

async function started() {
  const sim = new SimMember(1, { snapshots: SNAPSHOTS });
  await sim.start();
  return sim;
}

const snapshotsOf = (sim: SimMember) =>
  sim.files
    .list(FOLDER)
    .filter((name) => name.endsWith('.snap'))
    .map((name) => decodeSnapshotFile(sim.files.readFile(`${FOLDER}/${name}`)));

describe('member: raft snapshots', () => {
  it('every so many entries -> a .snap with the membership and the configuration of its index', async () => {
    const sim = await started();
    for (let i = 0; i < 12; i++) await written(sim, 'a', String(i));
    await sim.until(() => snapshotsOf(sim).length === 1);
    const [snapshot] = snapshotsOf(sim);
    assert.equal(snapshot?.metadata.index, 11);
    assert.equal(snapshot.metadata.term, sim.member.raft.term);
    assert.deepEqual(snapshot.metadata.confState?.voters, [sim.member.cluster.localId]);
    const document = utf8Text(snapshot.data ?? new Uint8Array(0)) ?? '';
    assert.match(document, /"\/0\/members\/8e9e05c52164694d\/attributes"/);
    assert.match(document, /"Value":"3\.6\.0"/);
  });

  it('NODE-I4: the backend has not synced up to its index -> no .snap until it has', async () => {
    const sim = await started();
    await sim.pass(500);
    sim.holdsCommits = true;
    for (let i = 0; i < 12; i++) await written(sim, 'a', String(i));
    await sim.pass(2000);
    assert.deepEqual(snapshotsOf(sim), []);
    sim.holdsCommits = false;
    await sim.until(() => snapshotsOf(sim).length === 1);
  });

  it('one is being made -> no second one; the next is due from there', async () => {
    const sim = await started();
    await sim.pass(500);
    sim.holdsCommits = true;
    for (let i = 0; i < 40; i++) put(sim, 'a', String(i));
    await sim.pass(2000);
    sim.holdsCommits = false;
    await sim.pass(2000);
    assert.equal(snapshotsOf(sim).length, 1);
    for (let i = 0; i < 11; i++) await written(sim, 'a', String(i));
    await sim.pass(2000);
    assert.equal(snapshotsOf(sim).length, 2);
  });

  it('few entries but logBytesMax of them -> one is made, and the log in memory is cut', async () => {
    const logBytesMax = 100_000;
    const options = { ...SNAPSHOTS, entries: 1000, catchUpEntries: 500, logBytesMax };
    const sim = new SimMember(1, { snapshots: options });
    await sim.start();
    const value = 'x'.repeat(3000);
    for (let bytes = 0; bytes <= logBytesMax; bytes += value.length) await written(sim, 'a', value);
    await sim.until(() => snapshotsOf(sim).length === 1);
    await sim.pass(1000);
    assert.ok(sim.member.raft.logBytes <= logBytesMax / 2);
    await written(sim, 'a', 'z');
    await sim.pass(1000);
    assert.equal(snapshotsOf(sim).length, 1, 'the next one is due after as many bytes again');
    sim.crash('kill');
    await sim.start();
    await sim.stop();
  });

  it('more files than wanted -> purged, and what is left is enough to start from', async () => {
    const sim = await started();
    for (let i = 0; i < 400; i++) {
      await written(sim, `a${i % 7}`, 'x'.repeat(100));
      if (i % 40 === 0) await sim.pass(31_000);
    }
    await sim.pass(31_000);
    assert.ok(snapshotsOf(sim).length <= SNAPSHOTS.snapshotsMax);
    const segments = sim.files.list('/data/member/wal').filter((name) => name.endsWith('.wal'));
    assert.ok(segments.length <= SNAPSHOTS.segmentsMax);
    sim.crash('power');
    await sim.start();
    assert.equal(sim.member.store.currentRevision, 401);
    await sim.stop();
  });

  it('NODE-I4: a .snap that is damaged -> set aside, the one before it serves', async () => {
    const sim = await started();
    for (let i = 0; i < 60; i++) await written(sim, 'a', String(i));
    await sim.pass(2000);
    await sim.stop();
    const newest =
      sim.files
        .list(FOLDER)
        .filter((name) => name.endsWith('.snap'))
        .at(-1) ?? '';
    const file = sim.files.open(`${FOLDER}/${newest}`, 'write');
    file.write(Uint8Array.of(0xff), file.sizeBytes() - 1);
    file.dataSync();
    await sim.start();
    assert.equal(sim.member.store.currentRevision, 61);
    assert.ok(sim.files.list(FOLDER).includes(`${newest}.broken`));
  });
});
