import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  compareBytes,
  concatBytes,
  copyBytes,
  equalBytes,
  fromLatin1,
  keySuccessor,
  latin1,
  readU32Be,
  readU64Be,
  u64BeBytes,
  writeU64Be,
} from '../../../src/base/bytes.ts';
import { utf8Bytes, utf8Text } from '../../../src/base/utf8.ts';

const bytesOf = fc.uint8Array({ maxLength: 12 });

describe('bytes', () => {
  it('compareBytes and equalBytes: as Buffer.compare', () => {
    fc.assert(
      fc.property(bytesOf, bytesOf, (a, b) => {
        assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
        assert.equal(equalBytes(a, b), Buffer.compare(a, b) === 0);
      }),
    );
  });

  it('keySuccessor: no key lies between a key and its successor', () => {
    fc.assert(
      fc.property(bytesOf, bytesOf, (key, other) => {
        const next = keySuccessor(key);
        assert.ok(compareBytes(key, next) < 0);
        assert.ok(compareBytes(other, key) <= 0 || compareBytes(other, next) >= 0);
      }),
    );
  });

  it('concatBytes and copyBytes: owned results', () => {
    const part = Uint8Array.of(1, 2);
    const joined = concatBytes([part, new Uint8Array(0), Uint8Array.of(3)]);
    const copy = copyBytes(part);
    part[0] = 9;
    assert.deepEqual([...joined], [1, 2, 3]);
    assert.deepEqual([...copy], [1, 2]);
  });

  it('latin1: there and back, long ones too', () => {
    const long = Uint8Array.from({ length: 10_000 }, (_, i) => i & 0xff);
    assert.deepEqual(fromLatin1(latin1(long)), long);
    assert.equal(latin1(long), Buffer.from(long).toString('latin1'));
  });

  it('u64 big endian: counters up to 2^53 - 1 and negative ids', () => {
    const target = new Uint8Array(8);
    for (const value of [0, 1, 0xffffffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER]) {
      writeU64Be(target, 0, value);
      assert.equal(Buffer.from(target).readBigUInt64BE(), BigInt(value));
      assert.equal(readU64Be(target, 0), value);
    }
    assert.equal(readU32Be(Uint8Array.of(0xff, 0, 0, 1), 0), 0xff000001);
    assert.equal(Buffer.from(u64BeBytes(-2n)).toString('hex'), 'fffffffffffffffe');
  });
});

describe('utf8', () => {
  it('utf8Bytes: as TextEncoder, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.deepEqual(utf8Bytes(text), new Uint8Array(new TextEncoder().encode(text)));
      }),
    );
    assert.deepEqual([...utf8Bytes('\ud800x')], [0xef, 0xbf, 0xbd, 0x78]);
  });

  it('utf8Text: as a fatal TextDecoder', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const likelyUtf8 = fc.array(
      fc.constantFrom(
        0x41,
        0xc3,
        0xa9,
        0xe2,
        0x82,
        0xac,
        0xed,
        0xa0,
        0xf0,
        0x9f,
        0x98,
        0x80,
        0xf4,
        0x90,
        0xc0,
        0xff,
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        fc.oneof(likelyUtf8, fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 8 })),
        (list) => {
          const bytes = Uint8Array.from(list);
          let expected: string | undefined;
          try {
            expected = decoder.decode(bytes);
          } catch {
            expected = undefined;
          }
          assert.equal(utf8Text(bytes), expected);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
