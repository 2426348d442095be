import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import type { Logger } from '../../../../src/base/ports/logger.ts';
import { MetaKey } from '../../../../src/mvcc/backend/meta.ts';
import { bootstrapLog } from '../../../../src/raft/index.ts';
import { bootstrap } from '../../../../src/server/storage/bootstrap.ts';
import { openStorage, type StorageOptions } from '../../../../src/server/storage/open-storage.ts';
import { createWal, encodeBatch } from '../../../../src/wal/index.ts';
import { WalWriter } from '../../../../src/wal/wal-writer.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../../sim/memory-backend.ts';
import { MemoryFileSystem, PowerLossError } from '../../../sim/memory-file-system.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';
import { FOUNDER, SimMember } from '../../../sim/sim-member.ts';
import { put, written } from '../../../support/server/requests.ts';
import { START_PORTS } from '../../../support/server/start-ports.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
};

const SEGMENT_BYTES = 8192;

/** What is on disk, and opening it. */
class Machine {
  files = new MemoryFileSystem();
  readonly disk = new MemoryBackendDisk();

  open(options: Partial<StorageOptions> = {}) {
    return openStorage(
      {
        dataDir: '/data',
        walDir: undefined,
        segmentBytes: SEGMENT_BYTES,
        identity: () => Promise.resolve({ member: 1n, cluster: 2n }),
        ...options,
      },
      {
        ...START_PORTS,
        files: this.files,
        logger: silent,
        openBackend: () => MemoryBackend.open(this.disk),
        stageBackend: () => assert.fail('no snapshot was received'),
      },
    );
  }

  /** Puts a consistent_index into the backend, as if that much had been applied. */
  async apply(index: number): Promise<void> {
    const backend = await MemoryBackend.open(this.disk);
    const batch = backend.batch();
    const row = new Uint8Array(8);
    row[7] = index;
    batch.put(Bucket.meta, MetaKey.consistentIndex, row);
    await batch.commit();
    await backend.close();
  }
}

