import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { PeerTlsConfig } from '../../../../../src/server/config/peer-tls-config.ts';
import { PeerTls } from '../../../../../src/server/io/tls/peer-tls.ts';
import { RecordingLogger } from '../../../../support/recording-logger.ts';
import { Authority, type LeafOptions, type Pair } from '../../../../support/tls/certificates.ts';
import { TlsFiles } from '../../../../support/tls/tls-files.ts';

const authority = await Authority.make('ca');
const other = await Authority.make('other');
const member = (options: Partial<LeafOptions> = {}, by = authority): Promise<Pair> =>
  by.sign({ commonName: 'm', ips: ['127.0.0.1'], usages: ['server', 'client'], ...options });

interface Setup {
  readonly config?: (files: TlsFiles) => PeerTlsConfig;
  /** What the peer that is dialled shows. */
  readonly peer?: Pair;
  readonly peerOptions?: TlsOptions;
}

interface Dialled {
  readonly files: TlsFiles;
  readonly tls: PeerTls;
  readonly log: RecordingLogger;
  /** The common name that the peer has seen, or why there is no connection. */
  readonly dial: () => Promise<string>;
}

function configOf(files: TlsFiles, change: Partial<PeerTlsConfig['dialling']> = {}): PeerTlsConfig {
  const accepting = files.mutual();
  const { certificate: _own, ...rules } = accepting;
  return {
    accepting,
    dialling: { ...rules, shown: undefined, verifiesServer: true, serverName: '', ...change },
  };
}

/** Resolves with what the peer was sent. */
async function withPeer(
  setup: Setup,
  use: (dialled: Dialled) => Promise<void>,
): Promise<readonly string[]> {
  const files = new TlsFiles();
  files.writePair(await member({ commonName: 'first' }));
  files.write(files.caFile, authority.certificate);
  const { certificate: cert, key } = setup.peer ?? (await member());
  const seen: string[] = [];
  const received: string[] = [];
  const server = createServer({
    cert,
    key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
    ...setup.peerOptions,
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    seen.push(String(socket.getPeerCertificate().subject?.CN));
    socket.on('data', (bytes: Buffer) => received.push(bytes.toString()));
    socket.on('error', () => undefined).end('seen');
  });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const log = new RecordingLogger();
  const tls = await PeerTls.open((setup.config ?? configOf)(files), log);
  const dial = async (): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, ...tls.connectionOptions() });
    // As a request is: at once.
    socket.write('sent');
    try {
      await once(socket, 'data');
      return seen.at(-1) ?? '';
    } catch (error) {
      return (error as Error).message;
    } finally {
      socket.destroy();
    }
  };
  try {
    await use({ files, tls, log, dial });
  } finally {
    server.close();
    await once(server, 'close');
    files.remove();
  }
  return received;
}

const UNVERIFIED = 'tls: failed to verify certificate: x509:';

