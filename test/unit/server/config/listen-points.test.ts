import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listenPoints } from '../../../../src/server/config/listen-points.ts';
import { parseUrlList } from '../../../../src/server/config/member-url.ts';

function pointsOf(urls: string, httpUrls = ''): string[] {
  const http = httpUrls === '' ? [] : parseUrlList(httpUrls);
  return listenPoints(parseUrlList(urls), http).map(({ url, serves, plain, secure }) =>
    [url.text, serves, plain ? 'plain' : '', secure ? 'secure' : ''].filter(Boolean).join(' '),
  );
}

describe('listen-points', () => {
  it('no URLs for HTTP -> all serve all', () => {
    assert.deepEqual(pointsOf('http://127.0.0.1:1,https://[::1]:2,unix://a,unixs://b'), [
      'http://127.0.0.1:1 all plain',
      'https://[::1]:2 all secure',
      'unix://a all plain',
      'unixs://b all secure',
    ]);
  });

  it('URLs for HTTP -> these serve HTTP only, the others gRPC only', () => {
    assert.deepEqual(pointsOf('http://127.0.0.1:1', 'https://127.0.0.1:2'), [
      'http://127.0.0.1:1 grpc plain',
      'https://127.0.0.1:2 http secure',
    ]);
  });

  it('one address twice -> one point, which may be plain and secure', () => {
    assert.deepEqual(pointsOf('http://127.0.0.1:1,https://127.0.0.1:1,http://127.0.0.2:1'), [
      'http://127.0.0.1:1 all plain secure',
      'http://127.0.0.2:1 all plain',
    ]);
    assert.deepEqual(pointsOf('unix://a,unixs://a'), ['unix://a all plain secure']);
  });

  it('one address for gRPC only and HTTP only -> refused', () => {
    assert.throws(() => pointsOf('http://127.0.0.1:1', 'https://127.0.0.1:1'), {
      code: 'CONFIG_INVALID',
      message:
        'cannot bind both --listen-client-urls and --listen-client-http-urls ' +
        'on the same url https://127.0.0.1:1',
    });
  });
});
