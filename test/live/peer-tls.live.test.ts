/** TLS between members: clusters of our members, of real ones, and of both, over the same files. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { call } from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { etcdctls, freePort, liveSkipReason, MemberProcess, run } from '../support/processes.ts';
import { Authority, type LeafOptions, type Pair } from '../support/tls/certificates.ts';
import { TlsFiles } from '../support/tls/tls-files.ts';

const skip = liveSkipReason('etcd', 'etcdctl');
type Kind = 'etcd' | 'etcd-ts';

const PUT = '/etcdserverpb.KV/Put';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const LOCAL = { dnsNames: ['localhost'], ips: ['127.0.0.1'] };
const BOTH_USAGES = ['server', 'client'] as const;

let authority: Authority;
let other: Authority;

/** A certificate for both roles of a member. */
function memberPair(options: Partial<LeafOptions> = {}, by = authority): Promise<Pair> {
  return by.sign({ commonName: 'member', ...LOCAL, usages: BOTH_USAGES, ...options });
}

/** The files of one member, and the flags that name them. */
class MemberFiles {
  readonly files = new TlsFiles();

  constructor(pair: Pair) {
    this.files.writePair(pair);
    this.files.write(this.files.caFile, authority.certificate);
  }

  async revoke(...serials: string[]): Promise<void> {
    this.files.write(this.files.crlFile, (await authority.revoke(...serials)).der);
  }

  get flags(): string[] {
    return [
      `--peer-cert-file=${this.files.certFile}`,
      `--peer-key-file=${this.files.keyFile}`,
      `--peer-trusted-ca-file=${this.files.caFile}`,
      `--peer-crl-file=${this.files.crlFile}`,
      '--peer-client-cert-auth',
    ];
  }
}

interface Planned {
  readonly kind: Kind;
  readonly flags: readonly string[];
  /** Not to be waited for: it will not get in. */
  readonly isOutsider?: boolean;
}

/** A new cluster over https; outsiders are the last of its members. */
async function startCluster(planned: readonly Planned[]): Promise<LiveCluster> {
  const ports: number[] = [];
  for (let at = 0; at < planned.length; at++) ports.push(await freePort());
  const cluster = new LiveCluster();
  const initialCluster = ports.map((port, at) => `m${at}=https://127.0.0.1:${port}`).join(',');
  for (const [at, { kind, flags }] of planned.entries()) {
    const peer = { peerPort: ports[at] ?? 0, peerScheme: 'https' } as const;
    const options = { kind, name: `m${at}`, ...peer, initialCluster, flags };
    cluster.members.push(await MemberProcess.launch(options));
  }
  const waits = cluster.members.filter((_, at) => planned[at]?.isOutsider !== true);
  try {
    await Promise.all(waits.map((member) => member.untilServing()));
  } catch (error) {
    await cluster.dispose();
    throw error;
  }
  return cluster;
}

/** Puts, as soon as the member takes requests. */
async function put(cluster: LiveCluster, member: MemberProcess, key: string): Promise<void> {
  const request = { key: base64(key), value: base64('value') };
  await until(
    () => call(cluster.client(member), PUT, request).then(Boolean, () => false),
    () => `a put of ${key}\n${member.log}`,
  );
}

