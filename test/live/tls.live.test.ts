/** TLS on the client ports: who may connect is the same in etcd and in etcd-ts. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { etcdctls, freePort, liveSkipReason, MemberProcess, run } from '../support/processes.ts';
import { Authority, type Pair } from '../support/tls/certificates.ts';
import { TlsFiles } from '../support/tls/tls-files.ts';

const skip = liveSkipReason('etcd', 'etcdctl');
const KINDS = ['etcd', 'etcd-ts'] as const;
type Kind = (typeof KINDS)[number];

let authority: Authority;
let other: Authority;
let server: Pair;
let renewed: Pair;
/** Certificates of clients, by what they are an example of. */
let clients: Readonly<Record<string, Pair>>;

before(async () => {
  if (skip !== false) return;
  [authority, other] = await Promise.all([Authority.make('ca'), Authority.make('other')]);
  // etcd's own gateway shows it as a client, too.
  const serving = {
    dnsNames: ['localhost', 'allowed.example'],
    ips: ['127.0.0.1', '::1'],
    usages: ['server', 'client'],
  } as const;
  [server, renewed] = await Promise.all([
    authority.sign({ ...serving, commonName: 'server' }),
    authority.sign({ ...serving, commonName: 'renewed' }),
  ]);
  const dnsNames = ['allowed.example'];
  const made = {
    good: authority.sign({ commonName: 'good', dnsNames }),
    revoked: authority.sign({ commonName: 'revoked', dnsNames }),
    expired: authority.sign({ commonName: 'expired', dnsNames, validDays: [-2, -1] }),
    early: authority.sign({ commonName: 'early', dnsNames, validDays: [1, 2] }),
    unknown: other.sign({ commonName: 'unknown', dnsNames }),
    serving: authority.sign({ commonName: 'serving', dnsNames, usages: ['server'] }),
    elsewhere: authority.sign({ commonName: 'elsewhere', dnsNames: ['elsewhere.example'] }),
  };
  const names = Object.keys(made);
  const pairs = await Promise.all(Object.values(made));
  clients = Object.fromEntries(names.map((name, at) => [name, pairs[at] as Pair]));
});

/** A member with a secure port besides the plain one, and the files that it uses. */
class SecureMember {
  readonly member: MemberProcess;
  readonly files: TlsFiles;
  readonly port: number;
  readonly socketPath: string;

  static async start(
    kind: Kind,
    flagsOf: (files: TlsFiles) => readonly string[],
  ): Promise<SecureMember> {
    const files = new TlsFiles();
    files.writePair(server);
    files.write(files.caFile, authority.certificate);
    files.write(files.crlFile, (await authority.revoke(clients['revoked']?.serial ?? '')).der);
    for (const [name, { certificate, key }] of Object.entries(clients)) {
      files.write(files.path(`${name}.pem`), certificate);
      files.write(files.path(`${name}.key`), key);
    }
    files.write(files.path('other.pem'), other.certificate);
    const [port, plain] = [await freePort(), await freePort()];
    const socketPath = files.path('client.sock');
    const urls = [
      `http://127.0.0.1:${plain}`,
      `https://127.0.0.1:${port},https://[::1]:${port}`,
      `unixs://${socketPath}`,
    ];
    const member = await MemberProcess.start({
      kind,
      clientPort: plain,
      flags: [`--listen-client-urls=${urls.join()}`, ...flagsOf(files)],
    });
    return new SecureMember(member, files, { port, socketPath });
  }

  private constructor(
    member: MemberProcess,
    files: TlsFiles,
    at: { readonly port: number; readonly socketPath: string },
  ) {
    this.member = member;
    this.files = files;
    this.port = at.port;
    this.socketPath = at.socketPath;
  }

