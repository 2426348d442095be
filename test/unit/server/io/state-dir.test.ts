import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  type Backend,
  BackendError,
  type BackendErrorCode,
  Bucket,
} from '../../../../src/base/ports/backend.ts';
import { utf8Bytes, utf8Text } from '../../../../src/base/utf8.ts';
import { LevelBackend } from '../../../../src/server/io/level-backend.ts';
import { NodeFileSystem } from '../../../../src/server/io/node-file-system.ts';
import { openStateDir } from '../../../../src/server/io/state-dir.ts';
import { writePointer } from '../../../../src/server/io/state-dir-pointer.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../../sim/memory-backend.ts';
import { MemoryFileSystem, PowerLossError } from '../../../sim/memory-file-system.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';

const KV = '/member/kv';

function hasCode(code: BackendErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof BackendError && error.code === code;
}

/** A machine: its files, and the backends in its folders. */
class Machine {
  readonly files: MemoryFileSystem;
  readonly disks = new Map<string, MemoryBackendDisk>();
  /** `folder mode` of each backend that was opened. */
  readonly opened: string[] = [];
  /** Runs while the backend is being opened, as another process would. */
  meanwhile: () => void = () => undefined;

  constructor(files = new MemoryFileSystem()) {
    this.files = files;
    files.makeDirectory('/member');
    files.syncDirectory('/');
  }

  start(): Promise<Backend> {
    return openStateDir(KV, this.files, (folder, mode) => {
      this.opened.push(`${folder} ${mode}`);
      const disk = this.disks.get(folder) ?? new MemoryBackendDisk();
      this.disks.set(folder, disk);
      this.meanwhile();
      return MemoryBackend.open(disk);
    });
  }
}

