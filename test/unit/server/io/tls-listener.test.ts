import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { portOf } from '../../../support/tls/listeners.ts';
import {
  authority,
  firstAnswer,
  H2,
  speak,
  withTls,
} from '../../../support/tls/secured-listener.ts';
import { TlsFiles } from '../../../support/tls/tls-files.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const LOG_NAME = 'rejected connection on client endpoint';

describe('ClientListener with TLS: protocols', () => {
  for (const [offered, opening, spoken, answer] of [
    [['h2'], 'hello', 'h2', 'h2 hello'],
    [['h2', 'http/1.1'], 'hello', 'h2', 'h2 hello'],
    [['http/1.1'], 'GET /a HTTP/1.1\r\nhost: a\r\n\r\n', 'http/1.1', 'HTTP/1.1 200 OK'],
    [undefined, 'GET /a HTTP/1.1\r\nhost: a\r\n\r\n', false, 'HTTP/1.1 200 OK'],
    [undefined, PREFACE, false, `h2 ${PREFACE}`],
  ] as const) {
    it(`ALPN ${offered?.join(',')}: ${JSON.stringify(opening)} -> ${answer.slice(0, 12)}`, async () => {
      await withTls({}, async ({ dial }) => {
        const socket = dial(offered === undefined ? {} : { ALPNProtocols: [...offered] });
        const first = await speak(socket, opening);
        assert.equal(first?.slice(0, answer.length), answer);
        assert.equal(socket.alpnProtocol, spoken);
      });
    });
  }

  it('ALPN with nothing that is spoken here -> refused in the handshake', async () => {
    await withTls({}, async ({ dial, log }) => {
      const [error] = (await once(dial({ ALPNProtocols: ['foo'] }), 'error')) as [Error];
      assert.match(error.message, /no application protocol/);
      assert.deepEqual(log.warnings, ['tls: client requested unsupported application protocols']);
    });
  });

  it('a preface in pieces, without ALPN -> recognised, no byte lost', async () => {
    await withTls({}, async ({ dial }) => {
      const socket = dial();
      await once(socket, 'secureConnect');
      const answer = firstAnswer(socket);
      for (const piece of [PREFACE.slice(0, 3), PREFACE.slice(3)]) {
        socket.write(piece);
        await new Promise(setImmediate);
      }
      assert.equal(await answer, `h2 ${PREFACE}`);
    });
  });

  it('HTTP/1 over TLS, twice on a connection', async () => {
    await withTls({}, async ({ port }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const reused: boolean[] = [];
      for (const path of ['/a', '/b']) {
        const request = get({ host: '127.0.0.1', port, path, ca: authority.certificate, agent });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        assert.equal((await response.toArray()).join(''), path);
        reused.push(request.reusedSocket);
      }
      assert.deepEqual(reused, [false, true]);
      agent.destroy();
    });
  });

  it('gRPC only: HTTP/1 is refused; HTTP only: HTTP/2 is taken, as with TLS in etcd', async () => {
    const setup = { urls: ['https://127.0.0.1:0'], httpUrls: ['https://127.0.0.1:0'] };
    await assert.rejects(
      withTls(setup, async () => undefined),
      { code: 'CONFIG_INVALID' },
    );
    const split = { urls: ['https://127.0.0.1:0'], httpUrls: ['https://[::1]:0'] };
    await withTls(split, async ({ listener, dial }) => {
      const http1 = 'GET /a HTTP/1.1\r\nhost: a\r\n\r\n';
      assert.equal(await speak(dial(H2), 'x'), 'h2 x');
      assert.equal(await speak(dial({ ALPNProtocols: ['http/1.1'] }), http1), undefined);
      assert.equal(await speak(dial(), http1), undefined);
      const where = { host: '::1', port: portOf(listener, 1) };
      assert.equal(await speak(dial({ ...where, ...H2 }), 'x'), 'h2 x');
      assert.match((await speak(dial(where), http1)) ?? '', /^HTTP\/1\.1 200/);
    });
  });
});

describe('ClientListener with TLS: plain text and TLS', () => {
  it('plain text on a secure port -> closed, and a warning with the address', async () => {
    await withTls({}, async ({ port, log, dial }) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).write('GET / HTTP/1.1\r\n\r\n');
      const address = once(socket, 'connect').then(() => `127.0.0.1:${socket.localPort}`);
      assert.equal(await firstAnswer(socket), undefined);
      const error = 'tls: first record does not look like a TLS handshake';
      const fields = { 'remote-addr': await address, 'server-name': '', error };
      assert.deepEqual(log.lines.at(-1), { level: 'warn', message: LOG_NAME, fields });
      assert.equal(await speak(dial(H2), 'x'), 'h2 x');
    });
  });

  it('http and https at the same address -> one port that speaks both', async () => {
    await withTls({ urls: ['http://127.0.0.1:0', 'https://127.0.0.1:0'] }, async (secured) => {
      assert.equal(secured.listener.addresses.length, 1);
      assert.equal(await speak(secured.dial(H2), 'x'), 'h2 x');
      const plain = connect(secured.port, '127.0.0.1');
      plain.write(PREFACE);
      assert.equal(await firstAnswer(plain), `h2 ${PREFACE}`);
      plain.destroy();
      assert.deepEqual(
        secured.taken.map(({ isTls }) => isTls),
        [true, false],
      );
    });
  });

  it('unixs -> TLS over a unix socket', async () => {
    const files = new TlsFiles();
    const path = files.path('client.sock');
    await withTls({ urls: [`unixs://${path}`] }, async ({ dial, taken }) => {
      // `path` counts only without a port.
      const socket = dial({ path, servername: 'localhost', ...H2 });
      assert.equal(await speak(socket, 'x'), 'h2 x');
      assert.deepEqual(taken, [{ peer: '@', clientCommonName: undefined, isTls: true }]);
    });
    files.remove();
  });

  it('https on IPv6 -> served, its client named in brackets', async () => {
    await withTls({ urls: ['https://[::1]:0'] }, async ({ dial, taken }) => {
      assert.equal(await speak(dial({ host: '::1', ...H2 }), 'x'), 'h2 x');
      assert.match(taken[0]?.peer ?? '', /^\[::1\]:\d+$/);
    });
  });
});

