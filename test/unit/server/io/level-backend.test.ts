/** What only LevelDB does: files, locks between processes, damage. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Level } from 'level';
import { BackendError, type BackendErrorCode, Bucket } from '../../../../src/base/ports/backend.ts';
import { loadMeta } from '../../../../src/mvcc/backend/meta.ts';
import { revisionKey } from '../../../../src/mvcc/backend/revision-key.ts';
import { WriteBuffer } from '../../../../src/mvcc/write-buffer.ts';
import { LevelBackend } from '../../../../src/server/io/level-backend.ts';
import { BackendMeters } from '../../../../src/server/metrics/backend-meters.ts';
import { SeededRandom } from '../../../sim/seeded-random.ts';

function hasCode(code: BackendErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof BackendError && error.code === code;
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'etcd-ts-level-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const BATCHES = 5;
/** More than a block of LevelDB's log (32 KiB), of which damage takes the rest with it. */
const VALUE_BYTES = 50_000;

/** Five batches, one entry and revision each, all in LevelDB's log and in no table yet. */
async function writeFiveBatches(folder: string): Promise<void> {
  const backend = await LevelBackend.open(folder, 'create');
  const buffer = new WriteBuffer(await loadMeta(backend), backend);
  for (let index = 1; index <= BATCHES; index++) {
    const kv = new Uint8Array(VALUE_BYTES).map((_, at) => (at * at + index * at) >>> 3);
    buffer.putRevision({ main: index + 1, sub: 0, tombstone: false, kv });
    buffer.setApplied(index, 1);
    await buffer.flush();
  }
  await backend.close();
}

/** Flips a bit in the newest file with this extension. */
async function damage(folder: string, extension: string, at: (size: number) => number) {
  const names = (await readdir(folder)).filter((each) => each.endsWith(extension));
  const name = names.sort().at(-1);
  assert.ok(name !== undefined);
  const path = join(folder, name);
  await flipBit(path, at((await stat(path)).size));
}

/** The table that has these bytes, and where. */
async function placeOf(folder: string, bytes: Uint8Array): Promise<{ name: string; at: number }> {
  for (const name of await readdir(folder)) {
    const at = (await readFile(join(folder, name))).indexOf(bytes);
    if (at >= 0 && name.endsWith('.ldb')) return { name, at };
  }
  return assert.fail('in no table');
}

async function flipBit(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('LevelDB backend: damage', () => {
  test('one bit flipped in an early batch -> start refuses with BACKEND_CORRUPT', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFiveBatches(folder);
    await damage(folder, '.log', () => VALUE_BYTES * 1.5);
    const backend = await LevelBackend.open(folder, 'existing');
    // LevelDB itself says nothing: the last batch is there, an earlier one is not.
    assert.ok(backend.getSync(Bucket.key, revisionKey(BATCHES + 1, 0)) !== undefined);
    assert.equal(backend.getSync(Bucket.key, revisionKey(3, 0)), undefined);
    await assert.rejects(loadMeta(backend), hasCode('BACKEND_CORRUPT'));
    await backend.close();
  });

  test('the last batch damaged -> the state is that of the batch before', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFiveBatches(folder);
    await damage(folder, '.log', (size) => size - 10);
    const backend = await LevelBackend.open(folder, 'existing');
    assert.equal((await loadMeta(backend)).consistentIndex, BATCHES - 1);
    await backend.close();
  });

  test('a damaged table -> reads end with BACKEND_CORRUPT', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFiveBatches(folder);
    // Opening moves the log into a table.
    await (await LevelBackend.open(folder, 'existing')).close();
    await damage(folder, '.ldb', (size) => size - 1);
    const backend = await LevelBackend.open(folder, 'existing');
    const isCorrupt = hasCode('BACKEND_CORRUPT');
    const key = revisionKey(2, 0);
    assert.throws(() => backend.getSync(Bucket.key, key), isCorrupt);
    await assert.rejects(backend.getMany(Bucket.key, [key]), isCorrupt);
    const cursor = backend.scan({ bucket: Bucket.key });
    await assert.rejects(cursor.next(1), isCorrupt);
    await cursor.close();
    await backend.close();
  });

  test('a bit flipped anywhere in a row -> the row is refused, however it is read', async (t) => {
    const written = await temporaryFolder(t);
    const key = Uint8Array.of(7, 8, 9);
    // Nothing that could be compressed.
    const random = new SeededRandom(1);
    const value = Uint8Array.from({ length: 5000 }, () => random.below(256));
    const first = await LevelBackend.open(written, 'create');
    const batch = first.batch();
    batch.put(Bucket.key, key, value);
    await batch.commit();
    await first.compact({});
    await first.close();
    const { name, at } = await placeOf(written, value);
    // The last byte of the key (behind it are 8 of LevelDB's), the value, the seal.
    for (const offset of [-9, 0, 2500, 4999, 5000, 5003]) {
      const folder = await temporaryFolder(t);
      await cp(written, folder, { recursive: true });
      await flipBit(join(folder, name), at + offset);
      const backend = await LevelBackend.open(folder, 'existing');
      const isCorrupt = hasCode('BACKEND_CORRUPT');
      const isRefused = async (): Promise<void> => {
        if (offset >= 0) {
          assert.throws(() => backend.getSync(Bucket.key, key), isCorrupt, `byte ${offset}`);
          await assert.rejects(backend.getMany(Bucket.key, [key]), isCorrupt);
        }
        const cursor = backend.scan({ bucket: Bucket.key });
        await assert.rejects(cursor.next(10), isCorrupt);
        await cursor.close();
      };
      await isRefused();
      // Nor does it become right when tables are merged.
      await backend.compact({});
      await isRefused();
      await backend.close();
    }
  });

  test('a store whose rows have no seals, or a damaged first row -> BACKEND_CORRUPT at open', async (t) => {
    const folder = await temporaryFolder(t);
    const db = new Level(folder);
    await db.open();
    await db.close();
    await assert.rejects(LevelBackend.open(folder, 'existing'), (error) => {
      assert.ok(hasCode('BACKEND_CORRUPT')(error));
      return error instanceof Error && error.message.includes(folder);
    });
  });

  test('a table missing -> BACKEND_CORRUPT at open', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFiveBatches(folder);
    await (await LevelBackend.open(folder, 'existing')).close();
    for (const name of await readdir(folder)) {
      if (name.endsWith('.ldb')) await rm(join(folder, name));
    }
    await assert.rejects(LevelBackend.open(folder, 'existing'), hasCode('BACKEND_CORRUPT'));
  });
});

