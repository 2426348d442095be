import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measuredFiles } from '../../../../src/server/metrics/measured-files.ts';
import { WalMeters } from '../../../../src/server/metrics/wal-meters.ts';
import { memoryFiles } from '../../../support/wal-fixture.ts';

function setup() {
  const files = memoryFiles();
  for (const folder of ['/m', '/m/snap', '/m/snapper']) files.makeDirectory(folder);
  const meters = new WalMeters();
  return { files: measuredFiles(files, '/m/snap', meters), meters };
}

describe('measuredFiles', () => {
  it('log: writes, their bytes, and the syncs behind them', () => {
    const { files, meters } = setup();
    const file = files.open('/m/snapper/0.wal', 'create');
    file.write(new Uint8Array(10), 0);
    file.write(new Uint8Array(5), 10);
    file.dataSync();
    assert.equal(meters.writeSeconds.count, 2);
    assert.equal(meters.writtenBytes, 15);
    assert.equal(meters.syncSeconds.count, 1);
    assert.equal(meters.snapshotSyncSeconds.count, 0);
    assert.equal(file.sizeBytes(), 15);
  });

  it('METRICS-I4: a sync of the log without a write, of a segment that is being made -> not measured', () => {
    const { files, meters } = setup();
    const file = files.open('/m/snapper/1.tmp', 'create');
    file.preallocate(64);
    file.dataSync();
    assert.equal(meters.syncSeconds.count, 0);
    assert.equal(meters.writtenBytes, 0);
  });

  it('.snap files: syncs, apart from those of the log', () => {
    const { files, meters } = setup();
    const file = files.open('/m/snap/1.snap', 'create');
    file.write(new Uint8Array(10), 0);
    file.dataSync();
    assert.equal(meters.snapshotSyncSeconds.count, 1);
    assert.equal(meters.syncSeconds.count, 0);
    assert.equal(meters.writtenBytes, 0);
  });

  it('everything else goes through', () => {
    const { files } = setup();
    const file = files.open('/m/a', 'create');
    file.write(Uint8Array.of(1, 2, 3), 0);
    file.truncate(2);
    file.close();
    files.rename('/m/a', '/m/b');
    files.syncDirectory('/m');
    assert.deepEqual([...files.readFile('/m/b')], [1, 2]);
    assert.equal(files.stat('/m/b')?.sizeBytes, 2);
    files.remove('/m/b');
    assert.deepEqual(files.list('/m'), ['snap', 'snapper']);
    files.removeTree('/m/snap');
    assert.equal(files.stat('/m/snap'), undefined);
  });
});

describe('WalMeters', () => {
  it('on the memory of another -> shows what that one measures, each in its place', () => {
    const written = new WalMeters();
    const read = new WalMeters(written.memory);
    written.writeSeconds.observe(1);
    written.syncSeconds.observe(2);
    written.snapshotSyncSeconds.observe(3);
    written.snapshotEncodeSeconds.observe(4);
    written.snapshotSaveSeconds.observe(5);
    written.addWrittenBytes(7);
    written.addWrittenBytes(1);
    const { writeSeconds, syncSeconds, snapshotSyncSeconds } = read;
    const { snapshotEncodeSeconds, snapshotSaveSeconds } = read;
    const sums = [
      writeSeconds,
      syncSeconds,
      snapshotSyncSeconds,
      snapshotEncodeSeconds,
      snapshotSaveSeconds,
    ].map((histogram) => histogram.sum);
    assert.deepEqual(sums, [1, 2, 3, 4, 5]);
    assert.equal(read.writtenBytes, 8);
  });
});
