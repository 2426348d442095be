import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileError } from '../../../../../src/base/ports/file-system.ts';
import { BboltError } from '../../../../../src/bbolt/index.ts';
import { errorText } from '../../../../../src/server/cli/etcdutl/file-errors.ts';

describe('errorText: errors of files', () => {
  const cases: [message: string, printed: string][] = [
    ['read x: EISDIR: illegal operation on a directory', 'read x: is a directory'],
    ['write x: ENOSPC: no space left on device', 'write x: no space left on device'],
    ['open a: ENOENT: b: EACCES: permission denied', 'open a: ENOENT: b: permission denied'],
    ['open x: EIO', 'open x: input/output error'],
    ['open x: EWEIRD: a text of its own', 'open x: EWEIRD: a text of its own'],
    ['no system said this', 'no system said this'],
  ];
  for (const [message, printed] of cases) {
    it(`${message} -> ${printed}`, () => {
      assert.equal(errorText(new FileError('FILE_IO', { path: 'x', message })), printed);
    });
  }

  it('a database that is none -> said first', () => {
    const error = new BboltError('BBOLT_NO_META', 'neither meta page is sound');
    assert.equal(errorText(error), 'invalid database: neither meta page is sound');
  });
});