async function until(isSo: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const endMs = Date.now() + 15_000;
  while (!(await isSo())) {
    if (Date.now() > endMs) assert.fail(`never came: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Puts while one member is missing: the other two depend on one another. */
async function outage(cluster: LiveCluster, missing: MemberProcess): Promise<void> {
  await missing.kill();
  const rest = cluster.members.filter((member) => member !== missing);
  const leader = await cluster.leader(rest);
  await put(cluster, leader, `without ${missing.peerUrl}`);
  await missing.restart();
}

/** The common name of the certificate on the peer port. */
async function servedName({ peerUrl }: MemberProcess): Promise<string> {
  const { certificate: cert, key } = await memberPair();
  const port = Number(new URL(peerUrl).port);
  const socket = connect({ host: '127.0.0.1', port, ca: authority.certificate, cert, key });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

before(async () => {
  if (skip !== false) return;
  [authority, other] = await Promise.all([Authority.make('ca'), Authority.make('other')]);
});

const MIXES: readonly (readonly Kind[])[] = [
  ['etcd-ts', 'etcd-ts', 'etcd-ts'],
  ['etcd', 'etcd-ts', 'etcd-ts'],
  ['etcd-ts', 'etcd', 'etcd'],
];

for (const kinds of MIXES) {
  describe(`peer TLS: ${kinds.join(', ')}`, { skip }, () => {
    const all: MemberFiles[] = [];
    const firstPairs: Pair[] = [];
    let cluster: LiveCluster;

    before(async () => {
      for (const _ of kinds) {
        const pair = await memberPair();
        firstPairs.push(pair);
        const member = new MemberFiles(pair);
        await member.revoke();
        all.push(member);
      }
      cluster = await startCluster(
        kinds.map((kind, at) => ({ kind, flags: all[at]?.flags ?? [] })),
      );
    });

    after(async () => {
      await cluster?.dispose();
      for (const { files } of all) files.remove();
    });

    it('client certificates -> all serve, and hold the same', async () => {
      for (const member of cluster.members) await put(cluster, member, member.endpoint);
      await cluster.equalHash();
    });

    it('each member in turn is missing -> the other two need one another, and go on', async () => {
      for (const member of cluster.members) await outage(cluster, member);
      await cluster.equalHash();
    });

    it('renewed certificates, the old ones revoked -> new connections, without a restart', async () => {
      for (const { files } of all) files.writePair(await memberPair({ commonName: 'renewed' }));
      for (const member of all) await member.revoke(...firstPairs.map(({ serial }) => serial));
      const [first] = cluster.members as [MemberProcess];
      await outage(cluster, first);
      for (const member of cluster.members) {
        assert.equal(await servedName(member), 'renewed');
        await put(cluster, member, 'renewed');
      }
      await cluster.equalHash();
    });
  });
}

describe('peer TLS: members that join later', { skip }, () => {
  it('ours and a real one join a real one -> one cluster, followers ask the leader', async () => {
    const files = new MemberFiles(await memberPair());
    await files.revoke();
    const cluster = await startCluster([{ kind: 'etcd', flags: files.flags }]);
    try {
      for (const [at, kind] of (['etcd-ts', 'etcd'] as const).entries()) {
        await addMember(cluster, { kind, flags: files.flags }, `m${at + 1}`);
      }
      const [first] = cluster.members as [MemberProcess];
      const lease = { ID: '77', TTL: '600' };
      await call(cluster.client(first), '/etcdserverpb.Lease/LeaseGrant', lease);
      for (const member of cluster.members) {
        await put(cluster, member, member.endpoint);
        const path = '/etcdserverpb.Lease/LeaseTimeToLive';
        const { grantedTTL } = await call(cluster.client(member), path, { ID: lease.ID });
        assert.equal(String(grantedTTL), lease.TTL);
      }
      await cluster.equalHash();
    } finally {
      await cluster.dispose();
      files.files.remove();
    }
  });

  /** Adds a member, and starts it. */
  async function addMember(
    cluster: LiveCluster,
    { kind, flags }: Planned,
    name: string,
  ): Promise<void> {
    const [first] = cluster.members as [MemberProcess];
    const peerPort = await freePort();
    const peer = `https://127.0.0.1:${peerPort}`;
    await until(
      () =>
        call(cluster.client(first), '/etcdserverpb.Cluster/MemberAdd', { peerURLs: [peer] }).then(
          Boolean,
          () => false,
        ),
      () => `a place for ${name}`,
    );
    const all = [...cluster.members.map(({ peerUrl }) => peerUrl), peer];
    const member = await MemberProcess.start({
      kind,
      name,
      peerPort,
      peerScheme: 'https',
      initialCluster: all.map((url, at) => `m${at}=${url}`).join(','),
      flags: [...flags, '--initial-cluster-state=existing'],
    });
    cluster.members.push(member);
  }
});

