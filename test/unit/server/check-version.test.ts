import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkServerVersion, checkStorageVersion } from '../../../src/server/check-version.ts';

describe('check version', () => {
  it('MEMBERSHIP-I10: a cluster or a storage beyond this server -> refused; all others -> not', () => {
    for (const check of [checkServerVersion, checkStorageVersion]) {
      for (const version of [undefined, '3.0.0', '3.5.0', '3.6.0', 'what']) check(version);
      for (const version of ['3.7.0', '4.0.0']) {
        assert.throws(() => check(version), { code: 'SERVER_START_REFUSED' });
      }
    }
  });
});
