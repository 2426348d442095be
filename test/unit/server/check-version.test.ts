import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkServerVersion, checkStorageVersion } from '../../../src/server/check-version.ts';

describe('check version', () => {
  it('MEMBERSHIP-I10: a cluster or a storage beyond this server, a cluster far below it -> refused, no other', () => {
    for (const version of ['3.4.0', '2.3.0']) checkStorageVersion(version);
    assert.throws(() => checkServerVersion('3.4.0'), { code: 'SERVER_START_REFUSED' });
    checkServerVersion('3.4.0', true);
    assert.throws(() => checkServerVersion('3.3.0', true), { code: 'SERVER_START_REFUSED' });
    for (const check of [checkServerVersion, checkStorageVersion]) {
      for (const version of [undefined, '3.0.0', '3.5.0', '3.6.0', 'what']) check(version);
      for (const version of ['3.7.0', '4.0.0']) {
        assert.throws(() => check(version), { code: 'SERVER_START_REFUSED' });
      }
    }
  });
});
