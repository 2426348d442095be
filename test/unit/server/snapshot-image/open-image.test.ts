import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { BboltError } from '../../../../src/bbolt/index.ts';
import { ImageError } from '../../../../src/server/snapshot-image/errors.ts';
import { namingFile, openImage } from '../../../../src/server/snapshot-image/open-image.ts';
import { MemoryFileSystem } from '../../../sim/memory-file-system.ts';

describe('openImage: what is wrong with it', () => {
  it('a file that is no database -> BBOLT_NO_META, and which file it is', () => {
    const files = new MemoryFileSystem();
    const file = files.open('/db', 'create');
    file.write(utf8Bytes('real'), 0);
    file.close();
    const expected = { code: 'BBOLT_NO_META', message: '/db: no valid meta page' };
    assert.throws(() => openImage(files, '/db'), expected);
  });

  it('errors of the content name the file, others stay as they are', () => {
    const bbolt = namingFile(new BboltError('BBOLT_DEPTH', 'a cycle'), '/db');
    assert.ok(bbolt instanceof BboltError);
    assert.equal(bbolt.message, '/db: a cycle');
    const image = namingFile(new ImageError('IMAGE_BAD_ROW', 'a row'), '/db');
    assert.ok(image instanceof ImageError);
    assert.equal(image.message, '/db: a row');
    const other = new RangeError('a bug');
    assert.equal(namingFile(other, '/db'), other);
  });
});
