import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compactionRetention } from '../../../../src/server/config/compaction-retention.ts';

const HOUR_MS = 3_600_000;

describe('compaction-retention', () => {
  const good: readonly (readonly [string, string, unknown])[] = [
    ['periodic', '', undefined],
    ['periodic', '0', undefined],
    ['periodic', '00', undefined],
    ['periodic', '0s', undefined],
    ['revision', '0', undefined],
    ['periodic', '1', { mode: 'periodic', periodMs: HOUR_MS }],
    ['periodic', '+08', { mode: 'periodic', periodMs: 8 * HOUR_MS }],
    ['periodic', '1h30m', { mode: 'periodic', periodMs: 1.5 * HOUR_MS }],
    ['periodic', '500ms', { mode: 'periodic', periodMs: 500 }],
    ['periodic', '100us', { mode: 'periodic', periodMs: 0.1 }],
    ['revision', '1000', { mode: 'revision', revisions: 1000 }],
    ['revision', '1us', { mode: 'revision', revisions: 1000 }],
  ];
  for (const [mode, retention, expected] of good) {
    it(`${mode} '${retention}' -> ${JSON.stringify(expected) ?? 'off'}`, () =>
      assert.deepEqual(compactionRetention(mode, retention), expected));
  }

  const bad: readonly (readonly [string, string, string])[] = [
    ['', '1', 'undefined auto-compaction-mode'],
    ['Periodic', '1', 'unknown auto-compaction-mode "Periodic"'],
    ['periodic', 'x', 'error parsing CompactionRetention: time: invalid duration "x"'],
    [
      'revision',
      '1d',
      'error parsing CompactionRetention: time: unknown unit "d" in duration "1d"',
    ],
    [
      'revision',
      '9223372036854775808',
      'error parsing CompactionRetention: time: missing unit in duration "9223372036854775808"',
    ],
    ['periodic', '-1', 'error parsing CompactionRetention: time: missing unit in duration "-1"'],
    ['periodic', '-1h', '--auto-compaction-retention must not be negative'],
  ];
  for (const [mode, retention, message] of bad) {
    it(`${mode} '${retention}' -> refused`, () =>
      assert.throws(() => compactionRetention(mode, retention), {
        code: 'CONFIG_INVALID',
        message,
      }));
  }
});
