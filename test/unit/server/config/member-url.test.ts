import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  checkAdvertiseUrls,
  checkBindUrls,
  parseMemberUrl,
  parseUrlList,
  urlTexts,
} from '../../../../src/server/config/member-url.ts';

describe('member-url: reading', () => {
  const good: readonly (readonly [string, object])[] = [
    ['http://localhost:2379', { scheme: 'http', host: 'localhost', port: 2379 }],
    ['https://10.0.0.1:2380', { scheme: 'https', host: '10.0.0.1', port: 2380 }],
    ['http://[::1]:2379', { scheme: 'http', host: '::1', port: 2379 }],
    ['http://127.0.0.1:', { scheme: 'http', host: '127.0.0.1', port: 0 }],
    ['http://:2379', { scheme: 'http', host: '', port: 2379 }],
    ['unix:///run/etcd.sock', { scheme: 'unix', path: '/run/etcd.sock' }],
    ['unix://localhost:2379', { scheme: 'unix', path: 'localhost:2379' }],
    ['unixs://a/b', { scheme: 'unixs', path: 'a/b' }],
    ['http://a@127.0.0.1:1', { scheme: 'http', host: '127.0.0.1', port: 1 }],
    ['http://127.0.0.1:1?x=1', { scheme: 'http', host: '127.0.0.1', port: 1 }],
  ];
  for (const [text, parts] of good) {
    it(text, () => assert.deepEqual(parseMemberUrl(text), { ...parts, text }));
  }

  it('the scheme is lowered in the text', () => {
    assert.equal(parseMemberUrl('HTTP://127.0.0.1:1').text, 'http://127.0.0.1:1');
  });

  // As etcd 3.5.30 prints them, but that it says more about an invalid host.
  const bad: readonly (readonly [string, string])[] = [
    ['', 'URL scheme must be http, https, unix, or unixs: '],
    ['foo', 'URL scheme must be http, https, unix, or unixs: foo'],
    ['localhost:2379', 'URL scheme must be http, https, unix, or unixs: localhost:2379'],
    ['ftp://localhost:1', 'URL scheme must be http, https, unix, or unixs: ftp://localhost:1'],
    ['http://foo', 'URL address does not have the form "host:port": http://foo'],
    ['http:foo:1', 'URL address does not have the form "host:port": http:foo:1'],
    ['http://a:b:1', 'URL address does not have the form "host:port": http://a:b:1'],
    ['http://localhost:1/a', 'URL must not contain a path: http://localhost:1/a'],
    ['http://127.0.0.1:1/', 'URL must not contain a path: http://127.0.0.1:1/'],
    ['://', 'parse "://": missing protocol scheme'],
    ['127.0.0.1:1', 'parse "127.0.0.1:1": first path segment in URL cannot contain colon'],
    ['http://[::1:22', `parse "http://[::1:22": missing ']' in host`],
    ['http://1.2.3.4:abc', 'parse "http://1.2.3.4:abc": invalid port ":abc" after host'],
    ['http://1.2.3.4:1%zz', 'parse "http://1.2.3.4:1%zz": invalid port ":1%zz" after host'],
    ['http://[::1]x:2', 'parse "http://[::1]x:2": invalid port "x:2" after host'],
    ['http://[1.2.3.4]:5', 'parse "http://[1.2.3.4]:5": invalid IP-literal'],
    ['http://[::g]:1', 'parse "http://[::g]:1": invalid host'],
    ['http://a b:1', 'parse "http://a b:1": invalid character " " in host name'],
  ];
  for (const [text, message] of bad) {
    it(`${JSON.stringify(text)} -> ${message}`, () =>
      assert.throws(() => parseMemberUrl(text), { code: 'CONFIG_VALUE', message }));
  }

  it('a list is trimmed, sorted and has each URL once', () => {
    const urls = parseUrlList('http://b:2, http://a:1,http://b:2');
    assert.deepEqual(urlTexts(urls), ['http://a:1', 'http://b:2']);
  });

  it('an empty item makes a list invalid', () => {
    assert.throws(() => parseUrlList('http://a:1,,'), { code: 'CONFIG_VALUE' });
  });
});

describe('member-url: binding', () => {
  for (const text of ['http://0.0.0.0:1', 'http://localhost:1', 'http://[::]:1', 'unix://x:1']) {
    it(`${text} can be bound to`, () => checkBindUrls([parseMemberUrl(text)]));
  }
  for (const text of [
    'http://foo:1',
    'http://01.2.3.4:5',
    'http://:5',
    'http://[fe80::1%25lo]:1',
  ]) {
    it(`${text} needs an address`, () =>
      assert.throws(() => checkBindUrls([parseMemberUrl(text)]), {
        code: 'CONFIG_INVALID',
        message: `expected IP in URL for binding (${text})`,
      }));
  }
  it('a port that does not exist', () => {
    assert.throws(() => checkBindUrls(parseUrlList('http://127.0.0.1:99999')), {
      message: 'listen tcp: address 99999: invalid port',
    });
  });
});

describe('member-url: advertising', () => {
  it('names and sockets can be advertised', () => {
    checkAdvertiseUrls('advertise-client-urls', parseUrlList('http://etcd-0.svc:1,unix://x'));
  });
  it('an empty host cannot', () => {
    assert.throws(() => checkAdvertiseUrls('advertise-client-urls', parseUrlList('http://:2379')), {
      code: 'CONFIG_INVALID',
      message:
        '--advertise-client-urls "http://:2379" must be "host:port" ' +
        '(unexpected empty host (http://:2379))',
    });
  });
});
