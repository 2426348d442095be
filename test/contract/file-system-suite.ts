/** What every {@link FileSystem} must do, whatever stands behind it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FileError,
  type FileErrorCode,
  type FileSystem,
} from '../../src/base/ports/file-system.ts';

export interface FileSystemUnderTest {
  readonly files: FileSystem;
  /** An existing empty folder. */
  readonly directory: string;
}

/** Defines the tests of the contract for one implementation; `make` is called once a test. */
export function fileSystemSuite(name: string, make: () => FileSystemUnderTest): void {
  const check = (title: string, run: (files: FileSystem, directory: string) => void): void => {
    test(`file system (${name}): ${title}`, () => {
      const { files, directory } = make();
      run(files, directory);
    });
  };

  check('create, write, read back -> the same bytes', (files, directory) => {
    const file = files.open(`${directory}/a`, 'create');
    file.write(Uint8Array.of(1, 2, 3), 0);
    file.write(Uint8Array.of(9), 1);
    file.dataSync();
    const target = new Uint8Array(8);
    assert.equal(file.read(target, 0), 3);
    assert.deepEqual([...target], [1, 9, 3, 0, 0, 0, 0, 0]);
    assert.equal(file.read(target, 2), 1);
    assert.equal(file.read(target, 3), 0);
    assert.equal(file.path, `${directory}/a`);
    file.close();
    assert.deepEqual(files.readFile(`${directory}/a`), Uint8Array.of(1, 9, 3));
  });

  check('write beyond the end -> the hole reads as zeros', (files, directory) => {
    const file = files.open(`${directory}/a`, 'create');
    file.write(Uint8Array.of(7), 4);
    assert.equal(file.sizeBytes(), 5);
    file.close();
    assert.deepEqual([...files.readFile(`${directory}/a`)], [0, 0, 0, 0, 7]);
  });

  check('open to write -> keeps the content', (files, directory) => {
    writeFile(files, `${directory}/a`, [1, 2, 3]);
    const file = files.open(`${directory}/a`, 'write');
    file.write(Uint8Array.of(8), 2);
    file.close();
    assert.deepEqual([...files.readFile(`${directory}/a`)], [1, 2, 8]);
  });

  check('truncate and grow again -> zeros where bytes were cut', (files, directory) => {
    writeFile(files, `${directory}/a`, [1, 2, 3]);
    const file = files.open(`${directory}/a`, 'write');
    file.truncate(1);
    assert.equal(file.sizeBytes(), 1);
    file.truncate(3);
    file.close();
    assert.deepEqual([...files.readFile(`${directory}/a`)], [1, 0, 0]);
  });

  check('preallocate -> longer and zero-filled, never shorter', (files, directory) => {
    writeFile(files, `${directory}/a`, [1, 2]);
    const file = files.open(`${directory}/a`, 'write');
    file.preallocate(3_000_000);
    assert.equal(file.sizeBytes(), 3_000_000);
    file.preallocate(10);
    assert.equal(file.sizeBytes(), 3_000_000);
    file.close();
    const bytes = files.readFile(`${directory}/a`);
    assert.deepEqual([...bytes.subarray(0, 3)], [1, 2, 0]);
    assert.ok(bytes.subarray(2).every((byte) => byte === 0));
  });

  check('create over an existing name -> FILE_EXISTS', (files, directory) => {
    writeFile(files, `${directory}/a`, [1]);
    refuses('FILE_EXISTS', `${directory}/a`, () => files.open(`${directory}/a`, 'create'));
  });

  check('missing names -> FILE_NOT_FOUND', (files, directory) => {
    const missing = `${directory}/missing`;
    refuses('FILE_NOT_FOUND', missing, () => files.open(missing, 'read'));
    refuses('FILE_NOT_FOUND', missing, () => files.open(missing, 'write'));
    refuses('FILE_NOT_FOUND', missing, () => files.readFile(missing));
    refuses('FILE_NOT_FOUND', missing, () => files.list(missing));
    refuses('FILE_NOT_FOUND', missing, () => {
      files.remove(missing);
    });
    refuses('FILE_NOT_FOUND', missing, () => {
      files.rename(missing, `${directory}/b`);
    });
    refuses('FILE_NOT_FOUND', missing, () => {
      files.syncDirectory(missing);
    });
    assert.equal(files.stat(missing), undefined);
    files.removeTree(missing);
  });

  check('stat -> kind and size', (files, directory) => {
    writeFile(files, `${directory}/a`, [1, 2, 3]);
    assert.deepEqual(files.stat(`${directory}/a`), { isDirectory: false, sizeBytes: 3 });
    assert.equal(files.stat(directory)?.isDirectory, true);
    assert.equal(files.stat(`${directory}/a/below`), undefined);
  });

  check('list -> names in byte order', (files, directory) => {
    for (const name of ['b', 'a', 'Z', '0.tmp', '\u{ff5a}', '\u{1f600}']) {
      writeFile(files, `${directory}/${name}`, []);
    }
    files.makeDirectory(`${directory}/d`);
    const expected = ['0.tmp', 'Z', 'a', 'b', 'd', '\u{ff5a}', '\u{1f600}'];
    assert.deepEqual(files.list(directory), expected);
  });

  check('make directory -> parents too, and again without an error', (files, directory) => {
    files.makeDirectory(`${directory}/x/y/z`);
    files.makeDirectory(`${directory}/x/y/z`);
    assert.deepEqual(files.list(`${directory}/x/y`), ['z']);
    writeFile(files, `${directory}/file`, [1]);
    refuses('FILE_EXISTS', `${directory}/file`, () => {
      files.makeDirectory(`${directory}/file`);
    });
  });

  check('rename -> replaces a file, moves a folder with its content', (files, directory) => {
    writeFile(files, `${directory}/a`, [1]);
    writeFile(files, `${directory}/b`, [2]);
    files.rename(`${directory}/a`, `${directory}/b`);
    assert.deepEqual([...files.readFile(`${directory}/b`)], [1]);
    files.makeDirectory(`${directory}/wal.tmp`);
    writeFile(files, `${directory}/wal.tmp/0`, [3]);
    files.rename(`${directory}/wal.tmp`, `${directory}/wal`);
    assert.deepEqual([...files.readFile(`${directory}/wal/0`)], [3]);
    assert.deepEqual(files.list(directory), ['b', 'wal']);
    files.syncDirectory(directory);
  });

  check('rename over a folder that is not empty -> FILE_EXISTS', (files, directory) => {
    files.makeDirectory(`${directory}/from`);
    files.makeDirectory(`${directory}/to/full`);
    refuses('FILE_EXISTS', undefined, () => {
      files.rename(`${directory}/from`, `${directory}/to`);
    });
  });

  check('an open handle -> follows its file through a rename', (files, directory) => {
    const file = files.open(`${directory}/0.tmp`, 'create');
    files.rename(`${directory}/0.tmp`, `${directory}/a`);
    file.write(Uint8Array.of(5), 0);
    file.close();
    assert.deepEqual([...files.readFile(`${directory}/a`)], [5]);
  });

  check('remove and remove tree -> the names are gone', (files, directory) => {
    writeFile(files, `${directory}/a`, [1]);
    files.remove(`${directory}/a`);
    files.makeDirectory(`${directory}/x/y`);
    writeFile(files, `${directory}/x/y/z`, [1]);
    files.removeTree(`${directory}/x`);
    writeFile(files, `${directory}/b`, [1]);
    files.removeTree(`${directory}/b`);
    assert.deepEqual(files.list(directory), []);
  });

  check(
    'remove and remove tree of large files -> the names are gone, handles go on',
    (files, directory) => {
      const large = new Uint8Array(2 << 20).fill(7);
      const names = ['a', 'x/b', 'x/y/c', 'x/y/d'].map((name) => `${directory}/${name}`);
      files.makeDirectory(`${directory}/x/y`);
      const handles = names.map((name) => files.open(name, 'create'));
      for (const handle of handles) handle.write(large, 0);
      files.remove(`${directory}/a`);
      files.removeTree(`${directory}/x`);
      assert.deepEqual(files.list(directory), []);
      for (const handle of handles) {
        assert.equal(handle.sizeBytes(), large.length);
        handle.close();
      }
    },
  );
}

function writeFile(files: FileSystem, path: string, bytes: readonly number[]): void {
  const file = files.open(path, 'create');
  file.write(Uint8Array.from(bytes), 0);
  file.close();
}

function refuses(code: FileErrorCode, path: string | undefined, run: () => unknown): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof FileError);
    assert.equal(error.code, code);
    if (path !== undefined) assert.equal(error.path, path);
    return true;
  });
}
