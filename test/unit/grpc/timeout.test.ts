import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTimeout } from '../../../src/grpc/timeout.ts';

describe('parseTimeout', () => {
  it('digits and a unit -> milliseconds', () => {
    const good: readonly (readonly [string, number])[] = [
      ['1H', 3_600_000],
      ['2M', 120_000],
      ['3S', 3000],
      ['4m', 4],
      ['5000u', 5],
      ['6000000n', 6],
      ['0S', 0],
      ['12345678S', 12_345_678_000],
    ];
    for (const [value, ms] of good) assert.equal(parseTimeout(value), ms, value);
  });

  it('more than a Go duration holds -> its largest', () => {
    assert.equal(parseTimeout('99999999H'), 9_223_372_036_854.775);
  });

  it('anything else -> what grpc-go says of it', () => {
    const bad: readonly (readonly [string, string])[] = [
      ['', 'transport: timeout string is too short: ""'],
      ['S', 'transport: timeout string is too short: "S"'],
      ['123456789S', 'transport: timeout string is too long: "123456789S"'],
      ['1s', 'transport: timeout unit is not recognized: "1s"'],
      ['1"', 'transport: timeout unit is not recognized: "1\\""'],
      ['1\xe9', 'transport: timeout unit is not recognized: "1\\xe9"'],
      ...['-1', '+1', '1.5', ' 1', '1_0', 'x', '0x1'].map(
        (digits) =>
          [`${digits}S`, `strconv.ParseUint: parsing "${digits}": invalid syntax`] as const,
      ),
    ];
    for (const [value, text] of bad) assert.equal(parseTimeout(value), text, value);
  });
});
