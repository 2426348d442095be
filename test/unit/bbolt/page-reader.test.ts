import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { BboltFile } from '../../../src/bbolt/bbolt-file.ts';
import { VALUE_BYTES_MAX } from '../../../src/bbolt/page-format.ts';
import { inlineNode, NODE_HEAD_BYTES_MAX, PageReader } from '../../../src/bbolt/page-reader.ts';
import { bytesSource } from '../../../src/bbolt/page-source.ts';
import { CountedSource, streamed } from '../../support/bbolt/bbolt-files.ts';
import { buckets, fileOf, leaf, PAGE_BYTES, withU32 } from '../../support/bbolt/hand-made.ts';

const FILE = fileOf([leaf({ a: 'x'.repeat(3000) }), leaf({ b: '' })]);

function readerOf(file: Uint8Array): PageReader {
  return new PageReader({ source: bytesSource(file), pageBytes: PAGE_BYTES, pages: 6 });
}

function inlineImage(draft: {
  bytes: number;
  writeTo(t: Uint8Array, id: number, o: number): void;
}): Uint8Array {
  const image = new Uint8Array(draft.bytes);
  draft.writeTo(image, 0, 0);
  return image;
}

describe('page reader', () => {
  it('node: a page, and a page with overflow pages', () => {
    assert.equal(readerOf(FILE).node(2).value(0).length, 3000);
    assert.equal(latin1(readerOf(FILE).node(5).key(0)), 'b');
  });

  it('BBOLT-I2 a page id that no tree page has -> BBOLT_PAGE_ID', () => {
    for (const id of [0, 1, 6, 2 ** 32, 2 ** 60]) {
      assert.throws(() => readerOf(FILE).node(id), { code: 'BBOLT_PAGE_ID' }, `page ${id}`);
    }
  });

  it('BBOLT-I2 a header that is not of the page, or goes beyond the file -> BBOLT_PAGE_HEADER', () => {
    for (const [offset, value] of [
      [0, 3],
      [4, 1],
      [12, 4],
      [12, 0xffff_ffff],
    ] as const) {
      const file = withU32(FILE, 2, offset, value);
      assert.throws(() => readerOf(file).node(2), { code: 'BBOLT_PAGE_HEADER' }, `${offset}`);
    }
    assert.throws(() => readerOf(FILE).node(3), { code: 'BBOLT_PAGE_HEADER' }, 'overflow page');
    const crowded = withU32(FILE, 5, 8, 0xffff_0002);
    assert.throws(() => readerOf(crowded).node(5), { code: 'BBOLT_PAGE_HEADER' }, 'count');
  });

  it('a file that ends inside a page -> BBOLT_TRUNCATED', () => {
    const cut = readerOf(FILE.subarray(0, FILE.length - 1));
    assert.throws(() => cut.node(5), { code: 'BBOLT_TRUNCATED' });
  });

  it('BBOLT-I3 NODE_HEAD_BYTES_MAX: of a longer run, rows are read one by one', () => {
    const valueBytes = NODE_HEAD_BYTES_MAX;
    const value = 'v'.repeat(valueBytes);
    const file = fileOf([leaf({ a: value, b: value, c: 'end' }), buckets({ bucket: 2 })]);
    const source = new CountedSource(bytesSource(file));
    const bucket = BboltFile.open(source).bucket(fromLatin1('bucket'));
    const cursor = bucket?.rows();
    assert.equal(source.largestRead, PAGE_BYTES, 'header, elements and keys only');
    const read = [cursor?.next(9), cursor?.next(9), cursor?.next(9)].map((rows) =>
      rows?.map((row) => `${latin1(row.key)} ${row.value.length}`),
    );
    assert.deepEqual(read, [[`a ${valueBytes}`], [`b ${valueBytes}`], ['c 3']]);
    assert.equal(source.largestRead, valueBytes);
  });

  it('BBOLT-I3 VALUE_BYTES_MAX: a larger value is refused before it is read', () => {
    const pages = VALUE_BYTES_MAX / PAGE_BYTES + 4;
    const huge = withU32(
      withU32(FILE.slice(0, 3 * PAGE_BYTES), 2, 12, pages - 3),
      2,
      16 + 12,
      VALUE_BYTES_MAX + 1,
    );
    const source = {
      sizeBytes: () => pages * PAGE_BYTES,
      read: (target: Uint8Array, position: number): number => {
        assert.ok(target.length < VALUE_BYTES_MAX);
        target.set(huge.subarray(position, position + target.length));
        return target.length;
      },
    };
    const node = new PageReader({ source, pageBytes: PAGE_BYTES, pages }).node(2);
    assert.throws(() => node.value(0), { code: 'BBOLT_ROW_SIZE' });
  });

  it('inlineNode: a leaf with plain rows; anything else is refused', () => {
    const rows = inlineImage(leaf({ a: '1' }));
    assert.equal(latin1(inlineNode(rows).value(0)), '1');
    assert.throws(() => inlineNode(rows.subarray(0, 15)), { code: 'BBOLT_BUCKET' });
    assert.throws(() => inlineNode(rows.subarray(0, 31)), { code: 'BBOLT_PAGE_HEADER' });
    assert.throws(() => inlineNode(rows.subarray(0, 33)), { code: 'BBOLT_ELEMENT' });
    const nested = inlineImage(buckets({ a: 2 }));
    assert.throws(() => inlineNode(nested), { code: 'BBOLT_BUCKET' });
    const branchFlag = rows.slice();
    branchFlag[8] = 1;
    assert.throws(() => inlineNode(branchFlag), { name: 'BboltError' });
  });

  it('a source that gives a few bytes at a time is read to the end', () => {
    const file = streamed({ bucket: { key: 'value' } });
    const source = {
      sizeBytes: () => file.length,
      read: (target: Uint8Array, position: number): number => {
        const part = file.subarray(position, position + Math.min(7, target.length));
        target.set(part);
        return part.length;
      },
    };
    const value = BboltFile.open(source).bucket(fromLatin1('bucket'))?.get(fromLatin1('key'));
    assert.equal(latin1(value ?? new Uint8Array()), 'value');
  });
});
