import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  REJECTIONS_LOGGED_MAX,
  RejectionLog,
} from '../../../../../src/server/io/tls/rejection-log.ts';
import { RecordingLogger } from '../../../../support/recording-logger.ts';

describe('RejectionLog', () => {
  it('more than REJECTIONS_LOGGED_MAX in a second -> counted, and told with a later one', () => {
    let nowMs = 5;
    const logger = new RecordingLogger();
    const log = new RejectionLog('peer', { logger, clock: { monotonicMs: () => nowMs } });
    const rejection = { remoteAddress: '127.0.0.1:1', error: 'no' };
    for (let count = 0; count < REJECTIONS_LOGGED_MAX + 7; count++) log.add(rejection);
    assert.equal(logger.lines.length, REJECTIONS_LOGGED_MAX);
    nowMs += 999;
    log.add(rejection);
    assert.equal(logger.lines.length, REJECTIONS_LOGGED_MAX);
    nowMs += 1;
    log.add(rejection);
    log.add(rejection);
    const fields = { 'remote-addr': '127.0.0.1:1', 'server-name': '', error: 'no' };
    const message = 'rejected connection on peer endpoint';
    assert.deepEqual(logger.lines.slice(-2), [
      { level: 'warn', message, fields: { ...fields, 'not-logged-before': 8 } },
      { level: 'warn', message, fields },
    ]);
  });

  it('a client that gave up -> no warning', () => {
    const logger = new RecordingLogger();
    const log = new RejectionLog('client', { logger, clock: { monotonicMs: () => 0 } });
    log.add({ remoteAddress: '', error: 'EOF', isGivenUp: true });
    assert.deepEqual(
      logger.lines.map(({ level }) => level),
      ['debug'],
    );
  });
});
