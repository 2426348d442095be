import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ListenError, listenError, parseListenUrl } from '../../../../src/server/io/listen-url.ts';

describe('parseListenUrl', () => {
  it('names, IPv4 and IPv6 -> host without brackets, and port', () => {
    assert.deepEqual(parseListenUrl('http://localhost:2379'), { host: 'localhost', port: 2379 });
    assert.deepEqual(parseListenUrl('http://0.0.0.0:0/'), { host: '0.0.0.0', port: 0 });
    assert.deepEqual(parseListenUrl('http://[::1]:2379'), { host: '::1', port: 2379 });
  });

  for (const url of [
    'https://a:1',
    'unix:///s',
    'http://a',
    'http://a:65536',
    'a:1',
    'http://a:1/x',
  ]) {
    it(`${url} -> LISTEN_URL_INVALID, with the URL in the text`, () => {
      assert.throws(
        () => parseListenUrl(url),
        (error) =>
          error instanceof ListenError &&
          error.code === 'LISTEN_URL_INVALID' &&
          error.message.includes(url),
      );
    });
  }
});

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
