import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { connect, type Socket } from 'node:net';
import { before, describe, it } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { TlsConfig } from '../../../../src/server/config/tls-config.ts';
import type { ClientListener } from '../../../../src/server/io/client-listener.ts';
import type { ConnectionOrigin } from '../../../../src/server/io/connection-origin.ts';
import { ServerTls } from '../../../../src/server/io/tls/server-tls.ts';
import { Authority, type Pair } from '../../../support/tls/certificates.ts';
import { type ListenerSetup, openListener, portOf } from '../../../support/tls/listeners.ts';
import { RecordedLog } from '../../../support/tls/recorded-log.ts';
import { TlsFiles } from '../../../support/tls/tls-files.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const LOG_NAME = 'rejected connection on client endpoint';

let authority: Authority;
let other: Authority;
let server: Pair;
let alice: Pair;

before(async () => {
  [authority, other] = await Promise.all([Authority.make('ca'), Authority.make('other')]);
  [server, alice] = await Promise.all([
    authority.signServer(),
    authority.sign({ commonName: 'alice', dnsNames: ['alice.example'] }),
  ]);
});

interface Secured {
  readonly listener: ClientListener;
  readonly port: number;
  readonly files: TlsFiles;
  readonly log: RecordedLog;
  /** Where the connections came from that were taken as HTTP/2, in order. */
  readonly taken: readonly ConnectionOrigin[];
  /** A TLS connection that trusts the authority of the server. */
  readonly dial: (options?: ConnectionOptions) => TLSSocket;
}

type TlsSetup = Omit<ListenerSetup, 'tls' | 'log'> & {
  readonly tls?: (files: TlsFiles) => TlsConfig;
};

/** HTTP/2 connections are answered `h2 ` and what they send, HTTP/1 requests by their path. */
async function withTls(setup: TlsSetup, use: (secured: Secured) => Promise<void>): Promise<void> {
  const files = new TlsFiles();
  files.writePair(server);
  files.write(files.caFile, authority.certificate);
  files.write(files.crlFile, (await authority.revoke()).der);
  const log = new RecordedLog();
  const config = setup.tls?.(files) ?? files.config();
  const listener = await openListener({
    urls: ['https://127.0.0.1:0'],
    ...setup,
    tls: await ServerTls.open(config, log),
    log,
  });
  const taken: ConnectionOrigin[] = [];
  listener.serve({
    http2: (connection, from) => {
      taken.push(from);
      connection.on('data', (bytes: Buffer) => void connection.write(`h2 ${bytes.toString()}`));
    },
    http: createServer((request, response) => response.end(request.url)),
  });
  const port = portOf(listener);
  const sockets: TLSSocket[] = [];
  const dial = (options: ConnectionOptions = {}): TLSSocket => {
    const where = { host: '127.0.0.1', port, ca: authority.certificate };
    const socket = connectTls({ ...where, ...options }).on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  try {
    await use({ listener, port, files, log, taken, dial });
  } finally {
    listener.checkInvariants();
    for (const socket of sockets) socket.destroy();
    await listener.close();
    listener.checkInvariants();
    files.remove();
  }
}

/** What the server answers first; undefined when it closes instead. */
async function firstAnswer(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1')));
    socket.once('close', () => resolve(undefined));
  });
}

const as = ({ certificate: cert, key }: Pair): ConnectionOptions => ({ cert, key });
const H2: ConnectionOptions = { ALPNProtocols: ['h2'] };

async function speak(socket: TLSSocket, text: string): Promise<string | undefined> {
  socket.write(text);
  return firstAnswer(socket);
}

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