describe('open storage', () => {
  it('STORAGE-I1: nothing there -> a log with the given identity, new', async () => {
    const machine = new Machine();
    const opened = await machine.open();
    assert.equal(opened.isNew, true);
    assert.deepEqual([opened.member, opened.cluster], [1n, 2n]);
    await opened.backend.close();
    // From now on the log says who the member is.
    const again = await machine.open({
      identity: () => Promise.resolve({ member: 8n, cluster: 9n }),
    });
    assert.deepEqual([again.member, again.cluster], [1n, 2n]);
  });

  it('STORAGE-I2: power lost in the bootstrap write -> entries without a hard state are no log', async () => {
    const machine = new Machine();
    const opened = await machine.open();
    const { entries } = bootstrapLog([{ id: 1n, context: new Uint8Array(600) }]);
    const { files } = machine;
    const writer = new WalWriter(
      { files, logger: silent, segmentBytes: SEGMENT_BYTES },
      opened.position,
    );
    writer.append([encodeBatch(entries)]);
    writer.close();
    await opened.backend.close();
    const again = await machine.open();
    assert.equal(again.entries.length, 1);
    assert.equal(again.isNew, true);
  });

  it('STORAGE-I2: power lost at any file call of the first start -> the next one bootstraps', async () => {
    for (let calls = 0; ; calls++) {
      const sim = new SimMember(calls);
      sim.files.losePowerAfter(calls);
      try {
        await sim.start();
        await sim.pass(1000);
        break;
      } catch (error) {
        assert.ok(error instanceof PowerLossError);
      }
      sim.crash('power');
      await sim.start();
      assert.equal(await written(sim, 'a', '1'), 2);
      await sim.stop();
    }
  });

  it('STORAGE-I2: founders that do not hold the member of the log -> refused', async () => {
    const opened = await new Machine().open();
    const log = { pending: 0 } as never;
    const plan = { member: FOUNDER.id, cluster: 2n, founders: [FOUNDER] };
    await assert.rejects(bootstrap(opened, plan, log), { code: 'SERVER_START_REFUSED' });
  });

  it('STORAGE-I3: the backend is ahead of the log -> refused, and the lock is let go', async () => {
    const machine = new Machine();
    await (await machine.open()).backend.close();
    await machine.apply(3);
    for (let i = 0; i < 2; i++) {
      await assert.rejects(machine.open(), {
        code: 'SERVER_START_REFUSED',
        message: 'the backend holds entry 3, but the log ends at entry 0',
      });
    }
  });

  it('STORAGE-I3: a sector of the log lost, behind which lie entries of the backend -> refused, the log is as it was', async () => {
    const sim = new SimMember(1);
    await sim.start();
    for (let i = 0; i < 5; i++) await written(sim, 'a', 'x'.repeat(700));
    await sim.stop();
    const { files } = sim;
    const path = '/data/member/wal/0000000000000000-0000000000000000.wal';
    const file = files.open(path, 'write');
    // Read without the backend, this is what an interrupted write leaves, and would be cut off.
    file.write(new Uint8Array(512), 2048);
    const before = [files.list('/data/member/wal'), files.readFile(path)];
    await assert.rejects(sim.open(), (error: { code?: string; message?: string }) => {
      assert.equal(error.code, 'SERVER_START_REFUSED');
      assert.match(
        error.message ?? '',
        /^the backend holds entry \d+, but the log ends at entry \d+$/,
      );
      return true;
    });
    assert.deepEqual([files.list('/data/member/wal'), files.readFile(path)], before);
  });

  it('STORAGE-I3: state without a log -> refused', async () => {
    const machine = new Machine();
    await (await machine.open()).backend.close();
    await machine.apply(3);
    await assert.rejects(machine.open({ walDir: '/other/wal' }), { code: 'SERVER_START_REFUSED' });
  });

  it('STORAGE-I3: a log that begins behind the backend -> refused', async () => {
    const sim = new SimMember(1, { snapshots: { ...SNAPSHOTS, entries: 5 } });
    await sim.start();
    for (let i = 0; i < 20; i++) await written(sim, 'a', String(i));
    await sim.pass(1000);
    await sim.stop();
    const machine = new Machine();
    machine.files = sim.files;
    await assert.rejects(machine.open(), (error: { code?: string; message?: string }) => {
      assert.equal(error.code, 'SERVER_START_REFUSED');
      assert.match(
        error.message ?? '',
        /^the log begins behind entry \d+, but the backend ends at entry 0$/,
      );
      return true;
    });
  });

  it('STORAGE-I4: data directory under folders that are new -> all of them survive a power loss', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const machine = new Machine();
      await (await machine.open({ dataDir: '/a/b/c' })).backend.close();
      const found = machine.files.afterPowerLoss(new SeededRandom(seed));
      assert.notEqual(found.stat('/a/b/c/member/wal'), undefined);
      assert.notEqual(found.stat('/a/b/c/member/snap'), undefined);
    }
  });

  it('STORAGE-I1: a log whose metadata cannot be decoded -> refused', async () => {
    const machine = new Machine();
    machine.files.makeDirectory('/data/member');
    createWal({
      files: machine.files,
      directory: '/data/member/wal',
      metadata: Uint8Array.of(0x08),
      segmentBytes: SEGMENT_BYTES,
    });
    await assert.rejects(machine.open(), {
      code: 'SERVER_START_REFUSED',
      message: /^the log does not say whose it is: /,
    });
    assert.equal(machine.disk.lockedBy, undefined);
  });

  it('STORAGE-I5: a log without any state -> replayed from its start', async () => {
    const sim = new SimMember(1);
    sim.holdsCommits = true;
    await sim.start();
    put(sim, 'a', '1');
    assert.equal(await written(sim, 'b', '2'), 3);
    sim.crash('power');
    sim.holdsCommits = false;
    const opened = await sim.open();
    assert.equal(opened.meta.consistentIndex, 0);
    assert.equal(opened.isNew, false);
    const member = await sim.run(opened);
    await sim.until(() => member.raft.isLeader && member.raft.appliedIndex >= 5);
    assert.equal(member.store.currentRevision, 3);
  });
});

const SNAPSHOTS = {
  entries: 30,
  catchUpEntries: 10,
  logBytesMax: 1 << 20,
  segmentsMax: 2,
  snapshotsMax: 2,
};
