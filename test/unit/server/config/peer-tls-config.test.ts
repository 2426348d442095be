import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PeerTlsConfig } from '../../../../src/server/config/peer-tls-config.ts';
import { load, loadYaml } from '../../../support/config-sources.ts';

const HTTPS = ['--listen-peer-urls', 'https://127.0.0.1:1'];
const FILES = ['--peer-cert-file=c.pem', '--peer-key-file=k.pem'];

describe('peer-tls-config: refusals', () => {
  // As etcd 3.6.14 logs them.
  const bad: readonly (readonly [readonly string[], string])[] = [
    [HTTPS, 'cannot listen on TLS for 127.0.0.1:1: KeyFile and CertFile are not presented'],
    [
      ['--listen-peer-urls', 'https://[::1]:1', '--peer-trusted-ca-file=ca.pem'],
      'cannot listen on TLS for [::1]:1: KeyFile and CertFile are not presented',
    ],
    [['--peer-cert-file=c.pem'], 'KeyFile and CertFile must both be present[key: , cert: c.pem]'],
    [
      [...HTTPS, '--peer-key-file=k.pem', '--peer-auto-tls'],
      'KeyFile and CertFile must both be present[key: k.pem, cert: ]',
    ],
    [
      [...FILES, '--peer-client-cert-file=own.pem'],
      'ClientKeyFile and ClientCertFile must both be present or both absent: key: , cert: own.pem]',
    ],
    [
      [...HTTPS, ...FILES, '--peer-cert-allowed-cn=a,b', '--peer-cert-allowed-hostname=c'],
      'AllowedCNs and AllowedHostnames are mutually exclusive (cns=["a" "b"], hostnames=["c"])',
    ],
    [
      ['--peer-auto-tls', '--self-signed-cert-validity=0'],
      'selfSignedCertValidity is invalid,it should be greater than 0',
    ],
  ];
  for (const [argv, message] of bad) {
    it(`${argv.join(' ')} -> ${message.slice(0, 60)}`, async () => {
      await assert.rejects(load({ argv }), { code: 'CONFIG_INVALID', message });
    });
  }
});

