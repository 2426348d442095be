import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfState } from '../../../../src/pb/index.ts';
import { type SnapshotPorts, Snapshots } from '../../../../src/server/node/snapshots.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const OPTIONS = {
  entries: 100,
  catchUpEntries: 50,
  logBytesMax: 1 << 20,
  segmentsMax: 0,
  snapshotsMax: 0,
};

/** Snapshots behind 100 entries, with where the log was cut. */
function setUp() {
  const compacted: number[] = [];
  const raft = {
    logBytes: 0,
    firstIndex: 1,
    awaitedAfter: Infinity,
    tailBase: () => 0,
    compact: (index: number) => compacted.push(index),
  };
  const ports = {
    raft,
    log: { saveSnapshot: (_: unknown, done: () => void) => done() },
    buffer: { flush: () => Promise.resolve() },
    cluster: { members: [], removed: [], version: '3.5.0' },
    logger: new RecordingLogger(),
    fatal: (error: unknown) => assert.fail(String(error)),
  };
  const snapshots = new Snapshots(OPTIONS, 100, ports as unknown as SnapshotPorts);
  const make = async (index: number): Promise<void> => {
    snapshots.make({ index, term: 2, confState: ConfState.create({}) });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { snapshots, compacted, make };
}

describe('snapshots', () => {
  it('due by entries -> some are kept for who lags', async () => {
    const { snapshots, compacted, make } = setUp();
    assert.deepEqual([snapshots.isDue(200), snapshots.isDue(201)], [false, true]);
    await make(201);
    assert.deepEqual(compacted, [151]);
  });

  it('NODE-I15: forced -> due with the next entry, once, and none is kept', async () => {
    const { snapshots, compacted, make } = setUp();
    snapshots.force();
    assert.deepEqual([snapshots.isDue(100), snapshots.isDue(101)], [false, true]);
    await make(101);
    assert.deepEqual(compacted, [101]);
    assert.equal(snapshots.isDue(102), false);
  });

  it('NODE-I15: forced while one is made -> another one behind it', async () => {
    const { snapshots, compacted, make } = setUp();
    const making = make(201);
    snapshots.force();
    assert.equal(snapshots.isDue(202), false);
    await making;
    assert.equal(snapshots.isDue(202), true);
    await make(202);
    assert.deepEqual(compacted, [151, 202]);
  });
});
