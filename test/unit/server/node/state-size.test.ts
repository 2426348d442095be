import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StateSize } from '../../../../src/server/node/state-size.ts';

/** What a member would have on disk and in memory; a restart finds again what was kept. */
function state() {
  const found = {
    diskBytes: 0,
    measured: 0,
    kept: undefined as Uint8Array | undefined,
    buffer: {
      bytesWritten: 0,
      bytesFlushed: 0,
      put: (_bucket: number, _key: Uint8Array, value: Uint8Array): void => {
        found.kept = value;
      },
    },
    store: { rowBytes: 0 },
    /** Rows are written and flushed, and take `density` bytes on disk for each of theirs. */
    write: (bytes: number, density = 1) => {
      found.buffer.bytesWritten += bytes;
      found.buffer.bytesFlushed += bytes;
      found.store.rowBytes += bytes;
      found.diskBytes += bytes * density;
    },
  };
  const backend = {
    getSync: (): Uint8Array | undefined => found.kept,
    sizeBytes: async (): Promise<number> => {
      found.measured++;
      return found.diskBytes;
    },
  };
  const restarted = (): StateSize =>
    new StateSize({ backend, buffer: found.buffer, store: found.store });
  const size = restarted();
  const shown = (): number[] => {
    size.checkInvariants();
    return [size.totalBytes, size.inUseBytes];
  };
  return { found, size, shown, restarted };
}

describe('state size: dbSize', () => {
  it('NODE-I9: what is measured, and what was written since', async () => {
    const { found, size } = state();
    found.diskBytes = 10_000;
    await size.measure();
    assert.equal(size.totalBytes, 10_000);
    found.buffer.bytesWritten += 500;
    assert.equal(size.totalBytes, 10_500);
    found.buffer.bytesFlushed += 500;
    found.diskBytes += 300;
    assert.equal(size.totalBytes, 10_500);
    await size.measure();
    assert.equal(size.totalBytes, 10_300);
  });

  it('refresh: measures while something is written or still moves, then rests', async () => {
    const { found, size } = state();
    found.write(1000);
    await size.refresh();
    assert.equal(found.measured, 1);
    // Once more, as files may still be merged; then nothing has changed.
    await size.refresh();
    await size.refresh();
    await size.refresh();
    assert.equal(found.measured, 2);
    found.write(1);
    await size.refresh();
    assert.equal(found.measured, 3);
  });
});

describe('state size: dbSizeInUse', () => {
  it('no row yet -> all of it', async () => {
    const { found, size, shown } = state();
    found.diskBytes = 700;
    await size.measure();
    assert.deepEqual(shown(), [700, 700]);
  });

  it('grows with the rows, whether they can be compressed or not', async () => {
    for (const density of [0.25, 1]) {
      const { found, size, shown } = state();
      found.write(1_000_000, density);
      await size.measure();
      found.write(1_000_000, density);
      await size.measure();
      assert.deepEqual(shown(), [2_000_000 * density, 2_000_000 * density]);
    }
  });

  it('half of the rows compacted -> falls to half at once; dbSize when defragmented', async () => {
    const { found, size, shown } = state();
    found.write(1_000_000, 0.5);
    await size.measure();
    found.store.rowBytes = 500_000;
    assert.deepEqual(shown(), [500_000, 250_000 + 4096]);
    found.diskBytes = 260_000;
    await size.measureDefragmented();
    assert.deepEqual(shown(), [260_000, 260_000]);
  });

  it('files merged by themselves -> in use stays, dbSize falls to it', async () => {
    const { found, size, shown } = state();
    found.write(1_000_000);
    await size.measure();
    for (let round = 0; round < 5; round++) {
      found.write(400_000);
      found.store.rowBytes -= 400_000;
      await size.measure();
    }
    assert.deepEqual(shown(), [3_000_000, 1_004_096]);
    found.diskBytes = 1_000_000;
    await size.measure();
    assert.deepEqual(shown(), [1_000_000, 1_000_000]);
  });

  it('what is written and not flushed yet counts on both sides', async () => {
    const { found, size, shown } = state();
    found.diskBytes = 700;
    found.buffer.bytesWritten = 1_000_000;
    found.store.rowBytes = 1_000_000;
    await size.measure();
    found.buffer.bytesFlushed = 1_000_000;
    found.diskBytes = 1_000_700;
    await size.measure();
    assert.deepEqual(shown(), [1_000_700, 1_000_700]);
  });

  it('a restart behind a compaction -> what it has freed stays known as free', async () => {
    const { found, size, restarted } = state();
    found.write(1_000_000);
    await size.measure();
    found.store.rowBytes -= 900_000;
    const after = restarted();
    await after.measure();
    assert.deepEqual([after.totalBytes, after.inUseBytes], [1_000_000, 104_096]);
  });

  it('a restart behind a defragmentation -> the density of then, though it is higher', async () => {
    const { found, size, restarted } = state();
    found.write(1_000_000, 0.25);
    await size.measure();
    found.diskBytes = 800_000;
    await size.measureDefragmented();
    const after = restarted();
    await after.measure();
    assert.deepEqual([after.totalBytes, after.inUseBytes], [800_000, 800_000]);
  });

  it('kept only when it has become lower: not with each measurement', async () => {
    const { found, size } = state();
    found.write(1_000_000);
    await size.measure();
    found.kept = undefined;
    found.diskBytes -= 1000;
    await size.measure();
    found.diskBytes += 50_000;
    await size.measure();
    assert.equal(found.kept, undefined);
  });

  it('a density that cannot be read -> as if there were none', async () => {
    const { found, restarted } = state();
    found.write(1000);
    for (const text of ['', 'x', '-1', '0']) {
      found.kept = Buffer.from(text);
      const size = restarted();
      await size.measure();
      assert.equal(size.inUseBytes, 1000, text);
    }
  });
});
