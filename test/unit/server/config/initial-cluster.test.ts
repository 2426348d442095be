import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { initialClusterOf } from '../../../../src/server/config/initial-cluster.ts';
import { urlTexts } from '../../../../src/server/config/member-url.ts';
import { load } from '../../../support/config-sources.ts';

async function ownUrls(...argv: string[]): Promise<string[]> {
  const { config } = await load({ argv });
  const { name, peerUrls } = initialClusterOf(config);
  assert.equal(name, config.name);
  return urlTexts(peerUrls);
}

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

  // As etcd 3.5.30 logs them, without the resolved addresses that it adds in brackets.
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
        '--initial-advertise-peer-urls=http://localhost:3380',
    ],
    [
      ['--initial-cluster=default=http://localhost:2380,default=http://localhost:3380'],
      '--initial-cluster has default=http://localhost:3380 but missing from ' +
        '--initial-advertise-peer-urls=http://localhost:2380',
    ],
    [
      ['--initial-advertise-peer-urls=http://localhost:2380,http://localhost:3380'],
      '--initial-advertise-peer-urls has http://localhost:3380 but missing from ' +
        '--initial-cluster=default=http://localhost:2380',
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

  it('CFG-I3: several members are refused', async () => {
    const cluster = 'default=http://localhost:2380,b=http://10.0.0.2:2380';
    await assert.rejects(ownUrls('--initial-cluster', cluster), {
      code: 'CONFIG_REFUSED',
      message: '--initial-cluster names 2 members, of which one is built yet',
    });
  });

  it('CFG-I3: joining a cluster is refused', async () => {
    await assert.rejects(ownUrls('--initial-cluster-state=existing'), { code: 'CONFIG_REFUSED' });
  });

  it('a member with data never asks: such flags make a configuration', async () => {
    const argv = [
      '--initial-cluster=a=http://h:1,b=http://h:2',
      '--initial-cluster-state=existing',
    ];
    assert.equal((await load({ argv })).config.initialClusterState, 'existing');
  });
});
