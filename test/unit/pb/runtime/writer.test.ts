import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import { PutRequest, Reader, Writer } from '../../../../src/pb/index.ts';
import { RETAINED_BYTES_MAX } from '../../../../src/pb/runtime/writer.ts';

function written(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

describe('Writer', () => {
  it('varints of every length -> shortest form, read back the same', () => {
    for (let bits = 0n; bits <= 64n; bits++) {
      for (const value of [(1n << bits) - 1n, BigInt.asUintN(64, 1n << bits)]) {
        const encoded = written((w) => w.uint64(value));
        const expected = value === 0n ? 1 : Math.ceil(value.toString(2).length / 7);
        assert.equal(encoded.length, expected, `length of ${value}`);
        assert.equal(new Reader(encoded).uint64(), value);
      }
    }
  });

  it('counters: safe integers, negative ones too -> as int64', () => {
    for (const value of [0, 1, -1, 127, 128, 2 ** 32, -(2 ** 32), Number.MAX_SAFE_INTEGER]) {
      const encoded = written((w) => w.int64Counter(value));
      assert.equal(new Reader(encoded).int64(), BigInt(value));
      assert.deepEqual(
        encoded,
        written((w) => w.int64(BigInt(value))),
      );
    }
  });

  it('counters: not a safe integer -> our bug', () => {
    assert.throws(() => written((w) => w.int64Counter(2 ** 53)), InvariantError);
    assert.throws(() => written((w) => w.int64Counter(0.5)), InvariantError);
    assert.throws(() => written((w) => w.uint64Counter(-1)), InvariantError);
  });

  it('string: ASCII and beyond -> UTF-8; a lone surrogate -> U+FFFD', () => {
    const read = (text: string): string => new Reader(written((w) => w.string(text))).string();
    assert.equal(read('plain'), 'plain');
    assert.equal(read('grün 🌲 €'), 'grün 🌲 €');
    assert.equal(read('a\ud800b'), 'a\ufffdb');
    assert.equal(read(''), '');
  });

  it('a large message -> keeps little more memory than it needs', () => {
    const parts = [[1_000_000], [70_000, 70_000], [400_000, 300_000, 1], Array(9).fill(10_000)];
    for (const lengths of parts) {
      const encoded = written((w) => lengths.forEach((length) => w.bytes(new Uint8Array(length))));
      const spare = encoded.buffer.byteLength - encoded.length;
      assert.ok(spare <= encoded.length / 16, `${spare} bytes to spare for ${lengths.join()}`);
    }
  });

  it('a message larger than the buffer -> grows, keeping what is written', () => {
    const value = new Uint8Array(5000).fill(7);
    const encoded = written((w) => {
      w.string('end');
      w.bytes(value);
    });
    const reader = new Reader(encoded);
    assert.deepEqual(reader.bytes(), value);
    assert.equal(reader.string(), 'end');
  });

  it('finished messages are not changed by later ones, below and above RETAINED_BYTES_MAX (PB-I3)', () => {
    for (const size of [10, RETAINED_BYTES_MAX + 1]) {
      const writer = new Writer();
      writer.bytes(new Uint8Array(size).fill(1));
      const first = writer.finish();
      const copy = first.slice();
      writer.reset();
      writer.bytes(new Uint8Array(size).fill(2));
      writer.finish();
      assert.deepEqual(first, copy);
    }
  });

  it('encode: after an encode that threw -> unaffected', () => {
    const bad = PutRequest.create({ key: Uint8Array.of(1), lease: 5n });
    assert.throws(() => PutRequest.encode({ ...bad, value: undefined as unknown as Uint8Array }));
    const good = PutRequest.create({ key: Uint8Array.of(1) });
    assert.deepEqual(PutRequest.encode(good), Uint8Array.of(0x0a, 1, 1));
  });
});