describe('peer-tls-config: what comes of it', () => {
  const tlsOf = async (argv: readonly string[]): Promise<PeerTlsConfig> =>
    (await load({ argv: ['--name=n', ...argv] })).config.peerTls;

  const DEFAULTS = {
    trustedCaFile: '',
    allowedCommonNames: [],
    allowedHostnames: [],
    cipherSuites: [],
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
  };

  it('no flags -> nobody is accepted, peers are verified by what Node trusts', async () => {
    assert.deepEqual(await tlsOf([]), {
      accepting: undefined,
      dialling: { ...DEFAULTS, shown: undefined, verifiesServer: true, serverName: '' },
    });
  });

  it('every flag -> every field, on both sides', async () => {
    const rules = {
      trustedCaFile: 'ca.pem',
      allowedCommonNames: ['a', 'b'],
      allowedHostnames: [],
      cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    };
    const argv = [
      '--peer-client-cert-file=own.pem',
      '--peer-client-key-file=own.key',
      '--peer-client-cert-auth',
      '--peer-trusted-ca-file=ca.pem',
      '--peer-crl-file=a.crl',
      '--peer-cert-allowed-cn=a,b',
      '--peer-skip-client-san-verification',
      '--tls-max-version=TLS1.2',
      '--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    ];
    assert.deepEqual(await tlsOf([...HTTPS, ...FILES, ...argv]), {
      accepting: {
        ...rules,
        certificate: { from: 'files', certFile: 'c.pem', keyFile: 'k.pem' },
        requiresClientCert: true,
        clientCertAuth: true,
        verifiesAddress: false,
        crlFile: 'a.crl',
      },
      dialling: {
        ...rules,
        shown: { certFile: 'own.pem', keyFile: 'own.key' },
        verifiesServer: true,
        serverName: '',
      },
    });
  });

  it('a trusted CA alone -> certificates are required, and their addresses verified', async () => {
    const { accepting } = await tlsOf([...HTTPS, ...FILES, '--peer-trusted-ca-file=ca.pem']);
    assert.equal(accepting?.requiresClientCert, true);
    assert.equal(accepting?.verifiesAddress, true);
  });

  it('--peer-auto-tls -> a pair for the hosts listened on, and nobody is verified', async () => {
    const { accepting, dialling } = await tlsOf([
      '--listen-peer-urls=https://localhost:1,https://[::1]:2',
      '--peer-auto-tls',
      '--data-dir=d',
      '--peer-client-cert-auth',
      '--peer-cert-allowed-cn=a',
      '--peer-cert-allowed-hostname=b',
    ]);
    const hosts = ['::1', 'localhost'];
    const certificate = { from: 'self-signed', folder: 'd/fixtures/peer', hosts, years: 1 };
    assert.deepEqual(accepting?.certificate, certificate);
    assert.equal(accepting.requiresClientCert, false);
    assert.deepEqual(accepting.allowedCommonNames, []);
    assert.deepEqual(
      [dialling.verifiesServer, dialling.allowedCommonNames, dialling.shown],
      [false, [], undefined],
    );
  });

  it('found by a domain -> its name must be in certificates, unless a CA is named', async () => {
    const { dialling } = await tlsOf(['--discovery-srv=a.example']);
    assert.equal(dialling.serverName, 'a.example');
    const named = await tlsOf(['--discovery-srv=a.example', '--peer-trusted-ca-file=ca.pem']);
    assert.equal(named.dialling.serverName, '');
  });

  it('a file -> the same keys as in etcd', async () => {
    const section =
      '{cert-file: c, key-file: k, client-cert-file: oc, client-key-file: ok, ' +
      'client-cert-auth: true, trusted-ca-file: ca, allowed-hostname: [a, b], ' +
      'skip-client-san-verification: true}';
    const { config } = await loadYaml(`peer-transport-security: ${section}\n`);
    const { accepting, dialling } = config.peerTls;
    assert.deepEqual(accepting?.certificate, { from: 'files', certFile: 'c', keyFile: 'k' });
    assert.deepEqual(dialling.shown, { certFile: 'oc', keyFile: 'ok' });
    assert.deepEqual([accepting.clientCertAuth, accepting.verifiesAddress], [true, false]);
    assert.deepEqual(dialling.allowedHostnames, ['a', 'b']);
    assert.equal(dialling.trustedCaFile, 'ca');
  });
});

describe('peer-tls-config: notices', () => {
  const noticesOf = async (argv: readonly string[]): Promise<readonly unknown[]> => {
    const { notices } = await load({ argv: ['--name=n', '--data-dir=d', ...argv] });
    return notices.map(({ level, message, fields }) => [level, message, fields]);
  };
  const useless = (name: string, because: string): unknown => [
    'warn',
    `--${name} has no effect: ${because}`,
    { 'flag-name': name },
  ];

  it('plain URLs where TLS is configured -> a warning each, as in etcd', async () => {
    const fields = { 'peer-url': 'http://localhost:2380' };
    const given = 'scheme is HTTP while key and cert files are present';
    const enabled = 'scheme is HTTP while --peer-client-cert-auth is enabled';
    assert.deepEqual(await noticesOf([...FILES, '--peer-client-cert-auth']), [
      ['warn', `${given}; ignoring key and cert files`, fields],
      ['warn', `${enabled}; ignoring client cert auth for this URL`, fields],
    ]);
  });

  it('files and --peer-auto-tls -> the files win, with a warning', async () => {
    assert.deepEqual(await noticesOf([...HTTPS, ...FILES, '--peer-auto-tls']), [
      ['warn', 'ignoring peer auto TLS since certs given', {}],
    ]);
  });

  it('flags about certificates beside --peer-auto-tls -> a warning each', async () => {
    const because = 'certificates that members make for themselves say nothing';
    assert.deepEqual(
      await noticesOf([
        ...HTTPS,
        '--peer-auto-tls',
        '--peer-client-cert-auth',
        '--peer-trusted-ca-file=ca.pem',
        '--peer-client-cert-file=own.pem',
      ]),
      [
        useless('peer-client-cert-auth', because),
        useless('peer-trusted-ca-file', because),
        useless('peer-client-cert-file', because),
      ],
    );
  });

  it('flags about peers that connect, who show no certificates -> a warning each', async () => {
    const because = 'peers that connect are not asked for certificates';
    const flags = ['--peer-crl-file=a.crl', '--peer-skip-client-san-verification'];
    assert.deepEqual(await noticesOf([...HTTPS, ...FILES, ...flags]), [
      useless('peer-crl-file', because),
      useless('peer-skip-client-san-verification', because),
    ]);
    assert.deepEqual(
      await noticesOf([...HTTPS, ...FILES, ...flags, '--peer-trusted-ca-file=ca.pem']),
      [],
    );
  });
});
