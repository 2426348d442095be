import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { TlsConfig } from '../../../../src/server/config/tls-config.ts';
import { Authority, type Pair } from '../../../support/tls/certificates.ts';
import {
  alice,
  as,
  authority,
  H2,
  other,
  server,
  speak,
  withTls,
} from '../../../support/tls/secured-listener.ts';
import { TlsFiles } from '../../../support/tls/tls-files.ts';

const LOG_NAME = 'rejected connection on client endpoint';

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

  it('allowed common names -> it must be one of them', async () => {
    const bob = await authority.sign({ commonName: 'bob', dnsNames: ['alice'] });
    const tls = (files: TlsFiles): TlsConfig =>
      files.mutual({ allowedCommonNames: ['carol', 'alice'] });
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

describe('ClientListener with TLS: addresses of clients', () => {
  const tls = (files: TlsFiles): TlsConfig => files.mutual({ verifiesAddress: true });
  const here = ['10.0.0.1', '127.0.0.1'];

  it('TLS-I4: a certificate for elsewhere -> refused, and the log says of whom', async () => {
    const elsewhere = await authority.sign({ commonName: 'e', ips: ['10.0.0.1', '10.0.0.2'] });
    const at = await authority.sign({ commonName: 'here', ips: here });
    await withTls({ tls }, async ({ dial, log, taken }) => {
      assert.equal(await speak(dial({ ...H2, ...as(elsewhere) }), 'x'), undefined);
      const error = 'x509: certificate is valid for 10.0.0.1, 10.0.0.2, not 127.0.0.1';
      assert.deepEqual(log.warnings, [error]);
      assert.deepEqual(log.lines.at(-1)?.fields['ip-addresses'], ['10.0.0.1', '10.0.0.2']);
      assert.equal(await speak(dial({ ...H2, ...as(at) }), 'x'), 'h2 x');
      assert.deepEqual(
        taken.map(({ clientCommonName }) => clientCommonName),
        ['here'],
      );
    });
  });

  it('no certificates asked for -> no addresses looked at', async () => {
    const config = (files: TlsFiles): TlsConfig => files.config({ verifiesAddress: true });
    const bob = await authority.sign({ commonName: 'bob', ips: ['10.0.0.1'] });
    await withTls({ tls: config }, async ({ dial }) => {
      assert.equal(await speak(dial({ ...H2, ...as(bob) }), 'x'), 'h2 x');
    });
  });

  it('over a unix socket -> served, from this host', async () => {
    const bob = await authority.sign({ commonName: 'bob', ips: ['10.0.0.1'] });
    const files = new TlsFiles();
    const path = files.path('peer.sock');
    await withTls({ tls, urls: [`unixs://${path}`] }, async ({ dial }) => {
      const socket = dial({ path, servername: 'localhost', ...H2, ...as(bob) });
      assert.equal(await speak(socket, 'x'), 'h2 x');
    });
    files.remove();
  });

  it('names that nobody resolves in time -> closed; gone meanwhile -> nothing is served', async () => {
    const never = new Promise<never>(() => undefined);
    const hosts = { namesOf: () => never, addressesOf: () => never };
    await withTls({ tls, hosts, handshakeTimeoutMs: 500 }, async ({ dial, log, taken }) => {
      const gone = dial({ ...H2, ...as(alice) });
      await once(gone, 'secureConnect');
      gone.destroy();
      assert.equal(await speak(dial({ ...H2, ...as(alice) }), 'x'), undefined);
      assert.deepEqual([...new Set(log.warnings)], ['i/o timeout']);
      assert.deepEqual(taken, []);
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
      assert.equal(await isServed(), false);
      const reports = log.lines.filter(({ message }) => message.startsWith('failed to create'));
      assert.equal(reports.length, 1, 'each state of the files is reported once');
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
