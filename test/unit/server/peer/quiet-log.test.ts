import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QuietLog } from '../../../../src/server/peer/quiet-log.ts';
import { ManualTime } from '../../../support/peer/manual-time.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

describe('quiet log', () => {
  it('the same line many times -> once a second, and then how many were left out', () => {
    const time = new ManualTime();
    const logger = new RecordingLogger();
    const log = new QuietLog(logger, time);
    for (let i = 0; i < 5; i++) log.warn('dropped', { i });
    log.info('other', {});
    time.advance(1000);
    log.warn('dropped', { i: 5 });
    assert.deepEqual(logger.lines, [
      { level: 'warn', message: 'dropped', fields: { i: 0 } },
      { level: 'info', message: 'other', fields: {} },
      { level: 'warn', message: 'dropped', fields: { i: 5, 'not-logged-before': 4 } },
    ]);
  });
});
