import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MESSAGE_DEPTH_MAX,
  Reader,
  WireError,
  type WireErrorCode,
} from '../../../../src/pb/index.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const varint = (...values: number[]): Reader => new Reader(bytes(...values));

function throwsWire(code: WireErrorCode, action: () => unknown): void {
  assert.throws(action, (error) => error instanceof WireError && error.code === code);
}

/** -1, 2^53 - 1, 2^53, -2^53, min and max of int64, as varints of their 64 bits. */
const MINUS_ONE = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
const SAFE_MAX = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
const TWO_TO_53 = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10];
const MINUS_TWO_TO_53 = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xf0, 0xff, 0x01];
const INT64_MAX = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
const INT64_MIN = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];

describe('Reader: integers', () => {
  it('int64Counter: within 2^53 - 1 -> exact; beyond -> saturated', () => {
    assert.equal(varint(0x96, 0x01).int64Counter(), 150);
    assert.equal(varint(...MINUS_ONE).int64Counter(), -1);
    assert.equal(varint(...SAFE_MAX).int64Counter(), Number.MAX_SAFE_INTEGER);
    assert.equal(varint(...TWO_TO_53).int64Counter(), Number.MAX_SAFE_INTEGER);
    assert.equal(varint(...INT64_MAX).int64Counter(), Number.MAX_SAFE_INTEGER);
    assert.equal(varint(...MINUS_TWO_TO_53).int64Counter(), Number.MIN_SAFE_INTEGER);
    assert.equal(varint(...INT64_MIN).int64Counter(), Number.MIN_SAFE_INTEGER);
  });

  it('uint64Counter: the upper half of the range saturates and is not negative', () => {
    assert.equal(varint(...MINUS_ONE).uint64Counter(), Number.MAX_SAFE_INTEGER);
    assert.equal(varint(...SAFE_MAX).uint64Counter(), Number.MAX_SAFE_INTEGER);
  });

  it('int64, uint64: all 64 bits', () => {
    assert.equal(varint(...MINUS_ONE).int64(), -1n);
    assert.equal(varint(...MINUS_ONE).uint64(), 0xffff_ffff_ffff_ffffn);
    assert.equal(varint(...INT64_MIN).int64(), -(2n ** 63n));
    assert.equal(varint(...INT64_MAX).int64(), 2n ** 63n - 1n);
  });

  it('uint32, enum: the low 32 bits, as Go takes them', () => {
    assert.equal(varint(...MINUS_ONE).uint32(), 0xffff_ffff);
    assert.equal(varint(...MINUS_ONE).enum(), -1);
    assert.equal(varint(0x81, 0x80, 0x80, 0x80, 0x10).uint32(), 1);
  });

  it('bool: any bit set, above the lowest 32 too -> true', () => {
    assert.equal(varint(0x00).bool(), false);
    assert.equal(varint(0x80, 0x80, 0x80, 0x80, 0x80, 0x01).bool(), true);
  });

  it('varint: longer than needed -> accepted; beyond 64 bits or ten bytes -> WIRE_VARINT', () => {
    assert.equal(varint(0x81, 0x80, 0x00).uint32(), 1);
    throwsWire('WIRE_VARINT', () => varint(...Array(9).fill(0xff), 0x02).uint64());
    throwsWire('WIRE_VARINT', () => varint(...Array(10).fill(0x80), 0x00).uint64());
  });
});

describe('Reader: malformed input (PB-I2)', () => {
  it('input ends inside a varint, a value, a length -> WIRE_TRUNCATED', () => {
    throwsWire('WIRE_TRUNCATED', () => varint().uint32());
    throwsWire('WIRE_TRUNCATED', () => varint(0x80).uint32());
    throwsWire('WIRE_TRUNCATED', () => varint(0x03, 0x61, 0x62).bytes());
    throwsWire('WIRE_TRUNCATED', () => varint(...MINUS_ONE).bytes());
    throwsWire('WIRE_TRUNCATED', () => varint(0x05, 0x00).enter());
    throwsWire('WIRE_TRUNCATED', () => varint(0x00, 0x00).skipUnknown((1 << 3) | 5, []));
    throwsWire('WIRE_TRUNCATED', () => varint(...Array(7).fill(0)).skipUnknown((1 << 3) | 1, []));
  });

  it('a value may not reach beyond the message it is in', () => {
    const reader = varint(0x01, 0x80, 0x01);
    reader.enter();
    throwsWire('WIRE_TRUNCATED', () => reader.uint32());
  });

  it('field number 0 or above 2^29 - 1 -> WIRE_FIELD_NUMBER', () => {
    throwsWire('WIRE_FIELD_NUMBER', () => varint(0x02).tag());
    throwsWire('WIRE_FIELD_NUMBER', () => varint(0x80, 0x80, 0x80, 0x80, 0x10).tag());
    assert.equal(varint(0xfa, 0xff, 0xff, 0xff, 0x0f).tag() >>> 3, 0x1fff_ffff);
  });

  it('known field with another wire type, or wire type 6 or 7 -> WIRE_TYPE', () => {
    throwsWire('WIRE_TYPE', () => varint(0x00).skipUnknown((4 << 3) | 0, [3, 4]));
    throwsWire('WIRE_TYPE', () => varint(0x00).skipUnknown((4 << 3) | 6, []));
    throwsWire('WIRE_TYPE', () => varint(0x00).skipUnknown((4 << 3) | 7, []));
  });

  it('unknown groups: skipped whole; unpaired ends -> WIRE_GROUP', () => {
    const group = varint(0x23, 0x08, 0x01, 0x24, 0x1c, 0x2a);
    group.skipUnknown((3 << 3) | 3, []);
    assert.equal(group.tag(), 0x2a);
    throwsWire('WIRE_GROUP', () => varint().skipUnknown((3 << 3) | 4, []));
    throwsWire('WIRE_GROUP', () => varint(0x24).skipUnknown((3 << 3) | 3, []));
    throwsWire('WIRE_TRUNCATED', () => varint(0x08, 0x01).skipUnknown((3 << 3) | 3, []));
  });

  it('groups nested deeper than MESSAGE_DEPTH_MAX -> WIRE_DEPTH', () => {
    const deep = new Reader(new Uint8Array(MESSAGE_DEPTH_MAX * 2).fill((3 << 3) | 3));
    throwsWire('WIRE_DEPTH', () => deep.skipUnknown((3 << 3) | 3, []));
  });

  it('string: not UTF-8 -> WIRE_UTF8; unchecked -> Latin-1', () => {
    throwsWire('WIRE_UTF8', () => varint(0x02, 0xc3, 0x28).string());
    assert.equal(varint(0x02, 0xc3, 0x28).uncheckedString(), 'Ã(');
    assert.equal(varint(0x02, 0xc3, 0xa4).uncheckedString(), 'ä');
  });
});

describe('Reader: bytes', () => {
  it('are views of the input', () => {
    const input = bytes(0x02, 0x61, 0x62);
    const view = new Reader(input).bytes();
    input[1] = 0x7a;
    assert.deepEqual(view, bytes(0x7a, 0x62));
  });

  it('reads only the range it was given', () => {
    const reader = new Reader(bytes(0xff, 0x01, 0x61, 0xff), 1, 3);
    assert.deepEqual(reader.bytes(), bytes(0x61));
    assert.equal(reader.done, true);
  });
});
