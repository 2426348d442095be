import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileError } from '../../../src/base/ports/file-system.ts';
import { MemoryFileSystem, PowerLossError } from '../../sim/memory-file-system.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

function withFile(bytes: Uint8Array): MemoryFileSystem {
  const files = new MemoryFileSystem();
  const file = files.open('/a', 'create');
  file.write(bytes, 0);
  file.dataSync();
  files.syncDirectory('/');
  return files;
}

/** What is found under `path` over many power losses, each outcome once. */
function outcomes(files: MemoryFileSystem, path: string): Set<string> {
  return new Set(
    SEEDS.map((seed) => {
      const found = files.afterPowerLoss(new SeededRandom(seed));
      return found.stat(path) === undefined ? 'absent' : found.readFile(path).join();
    }),
  );
}

test('memory file system: synced content and names -> survive every power loss', () => {
  assert.deepEqual(outcomes(withFile(Uint8Array.of(1, 2)), '/a'), new Set(['1,2']));
});

test('memory file system: un-synced name -> may be absent', () => {
  const files = new MemoryFileSystem();
  const file = files.open('/a', 'create');
  file.write(Uint8Array.of(1), 0);
  file.dataSync();
  assert.deepEqual(outcomes(files, '/a'), new Set(['absent', '1']));
});

test('memory file system: un-synced overwrite -> old or new, by sector', () => {
  const files = withFile(new Uint8Array(1024));
  files.open('/a', 'write').write(new Uint8Array(1024).fill(1), 0);
  const sectors = SEEDS.map((seed) => {
    const bytes = files.afterPowerLoss(new SeededRandom(seed)).readFile('/a');
    for (let i = 0; i < 1024; i++) assert.equal(bytes[i], bytes[i - (i % 512)]);
    return `${bytes[0]}${bytes[512]}`;
  });
  assert.deepEqual(new Set(sectors), new Set(['00', '01', '10', '11']));
});

test('memory file system: un-synced length -> old or new', () => {
  const files = withFile(Uint8Array.of(1, 2, 3));
  files.open('/a', 'write').truncate(1);
  assert.ok([...outcomes(files, '/a')].every((found) => /^(1|1,2,3|1,0,0)$/.test(found)));
  assert.ok(outcomes(files, '/a').has('1'));
  assert.ok(outcomes(files, '/a').has('1,2,3'));
});

test('memory file system: un-synced rename -> wholly done or not at all', () => {
  const files = withFile(Uint8Array.of(1));
  files.rename('/a', '/b');
  for (const seed of SEEDS) {
    const names = files.afterPowerLoss(new SeededRandom(seed)).list('/');
    assert.equal(names.length, 1);
  }
});

test('memory file system: sync fails -> a later sync succeeds and the bytes are lost', () => {
  const files = withFile(new Uint8Array(4));
  const file = files.open('/a', 'write');
  file.write(Uint8Array.of(1, 1, 1, 1), 0);
  files.failCall(1, 'FILE_IO');
  assert.throws(
    () => {
      file.dataSync();
    },
    (error) => error instanceof FileError && error.code === 'FILE_IO',
  );
  file.dataSync();
  assert.deepEqual(outcomes(files, '/a'), new Set(['0,0,0,0']));
  assert.equal(files.readFile('/a').join(), '1,1,1,1');
});

test('memory file system: failed write -> about half of it is there, in whole sectors', () => {
  const files = withFile(new Uint8Array(2048));
  files.failCall(1, 'FILE_NO_SPACE');
  assert.throws(() => {
    files.open('/a', 'write').write(new Uint8Array(1800).fill(1), 200);
  }, FileError);
  assert.deepEqual(files.readFile('/a'), new Uint8Array(2048).fill(1, 200, 1024));
});

test('memory file system: power lost -> every further writing call throws', () => {
  const files = withFile(Uint8Array.of(1));
  files.losePowerAfter(1);
  files.makeDirectory('/d');
  for (let i = 0; i < 2; i++) {
    assert.throws(() => {
      files.makeDirectory('/e');
    }, PowerLossError);
  }
});
