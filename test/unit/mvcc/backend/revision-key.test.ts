import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareBytes } from '../../../../src/base/bytes.ts';
import { BackendError } from '../../../../src/base/ports/backend.ts';
import {
  readRevisionKey,
  revisionKey,
  writeRevisionKey,
} from '../../../../src/mvcc/backend/revision-key.ts';

describe('revision key', () => {
  test('put and tombstone: the bytes etcd writes', () => {
    const put = Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2, 0x5f, 0, 0, 0, 0, 0, 0, 0, 3);
    assert.deepEqual(revisionKey(258, 3), put);
    assert.deepEqual(revisionKey(258, 3, true), Uint8Array.of(...put, 0x74));
  });

  test('read: the inverse, up to 2^53 - 1', () => {
    for (const main of [1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      for (const tombstone of [false, true]) {
        const expected = { main, sub: 70_000, tombstone };
        assert.deepEqual(readRevisionKey(revisionKey(main, 70_000, tombstone)), expected);
      }
    }
  });

  test('byte order is revision order', () => {
    const ordered = [
      revisionKey(2, 0),
      revisionKey(2, 1, true),
      revisionKey(2, 256),
      revisionKey(300, 0),
    ];
    assert.deepEqual(ordered.toReversed().sort(compareBytes), ordered);
  });

  test('anything else -> BACKEND_CORRUPT', () => {
    const good = revisionKey(2, 0);
    const bad = [
      new Uint8Array(0),
      good.subarray(0, 16),
      Uint8Array.of(...good, 0x75),
      Uint8Array.of(...good, 0x74, 0x74),
      good.with(8, 0x60),
      good.with(0, 0xff),
      good.with(9, 0xff),
      // More changes than a transaction can have.
      good.with(13, 0x80),
    ];
    for (const key of bad) {
      assert.throws(
        () => readRevisionKey(key),
        (error) => error instanceof BackendError && error.code === 'BACKEND_CORRUPT',
      );
    }
  });

  test('write: a target of any other length -> assertion', () => {
    assert.throws(() => writeRevisionKey(new Uint8Array(16), 1, 0), { name: 'InvariantError' });
  });
});