  get endpoint(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** Whether a put by etcdctl succeeds. */
  async puts(
    client: string | undefined,
    options: { endpoint?: string; ca?: string; etcdctl?: string } = {},
  ): Promise<boolean> {
    const { code, stdout } = await run(
      options.etcdctl ?? etcdctls()[0] ?? 'etcdctl',
      [
        `--endpoints=${options.endpoint ?? this.endpoint}`,
        `--cacert=${options.ca ?? this.files.caFile}`,
        ...(client === undefined ? [] : [`--cert=${this.files.path(`${client}.pem`)}`]),
        ...(client === undefined ? [] : [`--key=${this.files.path(`${client}.key`)}`]),
        '--dial-timeout=2s',
        '--command-timeout=2s',
        'put',
        'key',
        'value',
      ],
      { env: { ETCDCTL_API: '3' } },
    );
    return code === 0 && stdout.trim() === 'OK';
  }

  dial(options: ConnectionOptions = {}): TLSSocket {
    const good = clients['good'];
    return connect({
      host: '127.0.0.1',
      port: this.port,
      ca: authority.certificate,
      cert: good?.certificate,
      key: good?.key,
      ...options,
    }).on('error', () => undefined);
  }

  async dispose(): Promise<void> {
    await this.member.dispose();
    this.files.remove();
  }
}

const fileFlags = (files: TlsFiles): string[] => [
  `--cert-file=${files.certFile}`,
  `--key-file=${files.keyFile}`,
];

const mutualFlags = (files: TlsFiles): string[] => [
  ...fileFlags(files),
  '--client-cert-auth',
  `--trusted-ca-file=${files.caFile}`,
  `--client-crl-file=${files.crlFile}`,
  '--client-cert-allowed-hostname=other.example,allowed.example',
];

async function withMember(
  kind: Kind,
  flagsOf: (files: TlsFiles) => readonly string[],
  use: (member: SecureMember) => Promise<void>,
): Promise<void> {
  const member = await SecureMember.start(kind, flagsOf);
  try {
    await use(member);
  } finally {
    await member.dispose();
  }
}

/** What a handshake comes to: what is spoken, or why it failed. */
async function handshake(socket: TLSSocket): Promise<string> {
  try {
    await once(socket, 'secureConnect');
    return `${socket.getProtocol()} ${socket.alpnProtocol} ${socket.getCipher().standardName}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    socket.destroy();
  }
}

async function closed(socket: Socket): Promise<string> {
  let received = '';
  socket.on('data', (bytes: Buffer) => {
    received += bytes.toString('latin1');
  });
  socket.on('error', () => undefined);
  if (!socket.closed) await once(socket, 'close');
  return received;
}

for (const kind of KINDS) {
  describe(`TLS: ${kind}`, { skip }, () => {
    it('client certificates: who is served, and what the log says of the others', async () => {
      await withMember(kind, mutualFlags, async (secure) => {
        const names = Object.keys(clients);
        const served = await Promise.all(names.map((name) => secure.puts(name)));
        assert.deepEqual(Object.fromEntries(names.map((name, at) => [name, served[at]])), {
          good: true,
          revoked: false,
          expired: false,
          early: false,
          unknown: false,
          serving: false,
          elsewhere: false,
        });
        assert.equal(await secure.puts(undefined), false, 'no certificate');
        assert.equal(await secure.puts('good', { ca: secure.files.path('other.pem') }), false);
        const serial = clients['revoked']?.serial ?? '';
        for (const text of [
          `transport: certificate serial ${serial} revoked`,
          'x509: certificate has expired or is not yet valid: current time',
          'tls: failed to verify certificate: x509: certificate signed by unknown authority',
          'x509: certificate specifies an incompatible key usage',
          'client certificate authentication failed',
          "tls: client didn't provide a certificate",
          'remote error: tls: bad certificate',
        ]) {
          assert.ok(secure.member.log.includes(text), `${text}\n${secure.member.log}`);
        }
        assert.match(
          secure.member.log,
          /"rejected connection on client endpoint","remote-addr":"127/,
        );
      });
    });

    it('every etcdctl, over IPv4, IPv6 and a unix socket', async () => {
      await withMember(kind, mutualFlags, async (secure) => {
        for (const etcdctl of etcdctls()) {
          assert.equal(await secure.puts('good', { etcdctl }), true, etcdctl);
        }
        const endpoint = `https://[::1]:${secure.port}`;
        assert.equal(await secure.puts('good', { endpoint }), true, endpoint);
        const socket = secure.dial({ path: secure.socketPath, servername: 'localhost' });
        assert.match(await handshake(socket), /^TLSv1\.3/);
      });
    });

    it('plain text on the secure port and TLS on the plain one -> closed, both go on', async () => {
      await withMember(kind, mutualFlags, async (secure) => {
        const plain = secure.member.endpoint;
        assert.equal(await secure.puts('good', { endpoint: `https://${plain}` }), false);
        assert.equal(
          await secure.puts(undefined, { endpoint: `http://127.0.0.1:${secure.port}` }),
          false,
        );
        const socket = connectPlain(secure.port, '127.0.0.1');
        socket.write('GET /version HTTP/1.1\r\nhost: a\r\n\r\n');
        assert.equal(await closed(socket), '');
        assert.match(secure.member.log, /tls: first record does not look like a TLS handshake/);
        assert.equal(await secure.puts('good'), true);
        assert.equal(await secure.puts(undefined, { endpoint: `http://${plain}` }), true);
      });
    });

    it('versions, cipher suites and protocols', async () => {
      const flags = (files: TlsFiles): string[] => [
        ...fileFlags(files),
        '--cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,' +
          'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      ];
      await withMember(kind, flags, async (secure) => {
        const of = async (options: ConnectionOptions): Promise<string> =>
          handshake(secure.dial(options));
        const tls12 = { maxVersion: 'TLSv1.2' } as const;
        const seen = {
          old: await of({
            minVersion: 'TLSv1',
            maxVersion: 'TLSv1.1',
            ciphers: 'ALL:@SECLEVEL=0',
          }),
          allowed: await of({ ...tls12, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }),
          refused: await of({ ...tls12, ciphers: 'ECDHE-ECDSA-AES128-SHA' }),
          tls13: await of({ ALPNProtocols: ['h2'] }),
          both: await of({ ...tls12, ALPNProtocols: ['http/1.1', 'h2'] }),
          foreign: await of({ ALPNProtocols: ['foo'] }),
        };
        assert.deepEqual(seen, {
          old: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
          allowed: 'TLSv1.2 false TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
          refused: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
          tls13: `TLSv1.3 h2 ${seen.tls13.split(' ')[2]}`,
          both: 'TLSv1.2 h2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
          foreign: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
        });
      });
    });

    it('HTTP/1 over TLS, with ALPN and without', async () => {
      await withMember(kind, mutualFlags, async (secure) => {
        for (const alpn of [{ ALPNProtocols: ['http/1.1'] }, {}]) {
          const socket = secure.dial(alpn);
          const answer = once(socket, 'data') as Promise<[Buffer]>;
          socket.write('GET /version HTTP/1.1\r\nhost: a\r\n\r\n');
          assert.match((await answer)[0].toString(), /^HTTP\/1\.1 200/);
          socket.destroy();
        }
      });
    });

    it('a renewed certificate and a longer list: for new connections, without a restart', async () => {
      await withMember(kind, mutualFlags, async (secure) => {
        const nameOf = (socket: TLSSocket): string =>
          String(socket.getPeerCertificate().subject.CN);
        const old = secure.dial({ ALPNProtocols: ['http/1.1'] });
        await once(old, 'secureConnect');
        secure.files.writePair(renewed);
        const fresh = secure.dial();
        await once(fresh, 'secureConnect');
        assert.deepEqual([nameOf(old), nameOf(fresh)], ['server', 'renewed']);
        const answer = once(old, 'data') as Promise<[Buffer]>;
        old.write('GET /version HTTP/1.1\r\nhost: a\r\n\r\n');
        assert.match((await answer)[0].toString(), /^HTTP\/1\.1 200/);
        for (const socket of [old, fresh]) socket.destroy();
        const serial = clients['good']?.serial ?? '';
        secure.files.write(secure.files.crlFile, (await authority.revoke(serial)).der);
        assert.equal(await secure.puts('good'), false);
      });
    });

    it('--auto-tls: a pair in the data directory, used again after a restart', async () => {
      await withMember(
        kind,
        () => ['--auto-tls'],
        async (secure) => {
          const ca = join(secure.member.dataDir, 'fixtures', 'client', 'cert.pem');
          assert.ok(existsSync(ca));
          assert.equal(await secure.puts(undefined, { ca }), true);
          const fingerprint = async (): Promise<string> => {
            const socket = secure.dial({ ca: readFileSync(ca) });
            await once(socket, 'secureConnect');
            const { fingerprint256 } = socket.getPeerCertificate();
            socket.destroy();
            return fingerprint256;
          };
          const before = await fingerprint();
          await secure.member.stop();
          await secure.member.restart();
          assert.equal(await fingerprint(), before);
        },
      );
    });

    it('URLs for HTTP only: gRPC on the others only', async () => {
      const files = new TlsFiles();
      files.writePair(server);
      files.write(files.caFile, authority.certificate);
      const [port, httpPort] = [await freePort(), await freePort()];
      const member = await MemberProcess.start({
        kind,
        clientPort: httpPort,
        flags: [
          `--listen-client-urls=https://127.0.0.1:${port}`,
          `--listen-client-http-urls=http://127.0.0.1:${httpPort}`,
          ...fileFlags(files),
        ],
      });
      const put = (endpoint: string): Promise<{ code: number }> =>
        run(etcdctls()[0] ?? 'etcdctl', [
          `--endpoints=${endpoint}`,
          `--cacert=${files.caFile}`,
          '--dial-timeout=2s',
          '--command-timeout=2s',
          'put',
          'a',
          'b',
        ]);
      assert.equal((await put(`https://127.0.0.1:${port}`)).code, 0);
      assert.notEqual((await put(`http://127.0.0.1:${httpPort}`)).code, 0);
      await member.dispose();
      files.remove();
    });
  });
}
