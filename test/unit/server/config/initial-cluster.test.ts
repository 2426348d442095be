import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { initialClusterOf } from '../../../../src/server/config/initial-cluster.ts';
import { urlTexts } from '../../../../src/server/config/member-url.ts';
import { load } from '../../../support/config-sources.ts';
import { FakeNames, type KnownNames } from '../../../support/fake-names.ts';

async function clusterOf(known: KnownNames, ...argv: string[]) {
  const { config } = await load({ argv });
  const { own, members } = await initialClusterOf(config, new FakeNames(known));
  assert.equal(own.name, config.name);
  const all = members.map(({ name, peerUrls }) => `${name}=${urlTexts(peerUrls).join('+')}`);
  return { own: urlTexts(own.peerUrls), all: all.sort() };
}

const ownUrls = async (...argv: string[]): Promise<string[]> => (await clusterOf({}, ...argv)).own;

describe('initial-cluster', () => {
  it('defaults -> this member alone', async () => {
    assert.deepEqual(await ownUrls(), ['http://localhost:2380']);
  });

  it('several URLs of one member, in any order', async () => {
    const urls = await ownUrls(
      '--initial-cluster=default=http://h:2,,default=http://h:1',
      '--initial-advertise-peer-urls=http://h:1,http://h:2',
    );
    assert.deepEqual(urls, ['http://h:1', 'http://h:2']);
  });

  // As etcd 3.6.14 logs them.
  const bad: readonly (readonly [readonly string[], string])[] = [
    [
      ['--name=a', '--initial-cluster=b=http://localhost:2380'],
      'couldn\'t find local name "a" in the initial cluster configuration',
    ],
    [
      ['--initial-cluster='],
      'couldn\'t find local name "default" in the initial cluster configuration',
    ],
    [['--name='], 'couldn\'t find local name "" in the initial cluster configuration'],
    [
      ['--initial-cluster=foo'],
      'error setting up initial cluster: URL scheme must be http, https, unix, or unixs: ',
    ],
    [
      ['--initial-cluster=default=foo'],
      'error setting up initial cluster: URL scheme must be http, https, unix, or unixs: foo',
    ],
    [
      ['--initial-advertise-peer-urls=http://localhost:3380'],
      '--initial-cluster has default=http://localhost:2380 but missing from ' +
        '--initial-advertise-peer-urls=http://localhost:3380 ' +
        '(resolved urls: "http://localhost:3380" != "http://localhost:2380")',
    ],
    [
      ['--initial-cluster=default=http://localhost:2380,default=http://localhost:3380'],
      '--initial-cluster has default=http://localhost:3380 but missing from ' +
        '--initial-advertise-peer-urls=http://localhost:2380 ' +
        '(len(["http://localhost:2380"]) != len(["http://localhost:2380" "http://localhost:3380"]))',
    ],
    [
      ['--initial-advertise-peer-urls=http://localhost:2380,http://localhost:3380'],
      '--initial-advertise-peer-urls has http://localhost:3380 but missing from ' +
        '--initial-cluster=default=http://localhost:2380,default=http://localhost:3380',
    ],
    [
      [
        '--initial-cluster=default=http://localhost:3380,default=http://localhost:3380',
        '--initial-advertise-peer-urls=http://localhost:3380',
      ],
      'failed to resolve http://localhost:3380 to match ' +
        '--initial-cluster=default=http://localhost:3380 ' +
        '(len(["http://localhost:3380"]) != len(["http://localhost:3380" "http://localhost:3380"]))',
    ],
    [
      ['--initial-cluster=default=http://localhost:2380,b=http://localhost:2380'],
      'initial cluster b=http://localhost:2380,default=http://localhost:2380 has duplicate url',
    ],
  ];
  for (const [argv, message] of bad) {
    it(`${argv.join(' ')} -> ${message}`, () =>
      assert.rejects(ownUrls(...argv), { code: 'CONFIG_INVALID', message }));
  }

  it('several members -> all of them, whatever the state', async () => {
    const cluster = 'default=http://localhost:2380,b=http://10.0.0.2:2380,c=http://c:1';
    const all = ['b=http://10.0.0.2:2380', 'c=http://c:1', 'default=http://localhost:2380'];
    for (const state of ['new', 'existing']) {
      const argv = [`--initial-cluster=${cluster}`, `--initial-cluster-state=${state}`];
      assert.deepEqual((await clusterOf({}, ...argv)).all, all);
    }
  });

  it('an existing cluster -> what is advertised need not match', async () => {
    const argv = [
      '--initial-cluster-state=existing',
      '--initial-advertise-peer-urls=http://localhost:3380',
    ];
    assert.deepEqual(await ownUrls(...argv), ['http://localhost:2380']);
  });

  it('host names of one address -> the same', async () => {
    const known = { hosts: { a: '10.0.0.1', b: '10.0.0.1', six: 'fd00::1' } };
    const pairs = [
      ['http://a:1', 'http://b:1'],
      ['http://a:1', 'http://10.0.0.1:1'],
      ['https://six:1', 'https://[fd00::1]:1'],
    ];
    for (const [listed, advertised] of pairs) {
      const argv = [
        `--initial-cluster=default=${listed}`,
        `--initial-advertise-peer-urls=${advertised}`,
      ];
      assert.deepEqual((await clusterOf(known, ...argv)).own, [listed]);
    }
  });

  it('a host name without an address -> tried for 29 s, then refused', async () => {
    const argv = ['--initial-advertise-peer-urls=http://a:1'];
    const { config } = await load({ argv });
    const names = new FakeNames();
    await assert.rejects(initialClusterOf(config, names), {
      message:
        '--initial-cluster has default=http://localhost:2380 but missing from ' +
        '--initial-advertise-peer-urls=http://a:1 ' +
        '(failed to resolve "http://a:1" (lookup a: no such host))',
    });
    assert.equal(names.pausedMs, 29_000);
  });

  it('a member with data never asks: such flags make a configuration', async () => {
    const argv = [
      '--initial-cluster=a=http://h:1,b=http://h:2',
      '--initial-cluster-state=existing',
    ];
    assert.equal((await load({ argv })).config.initialClusterState, 'existing');
  });
});