describe('LevelDB backend: syncs', () => {
  for (const unsafeNoFsync of [false, true]) {
    test(`a commit is ${unsafeNoFsync ? 'not synced when told so' : 'synced'}`, async (t) => {
      const batches = t.mock.method(Level.prototype, 'batch');
      const folder = await temporaryFolder(t);
      const backend = await LevelBackend.open(folder, 'create', { unsafeNoFsync });
      const batch = backend.batch();
      const levelBatch = batches.mock.calls.at(-1)?.result as { write(options: object): unknown };
      const write = t.mock.method(levelBatch, 'write');
      batch.put(Bucket.key, Uint8Array.of(1), Uint8Array.of(1));
      await batch.commit();
      assert.deepEqual(write.mock.calls.at(-1)?.arguments, [{ sync: !unsafeNoFsync }]);
      await backend.close();
    });
  }
});

describe('LevelDB backend: open', () => {
  test('an empty folder that should hold a store -> BACKEND_CORRUPT', async (t) => {
    const folder = await temporaryFolder(t);
    await assert.rejects(LevelBackend.open(folder, 'existing'), hasCode('BACKEND_CORRUPT'));
  });

  test('a folder that cannot be made -> BACKEND_IO that names it', async (t) => {
    const file = join(await temporaryFolder(t), 'file');
    await writeFile(file, '');
    await assert.rejects(LevelBackend.open(join(file, 'kv'), 'create'), (error) => {
      assert.ok(hasCode('BACKEND_IO')(error));
      return error instanceof Error && error.message.includes(join(file, 'kv'));
    });
  });

  test('open in another process -> BACKEND_LOCKED that names the folder', async (t) => {
    const folder = await temporaryFolder(t);
    const module = new URL('../../../../src/server/io/level-backend.js', import.meta.url);
    const script = `
      const { LevelBackend } = await import(${JSON.stringify(module.href)});
      await LevelBackend.open(${JSON.stringify(folder)}, 'create');
      console.log('open');
      process.stdin.resume();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await assert.rejects(LevelBackend.open(folder, 'existing'), (error) => {
      assert.ok(hasCode('BACKEND_LOCKED')(error));
      return error instanceof Error && error.message === `${folder} is in use by another process`;
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    // The lock ends with its process, however that ends.
    await (await LevelBackend.open(folder, 'existing')).close();
  });
});

describe('LevelDB backend: meters', () => {
  test('commits and open views -> counted', async (t) => {
    const meters = new BackendMeters();
    const backend = await LevelBackend.open(await temporaryFolder(t), 'create', { meters });
    const batch = backend.batch();
    batch.put(Bucket.meta, Uint8Array.of(1), Uint8Array.of(2));
    await batch.commit();
    await backend.batch().discard();
    assert.equal(meters.commitSeconds.count, 1);
    const [one, two] = [backend.view(), backend.view()];
    assert.equal(meters.openViews, 2);
    await one.close();
    await one.close();
    assert.equal(meters.openViews, 1);
    await two.close();
    assert.equal(meters.openViews, 0);
    await backend.close();
  });
});