describe('ClientListener with TLS: handshakes that fail', () => {
  it('TLS 1.1 -> refused', async () => {
    await withTls({}, async ({ dial, log }) => {
      const old = {
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL:@SECLEVEL=0',
      } as const;
      await once(dial(old), 'error');
      assert.deepEqual(log.warnings, ['tls: client offered only unsupported versions']);
    });
  });

  it('TLS 1.2 where 1.3 is the least -> refused; 1.3 where 1.2 is the most -> 1.2', async () => {
    await withTls({ tls: (files) => files.config({ minVersion: 'TLSv1.3' }) }, async (secured) => {
      await once(secured.dial({ maxVersion: 'TLSv1.2' }), 'error');
      assert.equal(await speak(secured.dial(H2), 'x'), 'h2 x');
    });
    await withTls({ tls: (files) => files.config({ maxVersion: 'TLSv1.2' }) }, async (secured) => {
      const socket = secured.dial(H2);
      assert.equal(await speak(socket, 'x'), 'h2 x');
      assert.equal(socket.getProtocol(), 'TLSv1.2');
    });
  });

  it('cipher suites -> no others are taken, but for those of TLS 1.3', async () => {
    const cipherSuites = ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'];
    await withTls({ tls: (files) => files.config({ cipherSuites }) }, async ({ dial, log }) => {
      const tls12 = dial({ maxVersion: 'TLSv1.2' });
      await once(tls12, 'secureConnect');
      assert.equal(tls12.getCipher().standardName, cipherSuites[0]);
      const tls13 = dial();
      await once(tls13, 'secureConnect');
      assert.equal(tls13.getCipher().name, 'TLS_AES_128_GCM_SHA256');
      await once(
        dial({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
        'error',
      );
      assert.deepEqual(log.warnings, ['tls: no cipher suite supported by both client and server']);
    });
  });

  for (const [name, sent, isPlainToo] of [
    ['nothing', [], false],
    ['the first bytes of a hello', [0x16, 3, 1], false],
    ['the first bytes of a hello, on a port for both', [0x16, 3, 1], true],
  ] as const) {
    it(`${name}, and then silence -> closed in time, with a warning`, async () => {
      const urls = ['https://127.0.0.1:0', ...(isPlainToo ? ['http://127.0.0.1:0'] : [])];
      await withTls({ urls, handshakeTimeoutMs: 50 }, async ({ port, log }) => {
        const socket = connect(port, '127.0.0.1');
        if (sent.length > 0) socket.write(Buffer.from(sent));
        assert.equal(await firstAnswer(socket), undefined);
        assert.deepEqual(log.warnings, ['i/o timeout']);
      });
    });
  }

  it('a hello that trickles in -> no reason to wait longer', async () => {
    await withTls({ handshakeTimeoutMs: 100 }, async ({ port, log }) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      const bytes = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
      const trickle = setInterval(() => socket.write(Uint8Array.of(bytes.shift() ?? 0)), 10);
      assert.equal(await firstAnswer(socket), undefined);
      clearInterval(trickle);
      assert.deepEqual(log.warnings, ['i/o timeout']);
    });
  });

  it('a client that ends in the handshake -> closed, and no warning', async () => {
    await withTls({}, async ({ port, log }) => {
      const socket = connect(port, '127.0.0.1');
      socket.end(Buffer.from([0x16, 3, 1]));
      assert.equal(await firstAnswer(socket), undefined);
      assert.deepEqual(log.warnings, []);
    });
  });

  it('a handshake in progress when the listener stops -> not served', async () => {
    await withTls({}, async ({ listener, dial, taken }) => {
      const socket = dial(H2);
      await once(socket, 'connect');
      listener.stopAccepting();
      assert.equal(await speak(socket, 'x'), undefined);
      assert.deepEqual(taken, []);
    });
  });

  it('TLS and then no request -> closed by the time limit of headers', async () => {
    await withTls({ readHeaderTimeoutMs: 100 }, async ({ dial }) => {
      assert.equal(await firstAnswer(dial()), undefined);
    });
  });
});