describe('initial-cluster: --discovery-srv', () => {
  const ARGV = [
    '--name=n',
    '--discovery-srv=example.com',
    '--initial-advertise-peer-urls=http://a.example.com:2380',
  ];
  const hosts = {
    'a.example.com': '10.0.0.1',
    'b.example.com': '10.0.0.2',
    'c.example.com': '10.0.0.3',
  };
  const records = ['b', 'a', 'c'].map((host) => ({ target: `${host}.example.com.`, port: 2380 }));

  it('records -> this member by its address, the others numbered', async () => {
    const services = { 'etcd-server.example.com': records };
    assert.deepEqual((await clusterOf({ hosts, services }, ...ARGV)).all, [
      '0=http://b.example.com:2380',
      '1=http://c.example.com:2380',
      'n=http://a.example.com:2380',
    ]);
  });

  it('--discovery-srv-name, https', async () => {
    const services = { 'etcd-server-ssl-x.example.com': records };
    const argv = [
      '--name=n',
      '--discovery-srv=example.com',
      '--discovery-srv-name=x',
      '--initial-advertise-peer-urls=https://a.example.com:2380',
    ];
    const { own } = await clusterOf({ hosts, services }, ...argv);
    assert.deepEqual(own, ['https://a.example.com:2380']);
  });

  const bad: readonly (readonly [string, KnownNames, string])[] = [
    [
      'no records',
      { hosts },
      'error querying DNS SRV records for _etcd-server-ssl ' +
        'lookup _etcd-server-ssl._tcp.example.com: no such host\n' +
        'error querying DNS SRV records for _etcd-server ' +
        'lookup _etcd-server._tcp.example.com: no such host',
    ],
    [
      'this member is not among them',
      { hosts, services: { 'etcd-server.example.com': records.slice(0, 1) } },
      'cannot find local etcd member "n" in SRV records',
    ],
    [
      'another scheme',
      { hosts, services: { 'etcd-server-ssl.example.com': records.slice(1, 2) } },
      'error querying DNS SRV records for _etcd-server-ssl bootstrap at ' +
        'https://a.example.com:2380 from DNS for etcd-server-ssl has scheme mismatch with ' +
        'expected peer http://a.example.com:2380\n' +
        'error querying DNS SRV records for _etcd-server ' +
        'lookup _etcd-server._tcp.example.com: no such host',
    ],
  ];
  for (const [name, known, reason] of bad) {
    it(`${name} -> etcd's words`, () =>
      assert.rejects(clusterOf(known, ...ARGV), {
        code: 'CONFIG_INVALID',
        message: `error setting up initial cluster: ${reason}`,
      }));
  }
});
