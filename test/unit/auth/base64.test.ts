import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBase64 } from '../../../src/auth/base64.ts';

describe('base64, as Go decodes it', () => {
  it('bytes of any length -> what Node encoded', () => {
    for (let length = 0; length < 40; length++) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length * 11) & 0xff);
      assert.deepEqual(fromBase64(Buffer.from(bytes).toString('base64')), bytes);
    }
  });

  it('line ends anywhere, unused bits -> ignored', () => {
    assert.deepEqual(fromBase64('A\nQ\r=\n=\n'), Uint8Array.of(1));
    assert.deepEqual(fromBase64('AR=='), Uint8Array.of(1));
  });

  for (const text of [
    'A',
    'AQ',
    'AQI',
    'AQ=',
    '=',
    '====',
    'A===',
    'AQ==AQ==',
    'AQI_',
    'A Q=',
    'é===',
  ]) {
    it(`"${text}" -> none`, () => {
      assert.equal(fromBase64(text), undefined);
    });
  }
});
