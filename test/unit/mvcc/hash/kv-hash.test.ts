import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes } from '../../../../src/base/bytes.ts';
import { crc32c } from '../../../../src/base/crc32c.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { revisionKey } from '../../../../src/mvcc/backend/revision-key.ts';
import { type KeyRow, KvHash } from '../../../../src/mvcc/hash/kv-hash.ts';

function row(main: number, tombstone = false): KeyRow {
  const rowKey = revisionKey(main, 0, tombstone);
  return { main, sub: 0, tombstone, rowKey, value: utf8Bytes(`value ${main}`) };
}

const crcOf = (rows: readonly KeyRow[]): number =>
  crc32c(concatBytes([utf8Bytes('key'), ...rows.flatMap((r) => [r.rowKey, r.value])]));

const never = (): boolean => assert.fail('not asked');

describe('KvHash: which rows count', () => {
  it('without a floor all of them, and nobody is asked', () => {
    const hash = new KvHash({ compactRevision: -1, revision: 4 });
    const rows = [row(2), row(3, true), row(4)];
    for (const each of rows) hash.add(each, never);
    assert.equal(hash.value, crcOf(rows));
    assert.equal(hash.isComparable, true);
  });

  it('below the floor those kept; above it nobody is asked once one is kept', () => {
    const hash = new KvHash({ compactRevision: 4, revision: 6 });
    hash.add(row(2), () => false);
    hash.add(row(3), () => true);
    hash.add(row(4), () => false);
    hash.add(row(5), never);
    hash.add(row(6, true), never);
    assert.equal(hash.value, crcOf([row(3), row(5), row(6, true)]));
    assert.equal(hash.isComparable, true);
  });

  it('none is kept -> all count but the tombstone at the floor, and nobody need have the same', () => {
    const hash = new KvHash({ compactRevision: 4, revision: 6 });
    const rows = [row(2), row(3, true), row(4, true), row(5, true), row(6, true)];
    for (const each of rows) hash.add(each, () => false);
    assert.equal(hash.value, crcOf(rows.filter(({ main }) => main !== 4)));
    assert.equal(hash.isComparable, false);
    const removed = new KvHash({ compactRevision: 4, revision: 6 });
    for (const each of rows.slice(3)) removed.add(each, () => false);
    assert.notEqual(removed.value, hash.value);
    assert.equal(removed.isComparable, false);
  });

  it('the only one kept is above the floor -> none below counts', () => {
    const hash = new KvHash({ compactRevision: 4, revision: 6 });
    for (const each of [row(2), row(4)]) hash.add(each, () => false);
    hash.add(row(6), () => true);
    assert.equal(hash.value, crcOf([row(6)]));
  });

  it('a row above the revision is our mistake', () => {
    const hash = new KvHash({ compactRevision: -1, revision: 6 });
    assert.throws(() => hash.add(row(7), never), { name: 'InvariantError' });
  });
});
