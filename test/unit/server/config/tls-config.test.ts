import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TlsConfig } from '../../../../src/server/config/tls-config.ts';
import { load, loadYaml } from '../../../support/config-sources.ts';

const BIND = ['--advertise-client-urls', 'http://localhost:2379', '--listen-client-urls'];
const HTTPS = [...BIND, 'https://localhost:1'];
const FILES = ['--cert-file', 'c.pem', '--key-file', 'k.pem'];

describe('tls-config: refusals', () => {
  // As etcd 3.6.14 logs them.
  const bad: readonly (readonly [readonly string[], string])[] = [
    [
      HTTPS,
      'TLS key/cert (--cert-file, --key-file) must be provided ' +
        'for client url https://localhost:1 with HTTPS scheme',
    ],
    [
      [...BIND, 'http://localhost:1', '--listen-client-http-urls', 'unixs://a.sock'],
      'TLS key/cert (--cert-file, --key-file) must be provided ' +
        'for client url unixs://a.sock with HTTPS scheme',
    ],
    [
      [...HTTPS, '--cert-file', 'c.pem'],
      'KeyFile and CertFile must both be present[key: , cert: c.pem]',
    ],
    [
      [...HTTPS, '--key-file', 'k.pem', '--auto-tls'],
      'KeyFile and CertFile must both be present[key: k.pem, cert: ]',
    ],
    [
      [...HTTPS, ...FILES, '--client-cert-file', 'own.pem'],
      'ClientKeyFile and ClientCertFile must both be present or both absent: ' +
        'key: , cert: own.pem]',
    ],
    [['--tls-min-version', 'foo'], 'unexpected TLS version "foo" (must be one of: TLS1.2, TLS1.3)'],
    [
      ['--tls-max-version', 'TLS1.1'],
      'unexpected TLS version "TLS1.1" (must be one of: TLS1.2, TLS1.3)',
    ],
    [
      ['--tls-min-version', 'TLS1.3', '--tls-max-version', 'TLS1.2'],
      'min version (TLS1.3) is greater than max version (TLS1.2)',
    ],
    [
      ['--tls-min-version', 'TLS1.3', '--cipher-suites', 'x'],
      'cipher suites cannot be configured when only TLS1.3 is enabled',
    ],
    [['--cipher-suites', 'TLS_FOO'], 'unexpected TLS cipher suite "TLS_FOO"'],
    [
      [...HTTPS, ...FILES, '--cipher-suites', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA'],
      'http2: TLSConfig.CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher ' +
        '(need at least one of TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ' +
        'or TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)',
    ],
    [
      [...HTTPS, '--auto-tls', '--self-signed-cert-validity', '0'],
      'selfSignedCertValidity is invalid,it should be greater than 0',
    ],
    [
      [...BIND, 'http://localhost:1', '--listen-client-http-urls', 'http://localhost:1'],
      'cannot bind both --listen-client-urls and --listen-client-http-urls ' +
        'on the same url http://localhost:1',
    ],
  ];
  for (const [argv, message] of bad) {
    it(`${argv.join(' ')} -> ${message.slice(0, 60)}`, async () => {
      await assert.rejects(load({ argv }), { code: 'CONFIG_INVALID', message });
    });
  }
});

describe('tls-config: what comes of it', () => {
  const tlsOf = async (argv: readonly string[]): Promise<TlsConfig | undefined> =>
    (await load({ argv: ['--name=n', ...argv] })).config.clientTls;

  it('no flags -> none', async () => {
    assert.equal(await tlsOf(['--client-cert-auth', '--trusted-ca-file=ca.pem']), undefined);
  });

  it('files -> these, with the defaults of etcd', async () => {
    assert.deepEqual(await tlsOf([...HTTPS, ...FILES]), {
      certificate: { from: 'files', certFile: 'c.pem', keyFile: 'k.pem' },
      trustedCaFile: '',
      requiresClientCert: false,
      clientCertAuth: false,
      verifiesAddress: false,
      crlFile: '',
      allowedCommonNames: [],
      allowedHostnames: [],
      cipherSuites: [],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
    });
  });

  it('every flag -> every field', async () => {
    const argv = [
      '--client-cert-auth',
      '--trusted-ca-file=ca.pem',
      '--client-crl-file=a.crl',
      '--client-cert-allowed-hostname=a.example,b.example',
      '--tls-max-version=TLS1.2',
      '--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    ];
    assert.deepEqual(await tlsOf([...HTTPS, ...FILES, ...argv]), {
      certificate: { from: 'files', certFile: 'c.pem', keyFile: 'k.pem' },
      trustedCaFile: 'ca.pem',
      requiresClientCert: true,
      clientCertAuth: true,
      verifiesAddress: false,
      crlFile: 'a.crl',
      allowedCommonNames: [],
      allowedHostnames: ['a.example', 'b.example'],
      cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    });
  });

  it('a trusted CA or --client-cert-auth alone -> certificates are required', async () => {
    const byCa = await tlsOf([...HTTPS, ...FILES, '--trusted-ca-file=ca.pem']);
    assert.deepEqual([byCa?.requiresClientCert, byCa?.clientCertAuth], [true, false]);
    const byFlag = await tlsOf([...HTTPS, ...FILES, '--client-cert-auth']);
    assert.deepEqual([byFlag?.requiresClientCert, byFlag?.clientCertAuth], [true, true]);
  });

  it('--auto-tls -> a pair below the data directory, for the hosts of all URLs', async () => {
    const tls = await tlsOf([
      ...BIND,
      'https://localhost:1,unixs://a.sock',
      '--auto-tls',
      '--data-dir=d',
      '--listen-client-http-urls=http://[::1]:2',
      '--self-signed-cert-validity=3',
    ]);
    assert.deepEqual(tls?.certificate, {
      from: 'self-signed',
      folder: 'd/fixtures/client',
      hosts: ['localhost', '::1'],
      years: 3,
    });
  });

  it('a file says 0 years -> one', async () => {
    const { config } = await loadYaml(
      'self-signed-cert-validity: 0\nclient-transport-security: {auto-tls: true}\n',
    );
    const certificate = config.clientTls?.certificate;
    assert.equal(certificate?.from === 'self-signed' && certificate.years, 1);
  });
});

describe('tls-config: notices', () => {
  const noticesOf = async (argv: readonly string[]): Promise<readonly unknown[]> => {
    const { notices } = await load({ argv: ['--name=n', '--data-dir=d', ...argv] });
    return notices.map(({ level, message, fields }) => [level, message, fields]);
  };

  it('plain URLs where TLS is configured -> a warning each, as in etcd', async () => {
    const given = 'scheme is http or unix while key and cert files are present';
    const enabled = 'scheme is http or unix while --client-cert-auth is enabled';
    const fields = { 'client-url': 'http://localhost:2' };
    assert.deepEqual(
      await noticesOf([...HTTPS, '--listen-client-http-urls', 'http://localhost:2', ...FILES]),
      [['warn', `${given}; ignoring key and cert files`, fields]],
    );
    assert.deepEqual(await noticesOf([...BIND, 'http://localhost:2', '--client-cert-auth']), [
      ['warn', `${enabled}; ignoring client cert auth for this URL`, fields],
    ]);
  });

  it('files and --auto-tls -> the files win, with a warning', async () => {
    assert.deepEqual(await noticesOf([...HTTPS, ...FILES, '--auto-tls']), [
      ['warn', 'ignoring client auto TLS since certs given', {}],
    ]);
  });

  it('cipher suites that Go has and OpenSSL has not -> a warning', async () => {
    const suites = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_RC4_128_SHA';
    assert.deepEqual(await noticesOf([...HTTPS, ...FILES, '--cipher-suites', suites]), [
      [
        'warn',
        'cipher suites that OpenSSL has not; ignoring them',
        { missing: ['TLS_RSA_WITH_RC4_128_SHA'] },
      ],
    ]);
  });
});
