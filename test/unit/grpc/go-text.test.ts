import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainText, quotedText } from '../../../src/grpc/go-text.ts';

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

describe('texts of Go', () => {
  it('quotedText: as strconv.Quote', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['plain', '"plain"'],
      ['"\\', '"\\"\\\\"'],
      ['\t\x01\x7f', '"\\t\\x01\\x7f"'],
      ['\xe9', '"\\xe9"'],
      [utf8('é世😀'), '"é世😀"'],
      [utf8('\u00a0\u200b\u{e0001}'), '"\\u00a0\\u200b\\U000e0001"'],
      [`${utf8('é')}\xff`, '"é\\xff"'],
    ];
    for (const [value, text] of cases) assert.equal(quotedText(value), text);
  });

  it('plainText: bytes that are no UTF-8 -> U+FFFD each', () => {
    assert.equal(plainText(`s\xff\xfe${utf8('é')}`), 's\ufffd\ufffdé');
  });
});
