import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listenError } from '../../../../src/server/io/listen-error.ts';

describe('listenError', () => {
  const expected: Record<string, string> = {
    EADDRINUSE: 'LISTEN_ADDRESS_IN_USE',
    EADDRNOTAVAIL: 'LISTEN_ADDRESS_UNAVAILABLE',
    ENOTFOUND: 'LISTEN_ADDRESS_UNAVAILABLE',
    EACCES: 'LISTEN_NO_PERMISSION',
    EINVAL: 'LISTEN_FAILED',
  };
  for (const [errno, code] of Object.entries(expected)) {
    it(`${errno} -> ${code}`, () => {
      const cause = Object.assign(new RangeError('why'), { code: errno });
      const error = listenError('http://h:1', cause);
      assert.deepEqual([error.code, error.cause], [code, cause]);
      assert.ok(error.message.startsWith('http://h:1: '));
    });
  }
});