describe('state directory', () => {
  test('on a real disk: folders of mode 0700, the same store at the next start', async (t) => {
    const member = await mkdtemp(join(tmpdir(), 'etcd-ts-state-'));
    t.after(() => rm(member, { recursive: true }));
    const start = () => openStateDir(join(member, 'kv'), new NodeFileSystem(), LevelBackend.open);
    const backend = await start();
    const batch = backend.batch();
    batch.put(Bucket.cluster, utf8Bytes('clusterVersion'), utf8Bytes('3.6.0'));
    await batch.commit();
    await assert.rejects(start(), hasCode('BACKEND_LOCKED'));
    await backend.close();
    const again = await start();
    const version = again.getSync(Bucket.cluster, utf8Bytes('clusterVersion'));
    assert.deepEqual(version, utf8Bytes('3.6.0'));
    await again.close();
    for (const folder of ['kv', 'kv/1']) {
      assert.equal((await stat(join(member, folder))).mode & 0o777, 0o700);
    }
    assert.equal((await stat(join(member, 'kv/current'))).mode & 0o777, 0o600);
  });

  test('nothing there -> folder 1 and a pointer to it; found again by the next start', async () => {
    const machine = new Machine();
    await (await machine.start()).close();
    assert.deepEqual(machine.files.list(KV), ['1', 'current']);
    assert.equal(utf8Text(machine.files.readFile(`${KV}/current`)), '1\n');
    await (await machine.start()).close();
    assert.deepEqual(machine.opened, [`${KV}/1 create`, `${KV}/1 existing`]);
  });

  test('pointer to another number -> that folder is opened, the others are removed', async () => {
    const machine = new Machine();
    for (const folder of ['1', '2', '3', 'other']) machine.files.makeDirectory(`${KV}/${folder}`);
    writePointer(machine.files, KV, 2);
    await machine.start();
    assert.deepEqual(machine.opened, [`${KV}/2 existing`]);
    assert.deepEqual(machine.files.list(KV), ['2', 'current', 'other']);
  });

  test('a file with the name of a number -> is no state, and stays', async () => {
    const machine = new Machine();
    machine.files.makeDirectory(KV);
    machine.files.open(`${KV}/4913`, 'create').close();
    await (await machine.start()).close();
    await (await machine.start()).close();
    assert.deepEqual(machine.opened, [`${KV}/1 create`, `${KV}/1 existing`]);
    assert.deepEqual(machine.files.list(KV), ['1', '4913', 'current']);
  });

  test('open in another process -> BACKEND_LOCKED, and nothing is removed', async () => {
    const machine = new Machine();
    const running = await machine.start();
    machine.files.makeDirectory(`${KV}/2`);
    await assert.rejects(machine.start(), hasCode('BACKEND_LOCKED'));
    assert.deepEqual(machine.files.list(KV), ['1', '2', 'current']);
    await running.close();
  });

  test('another process moves the pointer meanwhile -> BACKEND_LOCKED, backend closed', async () => {
    const machine = new Machine();
    await (await machine.start()).close();
    machine.meanwhile = () => {
      machine.files.makeDirectory(`${KV}/2`);
      writePointer(machine.files, KV, 2);
    };
    await assert.rejects(machine.start(), hasCode('BACKEND_LOCKED'));
    assert.deepEqual(machine.files.list(KV), ['1', '2', 'current']);
    assert.equal(machine.disks.get(`${KV}/1`)?.lockedBy, undefined);
  });

  test('pointed folder missing -> BACKEND_CORRUPT', async () => {
    const machine = new Machine();
    machine.files.makeDirectory(KV);
    writePointer(machine.files, KV, 7);
    await assert.rejects(machine.start(), hasCode('BACKEND_CORRUPT'));
    assert.deepEqual(machine.opened, []);
  });

  test('numbered folders without a pointer -> BACKEND_CORRUPT, unless it is folder 1', async () => {
    const machine = new Machine();
    machine.files.makeDirectory(`${KV}/1`);
    await (await machine.start()).close();
    machine.files.remove(`${KV}/current`);
    machine.files.makeDirectory(`${KV}/2`);
    await assert.rejects(machine.start(), hasCode('BACKEND_CORRUPT'));
    assert.deepEqual(machine.files.list(KV), ['1', '2']);
  });

  test('pointer that is no number -> BACKEND_CORRUPT', async () => {
    for (const text of ['', '0\n', '1', '1\n\n', 'x\n', '99999999999\n']) {
      const machine = new Machine();
      machine.files.makeDirectory(`${KV}/1`);
      const file = machine.files.open(`${KV}/current`, 'create');
      file.write(utf8Bytes(text), 0);
      file.close();
      await assert.rejects(machine.start(), hasCode('BACKEND_CORRUPT'), JSON.stringify(text));
    }
  });

  test('power lost after any call of a first start -> the next start works', async () => {
    let starts = 0;
    for (let isDone = false; !isDone; starts++) {
      const machine = new Machine();
      machine.files.losePowerAfter(starts);
      try {
        await machine.start();
        isDone = true;
      } catch (error) {
        assert.ok(error instanceof PowerLossError);
      }
      for (let seed = 0; seed < 20; seed++) {
        const after = new Machine(machine.files.afterPowerLoss(new SeededRandom(seed)));
        await after.start();
        // A first start that was cut short before it had a pointer may leave a temporary one.
        assert.deepEqual(after.files.list(KV), ['1', 'current']);
        // Once the start has ended, the pointer must have survived.
        if (isDone) assert.deepEqual(after.opened, [`${KV}/1 existing`]);
      }
    }
    assert.ok(starts > 5);
  });

  test('power lost while the pointer is moved -> the old or the new one', async () => {
    const seen = new Set<string>();
    for (let calls = 0; calls < 10; calls++) {
      const machine = new Machine();
      await (await machine.start()).close();
      machine.files.makeDirectory(`${KV}/2`);
      machine.files.syncDirectory(KV);
      machine.files.losePowerAfter(calls);
      try {
        writePointer(machine.files, KV, 2);
      } catch (error) {
        assert.ok(error instanceof PowerLossError);
      }
      for (let seed = 0; seed < 20; seed++) {
        const after = new Machine(machine.files.afterPowerLoss(new SeededRandom(seed)));
        await after.start();
        seen.add(after.opened.join());
      }
    }
    assert.deepEqual([...seen].sort(), [`${KV}/1 existing`, `${KV}/2 existing`]);
  });
});