describe('ClientListener with TLS: client certificates', () => {
  const mutual = (files: TlsFiles): TlsConfig => files.mutual();

  it('a trusted one -> served, and known by its common name', async () => {
    await withTls({ tls: mutual }, async ({ dial, taken }) => {
      assert.equal(await speak(dial({ ...H2, ...as(alice) }), 'x'), 'h2 x');
      assert.equal(taken[0]?.clientCommonName, 'alice');
    });
  });

  it('a trusted CA without --client-cert-auth -> required too, but says not who calls', async () => {
    const tls = (files: TlsFiles): TlsConfig => files.mutual({ clientCertAuth: false });
    await withTls({ tls }, async ({ dial, taken }) => {
      assert.equal(await speak(dial({ ...H2, ...as(alice) }), 'x'), 'h2 x');
      assert.equal(taken[0]?.clientCommonName, undefined);
      assert.equal(await speak(dial(H2), 'x'), undefined);
    });
  });

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`${maxVersion}: none -> refused`, async () => {
      await withTls({ tls: mutual }, async ({ dial, log, taken }) => {
        assert.equal(await speak(dial({ ...H2, maxVersion }), 'x'), undefined);
        assert.deepEqual(log.warnings, ["tls: client didn't provide a certificate"]);
        assert.deepEqual(taken, []);
      });
    });
  }

  it('of another authority, for servers only, expired, not yet valid -> refused', async () => {
    const unknown =
      'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    const bad: [Pair, RegExp][] = [
      [await other.sign({ commonName: 'alice' }), new RegExp(`^${unknown}$`)],
      [
        await authority.sign({ commonName: 'alice', usages: ['server'] }),
        /^tls: failed to verify certificate: x509: certificate specifies an incompatible key usage$/,
      ],
      [
        await authority.sign({ commonName: 'alice', validDays: [-2, -1] }),
        /x509: certificate has expired or is not yet valid: current time \S+Z is after \S+Z$/,
      ],
      [
        await authority.sign({ commonName: 'alice', validDays: [1, 2] }),
        /x509: certificate has expired or is not yet valid: current time \S+Z is before \S+Z$/,
      ],
    ];
    await withTls({ tls: mutual }, async ({ dial, log, taken }) => {
      for (const [pair, text] of bad) {
        assert.equal(await speak(dial({ ...H2, ...as(pair) }), 'x'), undefined);
        assert.match(log.warnings.at(-1) ?? '', text);
      }
      assert.deepEqual(taken, []);
    });
  });

  it('the log says whose certificate was refused', async () => {
    const mallory = await other.sign({
      commonName: 'm',
      dnsNames: ['m.example'],
      ips: ['10.0.0.1', '::2'],
    });
    await withTls({ tls: mutual }, async ({ dial, log }) => {
      await speak(dial({ ...as(mallory), servername: 'localhost' }), 'x');
      const { 'remote-addr': from, error: _error, ...fields } = log.lines.at(-1)?.fields ?? {};
      assert.match(String(from), /^127\.0\.0\.1:\d+$/);
      assert.deepEqual(fields, {
        'server-name': 'localhost',
        'ip-addresses': ['10.0.0.1', '::2'],
        'dns-names': ['m.example'],
      });
    });
  });

  it('TLS-I3: a revoked one, or one below a revoked authority -> refused', async () => {
    const between = await Authority.make('between', authority);
    const bob = await authority.sign({ commonName: 'bob' });
    const below = await between.sign({ commonName: 'below' });
    const chained = { ...below, certificate: below.certificate + between.certificate };
    const tls = (files: TlsFiles): TlsConfig => files.mutual({ crlFile: files.crlFile });
    await withTls({ tls }, async ({ dial, log, files, taken }) => {
      const isServed = async (pair: Pair): Promise<boolean> =>
        (await speak(dial({ ...H2, ...as(pair) }), 'x')) !== undefined;
      assert.deepEqual([await isServed(bob), await isServed(chained)], [true, true]);
      files.write(files.crlFile, (await authority.revoke(bob.serial, between.serial)).der);
      assert.deepEqual([await isServed(bob), await isServed(chained)], [false, false]);
      assert.deepEqual(log.warnings, [
        `transport: certificate serial ${bob.serial} revoked`,
        `transport: certificate serial ${between.serial} revoked`,
      ]);
      assert.equal(await isServed(alice), true);
      // The authority itself is in no list that could revoke it.
      files.write(files.crlFile, (await authority.revoke(authority.serial)).pem);
      assert.equal(await isServed(alice), true);
      files.write(files.crlFile, 'nonsense');
      assert.equal(await isServed(alice), false);
      assert.equal(log.warnings.at(-1), 'x509: malformed crl');
      assert.equal(taken.length, 4);
    });
  });

  it('allowed host names -> one of them must be in the certificate', async () => {
    const bob = await authority.sign({ commonName: 'alice.example', dnsNames: ['bob.example'] });
    const allowedHostnames = ['carol.example', 'alice.example'];
    const tls = (files: TlsFiles): TlsConfig => files.mutual({ allowedHostnames });
    await withTls({ tls }, async ({ dial, log }) => {
      assert.equal(await speak(dial({ ...H2, ...as(alice) }), 'x'), 'h2 x');
      assert.equal(await speak(dial({ ...H2, ...as(bob) }), 'x'), undefined);
      assert.deepEqual(log.warnings, ['client certificate authentication failed']);
    });
  });

  it('no session is resumed: each connection is judged by the files of its day', async () => {
    await withTls({ tls: mutual }, async ({ dial }) => {
      const first = dial({ ...as(alice), ...H2, maxVersion: 'TLSv1.2' });
      await speak(first, 'x');
      const session = first.getSession();
      assert.ok(session !== undefined);
      const second = dial({ ...as(alice), ...H2, maxVersion: 'TLSv1.2', session });
      await speak(second, 'x');
      assert.equal(second.isSessionReused(), false);
    });
  });
});

