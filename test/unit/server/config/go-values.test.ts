import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  durationText,
  nanosecondsToMs,
  readBoolean,
  readDuration,
  readInteger,
} from '../../../../src/server/config/go-values.ts';

describe('go-values: booleans', () => {
  for (const text of ['1', 't', 'T', 'true', 'TRUE', 'True']) {
    it(`${text} -> true`, () => assert.equal(readBoolean(text), true));
  }
  for (const text of ['0', 'f', 'F', 'false', 'FALSE', 'False']) {
    it(`${text} -> false`, () => assert.equal(readBoolean(text), false));
  }
  for (const text of ['', 'yes', 'tRUE', ' true', '2', 'on']) {
    it(`${JSON.stringify(text)} -> none`, () => assert.equal(readBoolean(text), undefined));
  }
});

describe('go-values: integers in base 0', () => {
  const good: readonly (readonly [string, bigint])[] = [
    ['0', 0n],
    ['100', 100n],
    ['1_000', 1000n],
    ['0x64', 100n],
    ['0XfF', 255n],
    ['0x_1', 1n],
    ['0b101', 5n],
    ['0o17', 15n],
    ['017', 15n],
    ['0_7', 7n],
    ['00', 0n],
    ['18446744073709551616', 2n ** 64n],
  ];
  for (const [text, value] of good) {
    it(`${text} -> ${value}`, () => assert.equal(readInteger(text, false), value));
  }
  for (const text of ['', '08', '1.5', '1e3', 'abc', '_1', '1_', '1__0', '0x', ' 1', '1 ', '-1']) {
    it(`${JSON.stringify(text)} -> none`, () => assert.equal(readInteger(text, false), undefined));
  }
  it('a sign is read only where signs are allowed', () => {
    assert.equal(readInteger('-0x10', true), -16n);
    assert.equal(readInteger('+7', true), 7n);
    assert.equal(readInteger('+7', false), undefined);
    assert.equal(readInteger('--7', true), undefined);
  });
});

describe('go-values: durations', () => {
  const good: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['-0', 0],
    ['5s', 5_000],
    ['300ms', 300],
    ['1h2m3.5s', 3_723_500],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['1.s', 1_000],
    ['-1m', -60_000],
    ['+1m', 60_000],
    ['500us', 0.5],
    ['500µs', 0.5],
    ['1ns', 0.000001],
    ['1h1h', 7_200_000],
  ];
  for (const [text, ms] of good) {
    it(`${text} -> ${ms} ms`, () => assert.equal(nanosecondsToMs(readDuration(text)), ms));
  }
  // The reasons are those of Go 1.26.
  const bad: readonly (readonly [string, string])[] = [
    ['', 'time: invalid duration ""'],
    ['-', 'time: invalid duration "-"'],
    ['x', 'time: invalid duration "x"'],
    ['.s', 'time: invalid duration ".s"'],
    ['5', 'time: missing unit in duration "5"'],
    ['-1', 'time: missing unit in duration "-1"'],
    ['1h5', 'time: missing unit in duration "1h5"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['1s 2m', 'time: unknown unit "s " in duration "1s 2m"'],
    ['1H', 'time: unknown unit "H" in duration "1H"'],
    ['9999999999h', 'time: invalid duration "9999999999h"'],
  ];
  for (const [text, message] of bad) {
    it(`${JSON.stringify(text)} -> ${message}`, () =>
      assert.throws(() => readDuration(text), { code: 'CONFIG_VALUE', message }));
  }
  it('durationText: the largest unit that divides', () => {
    const texts = [0, 100, 1_500, 5_000, 600_000, 7_200_000, 0.5].map(durationText);
    assert.deepEqual(texts, ['0s', '100ms', '1500ms', '5s', '10m', '2h', '0.5ms']);
  });
});