describe('PeerTls: dialling', () => {
  it('the certificate of the port is shown', async () => {
    await withPeer({}, async ({ dial }) => assert.equal(await dial(), 'first'));
  });

  it('a certificate for calls is shown in its place', async () => {
    const shown = await member({ commonName: 'shown' });
    const config = (files: TlsFiles): PeerTlsConfig => {
      const certFile = files.path('own.pem');
      const keyFile = files.path('own.key');
      files.write(certFile, shown.certificate);
      files.write(keyFile, shown.key);
      return configOf(files, { shown: { certFile, keyFile } });
    };
    await withPeer({ config }, async ({ dial }) => assert.equal(await dial(), 'shown'));
  });

  it('no certificate at all -> none is shown, the peer is verified all the same', async () => {
    const config = (files: TlsFiles): PeerTlsConfig => ({
      ...configOf(files),
      accepting: undefined,
    });
    await withPeer({ config }, async ({ dial }) => assert.equal(await dial(), 'undefined'));
    const peer = await member({}, other);
    await withPeer({ config, peer }, async ({ dial }) => {
      assert.match(await dial(), /unable to verify/);
    });
  });

  it('TLS-I5: a peer of another authority, for another host, of no use -> no connection', async () => {
    const bad: readonly (readonly [Pair, RegExp])[] = [
      [await member({}, other), /unable to verify/],
      [await member({ validDays: [-2, -1] }), /expired/],
      [await member({ usages: ['client'] }), /purpose/],
      [
        await member({ ips: ['10.0.0.1'] }),
        new RegExp(`^${UNVERIFIED} certificate is valid for 10.0.0.1, not 127.0.0.1$`),
      ],
      [
        await member({ ips: [], dnsNames: ['localhost'] }),
        new RegExp(`^${UNVERIFIED} cannot validate certificate for 127.0.0.1 because it doesn't`),
      ],
    ];
    for (const [peer, text] of bad) {
      const received = await withPeer({ peer }, async ({ dial }) => {
        assert.match(await dial(), text);
      });
      assert.deepEqual(received, []);
    }
    const received = await withPeer({}, async ({ dial }) => assert.equal(await dial(), 'first'));
    assert.deepEqual(received, ['sent'], 'a good one gets it');
  });

  it('the name of the domain that members were found by -> in place of the host', async () => {
    const config = (files: TlsFiles): PeerTlsConfig => configOf(files, { serverName: 'a.example' });
    await withPeer({ config }, async ({ dial }) => {
      const text = 'certificate is not valid for any names, but wanted to match a.example';
      assert.equal(await dial(), `${UNVERIFIED} ${text}`);
    });
    const peer = await member({ dnsNames: ['a.example'] });
    await withPeer({ config, peer }, async ({ dial }) => assert.equal(await dial(), 'first'));
  });

  it('TLS-I5: allowed common names, allowed hosts -> for peers that are dialled, too', async () => {
    const names = (files: TlsFiles): PeerTlsConfig =>
      configOf(files, { allowedCommonNames: ['x', 'y'] });
    const hosts = (files: TlsFiles): PeerTlsConfig =>
      configOf(files, { allowedHostnames: ['x.example'] });
    const stranger = 'client certificate authentication failed';
    for (const config of [names, hosts]) {
      const received = await withPeer({ config }, async ({ dial }) => {
        assert.equal(await dial(), stranger);
      });
      assert.deepEqual(received, []);
    }
    const peer = await member({ commonName: 'y', dnsNames: ['x.example'] });
    for (const config of [names, hosts]) {
      await withPeer({ config, peer }, async ({ dial }) => assert.equal(await dial(), 'first'));
    }
  });

  it('versions and cipher suites', async () => {
    const config = (files: TlsFiles): PeerTlsConfig =>
      configOf(files, {
        maxVersion: 'TLSv1.2',
        cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
      });
    await withPeer({ config, peerOptions: { minVersion: 'TLSv1.3' } }, async ({ dial }) => {
      assert.match(await dial(), /version/);
    });
    const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256';
    await withPeer({ config, peerOptions: { ciphers } }, async ({ dial }) => {
      assert.match(await dial(), /handshake failure/);
    });
    await withPeer({ config }, async ({ dial }) => assert.equal(await dial(), 'first'));
  });

  it('--peer-auto-tls -> one pair for both roles, and whoever answers is taken', async () => {
    const config = (files: TlsFiles): PeerTlsConfig => {
      const { accepting, dialling } = configOf(files, { verifiesServer: false, trustedCaFile: '' });
      const folder = files.path('fixtures');
      const certificate = { from: 'self-signed', folder, hosts: ['localhost'], years: 1 } as const;
      return {
        dialling,
        accepting: accepting && {
          ...accepting,
          certificate,
          trustedCaFile: '',
          clientCertAuth: false,
        },
      };
    };
    await withPeer({ config, peer: await member({}, other) }, async ({ files, dial, log }) => {
      assert.equal(await dial(), 'undefined', 'its certificate has no common name');
      const [cert, key] = [files.path('fixtures/cert.pem'), files.path('fixtures/key.pem')];
      assert.deepEqual(log.lines.at(-1), {
        level: 'info',
        message: 'starting with peer TLS',
        fields: {
          'tls-info':
            `cert = ${cert}, key = ${key}, client-cert=${cert}, client-key=${key}, ` +
            'trusted-ca = , client-cert-auth = false, crl-file = ',
          'cipher-suites': [],
        },
      });
    });
  });
});

describe('PeerTls: files', () => {
  it('TLS-I1: a renewed certificate, another authority -> for the next connection', async () => {
    await withPeer({}, async ({ files, dial }) => {
      assert.equal(await dial(), 'first');
      files.writePair(await member({ commonName: 'renewed' }));
      assert.equal(await dial(), 'renewed');
      files.write(files.caFile, other.certificate);
      assert.match(await dial(), /unable to verify|self-signed certificate in certificate chain/);
    });
  });

  it('TLS-I2: unusable while it runs -> nobody is dialled, one warning for each state', async () => {
    await withPeer({}, async ({ files, tls, dial, log }) => {
      const before = log.lines.length;
      rmSync(files.certFile);
      const missing = { code: 'TLS_FILE_MISSING' };
      assert.throws(() => tls.connectionOptions(), missing);
      assert.throws(() => tls.connectionOptions(), missing);
      const pair = await member({ commonName: 'back' });
      files.write(files.certFile, pair.certificate);
      assert.throws(() => tls.connectionOptions(), { code: 'TLS_CREDENTIALS' });
      assert.deepEqual(
        log.lines.slice(before).map(({ level, message }) => [level, message]),
        [
          ['warn', 'failed to find client cert files'],
          ['warn', 'failed to create client certificate'],
        ],
      );
      files.write(files.keyFile, pair.key);
      assert.equal(await dial(), 'back');
    });
  });

  it('unusable at the start -> no start', async () => {
    const files = new TlsFiles();
    const log = new RecordingLogger();
    await assert.rejects(PeerTls.open(configOf(files), log), { code: 'TLS_FILE_MISSING' });
    const caOnly = { ...configOf(files), accepting: undefined };
    const message = `open ${files.caFile}: no such file or directory`;
    await assert.rejects(PeerTls.open(caOnly, log), { code: 'TLS_FILE_MISSING', message });
    files.remove();
  });
});