describe('peer TLS: gRPC clients on the peer port', { skip }, () => {
  it('with a certificate of the peers -> served; without -> refused', async () => {
    const member = new MemberFiles(await memberPair());
    const { files, flags } = member;
    await member.revoke();
    const cluster = await startCluster([{ kind: 'etcd-ts', flags }]);
    try {
      for (const etcdctl of etcdctls()) {
        const [{ peerUrl }] = cluster.members as [MemberProcess];
        const ask = (...args: string[]) =>
          run(
            etcdctl,
            [
              `--endpoints=${peerUrl}`,
              `--cacert=${files.caFile}`,
              '--dial-timeout=2s',
              '--command-timeout=2s',
              ...args,
              'member',
              'list',
            ],
            { env: { ETCDCTL_API: '3' } },
          );
        const { stdout } = await ask(`--cert=${files.certFile}`, `--key=${files.keyFile}`);
        assert.match(stdout, /started, m0, https:/, etcdctl);
        assert.notEqual((await ask()).code, 0);
      }
    } finally {
      await cluster.dispose();
      files.remove();
    }
  });
});

describe('peer TLS: certificates that members make for themselves', { skip }, () => {
  for (const kinds of MIXES) {
    it(`--peer-auto-tls: ${kinds.join(', ')} -> one cluster`, async () => {
      const cluster = await startCluster(
        kinds.map((kind) => ({ kind, flags: ['--peer-auto-tls'] })),
      );
      try {
        for (const member of cluster.members) {
          await put(cluster, member, member.endpoint);
          assert.ok(existsSync(join(member.dataDir, 'fixtures', 'peer', 'cert.pem')));
        }
        await outage(cluster, cluster.members[1] as MemberProcess);
        await cluster.equalHash();
      } finally {
        await cluster.dispose();
      }
    });
  }
});

describe('peer TLS: a third member that must not get in', { skip }, () => {
  const cases = {
    'of another authority': {
      pair: () => memberPair({}, other),
      text: () =>
        'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    },
    revoked: {
      pair: () => memberPair({ commonName: 'revoked' }),
      text: ({ serial }: Pair) => `transport: certificate serial ${serial} revoked`,
    },
    'with a name that is not allowed': {
      pair: () => memberPair({ commonName: 'stranger' }),
      flags: ['--peer-cert-allowed-cn=someone,member'],
      text: () => 'client certificate authentication failed',
    },
    'with a host that is not allowed': {
      pair: () => memberPair({ dnsNames: ['elsewhere.example'] }),
      flags: ['--peer-cert-allowed-hostname=localhost'],
      text: () => 'client certificate authentication failed',
    },
    'with addresses of others': {
      pair: () => memberPair({ dnsNames: [], ips: ['10.9.9.9'] }),
      text: () => 'x509: certificate is valid for 10.9.9.9, not 127.0.0.1',
    },
    'with names and addresses of others': {
      pair: () => memberPair({ dnsNames: ['m.invalid', '*.m.invalid'], ips: ['10.9.9.9'] }),
      text: () =>
        String.raw`tls: \"127.0.0.1\" does not match any of DNSNames [\"m.invalid\" \"*.m.invalid\"]`,
    },
  } as const;

  for (const [name, what] of Object.entries(cases)) {
    // A real one that is revoked takes part all the same, as far as it is dialled.
    const outsiders: readonly Kind[] = name === 'revoked' ? ['etcd-ts', 'etcd'] : ['etcd-ts'];
    for (const outsider of outsiders) {
      it(`${outsider} ${name} -> refused by both kinds, which say so and go on`, async () => {
        const bad = await what.pair();
        const all = [await memberPair(), await memberPair(), bad].map(
          (pair) => new MemberFiles(pair),
        );
        for (const member of all) await member.revoke(...(name === 'revoked' ? [bad.serial] : []));
        const more = 'flags' in what ? what.flags : [];
        const flagsOf = (at: number): string[] => [...(all[at]?.flags ?? []), ...more];
        // What it asks of others itself would stop it before they do.
        const itsFlags = all[2]?.flags ?? [];
        const cluster = await startCluster([
          { kind: 'etcd-ts', flags: flagsOf(0) },
          { kind: 'etcd', flags: flagsOf(1) },
          { kind: outsider, flags: itsFlags, isOutsider: true },
        ]);
        try {
          const good = cluster.members.slice(0, 2);
          for (const member of good) {
            await put(cluster, member, member.endpoint);
            await until(
              () => member.log.includes(what.text(bad)),
              () => `${what.text(bad)}\n${member.log}`,
            );
            assert.match(member.log, /rejected connection on peer endpoint.*"127\.0\.0\.1:\d+"/);
          }
          await cluster.equalHash(good);
        } finally {
          await cluster.dispose();
          for (const { files } of all) files.remove();
        }
      });
    }
  }
});