describe('ClientListener with TLS: files that change', () => {
  it('TLS-I1: a new certificate -> for new connections; the old ones go on', async () => {
    const renewed = await authority.signServer('renewed');
    await withTls({}, async ({ dial, files }) => {
      const old = dial(H2);
      assert.equal(await speak(old, 'x'), 'h2 x');
      files.writePair(renewed);
      const fresh = dial(H2);
      assert.equal(await speak(fresh, 'x'), 'h2 x');
      assert.equal(fresh.getPeerCertificate().subject.CN, 'renewed');
      assert.equal(await speak(old, 'y'), 'h2 y');
      assert.equal(old.getPeerCertificate().subject.CN, 'server');
    });
  });

  it('TLS-I1: another authority -> its clients, and no longer those of the first', async () => {
    const olga = await other.sign({ commonName: 'olga' });
    await withTls({ tls: (files) => files.mutual() }, async ({ dial, files, taken }) => {
      assert.equal(await speak(dial({ ...H2, ...as(olga) }), 'x'), undefined);
      files.write(files.caFile, other.certificate);
      assert.equal(await speak(dial({ ...H2, ...as(olga) }), 'x'), 'h2 x');
      assert.equal(await speak(dial({ ...H2, ...as(alice) }), 'x'), undefined);
      assert.deepEqual(
        taken.map(({ clientCommonName }) => clientCommonName),
        ['olga'],
      );
    });
  });

  it('TLS-I2: files that cannot be used -> no handshake, warnings, until they are good', async () => {
    await withTls({ tls: (files) => files.mutual() }, async ({ dial, files, log }) => {
      const isServed = async (): Promise<boolean> =>
        (await speak(dial({ ...H2, ...as(alice) }), 'x')) !== undefined;
      files.write(files.keyFile, alice.key);
      assert.equal(await isServed(), false);
      assert.deepEqual(
        log.lines.slice(-2).map(({ message, fields }) => [message, fields['error']]),
        [
          ['failed to create peer certificate', log.lines.at(-2)?.fields['error']],
          [LOG_NAME, 'tls: private key does not match public key'],
        ],
      );
      files.writePair(server);
      assert.equal(await isServed(), true);
      // An empty list must never mean the authorities that Node comes with.
      files.write(files.caFile, '');
      assert.equal(await isServed(), false);
      files.write(files.caFile, authority.certificate);
      assert.equal(await isServed(), true);
    });
  });
});
