import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeStatusMessage } from '../../../src/grpc/status-message.ts';

describe('encodeStatusMessage', () => {
  it('printable ASCII but for % stays; all else is percent-encoded UTF-8', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['', ''],
      ['etcdserver: key "~ is not provided', 'etcdserver: key "~ is not provided'],
      ['100%', '100%25'],
      ['a\nb\x00\x7f', 'a%0Ab%00%7F'],
      ['größe', 'gr%C3%B6%C3%9Fe'],
      ['😀', '%F0%9F%98%80'],
      ['\ud800', '%EF%BF%BD'],
    ];
    for (const [message, encoded] of cases) assert.equal(encodeStatusMessage(message), encoded);
  });
});
