import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compareBytes } from '../../../src/base/bytes.ts';
import {
  compareRevisions,
  decodeRevisionKey,
  encodeRevision,
  encodeRevisionKey,
} from '../../../src/mvcc/revision.ts';

const counter = fc.oneof(fc.nat(3), fc.nat(), fc.maxSafeNat());
const revisionKey = fc.record(
  { main: counter, sub: counter, tombstone: fc.boolean() },
  { noNullPrototype: true },
);

describe('revision key', () => {
  it('golden bytes: a put and a tombstone', () => {
    const put = '0000000000000002' + '5f' + '0000000000000001';
    const key = { main: 2, sub: 1, tombstone: false };
    assert.equal(Buffer.from(encodeRevisionKey(key)).toString('hex'), put);
    assert.equal(Buffer.from(encodeRevision(2, 1)).toString('hex'), put);
    const deleted = encodeRevisionKey({ ...key, tombstone: true });
    assert.equal(Buffer.from(deleted).toString('hex'), `${put}74`);
  });

  it('there and back', () => {
    fc.assert(
      fc.property(revisionKey, (key) => {
        assert.deepEqual(decodeRevisionKey(encodeRevisionKey(key)), key);
      }),
    );
  });

  it('byte order is revision order', () => {
    fc.assert(
      fc.property(revisionKey, revisionKey, (a, b) => {
        const order = compareRevisions(a, b) || Number(a.tombstone) - Number(b.tombstone);
        const byBytes = compareBytes(encodeRevisionKey(a), encodeRevisionKey(b));
        assert.equal(Math.sign(byBytes), Math.sign(order));
      }),
    );
  });

  it('bytes that are no revision key -> undefined', () => {
    const good = encodeRevisionKey({ main: 7, sub: 0, tombstone: true });
    const noSeparator = good.slice(0, 17);
    noSeparator[8] = 0x60;
    const otherMark = good.slice();
    otherMark[17] = 0x75;
    const huge = new Uint8Array(17).fill(0xff);
    huge[8] = 0x5f;
    for (const bytes of [good.slice(0, 16), noSeparator, otherMark, huge, new Uint8Array(19)]) {
      assert.equal(decodeRevisionKey(bytes), undefined);
    }
  });
});
