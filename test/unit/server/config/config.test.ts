import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { urlTexts } from '../../../../src/server/config/member-url.ts';
import { load, loadYaml } from '../../../support/config-sources.ts';

const CLIENT_URL = { scheme: 'http', host: 'localhost', port: 2379, text: 'http://localhost:2379' };
const PEER_URL = { scheme: 'http', host: 'localhost', port: 2380, text: 'http://localhost:2380' };

describe('config', () => {
  it('CFG-I5: nothing given -> the defaults of 3.6, zeros resolved', async () => {
    const { config, notices } = await load({});
    assert.deepEqual(config, {
      name: 'default',
      dataDir: 'default.etcd',
      walDir: '',
      listenClientUrls: [CLIENT_URL],
      listenClientHttpUrls: [],
      listenPeerUrls: [PEER_URL],
      advertiseClientUrls: [CLIENT_URL],
      initialAdvertisePeerUrls: [PEER_URL],
      clientTls: undefined,
      peerTls: {
        accepting: undefined,
        dialling: {
          trustedCaFile: '',
          allowedCommonNames: [],
          allowedHostnames: [],
          cipherSuites: [],
          minVersion: 'TLSv1.2',
          maxVersion: 'TLSv1.3',
          shown: undefined,
          verifiesServer: true,
          serverName: '',
        },
      },
      initialCluster: 'default=http://localhost:2380',
      initialClusterState: 'new',
      initialClusterToken: 'etcd-cluster',
      discoverySrv: '',
      discoverySrvName: '',
      forceNewCluster: false,
      heartbeatIntervalMs: 100,
      electionTimeoutMs: 1_000,
      electionTicks: 10,
      initialElectionTickAdvance: true,
      preVote: true,
      strictReconfigCheck: true,
      learnersMax: 1,
      downgradeCheckIntervalMs: 5000,
      corruptCheckIntervalMs: 0,
      compactHashCheckIntervalMs: 0,
      initialCorruptCheck: false,
      warningApplyDurationMs: 100,
      hasExtensiveMetrics: false,
      snapshotCount: 10_000,
      snapshotCatchUpEntries: 5_000,
      walFilesMax: 5,
      snapshotFilesMax: 5,
      backendBatchIntervalMs: 100,
      backendBatchOperationsMax: 10_000,
      unsafeNoFsync: false,
      quotaBackendBytes: 2_147_483_648,
      compactionRetention: undefined,
      compactionBatchLimit: 1_000,
      compactionSleepIntervalMs: 10,
      txnOperationsMax: 128,
      requestBytesMax: 1_572_864,
      concurrentStreamsMax: 4_294_967_295,
      bcryptCost: 10,
      authTokenTtlMs: 300_000,
      keepAliveMinTimeMs: 5_000,
      keepAliveIntervalMs: 7_200_000,
      keepAliveTimeoutMs: 20_000,
      watchProgressNotifyIntervalMs: 600_000,
      logLevel: 'info',
      logFormat: 'json',
      logOutputs: ['stderr'],
      flagsSet: [],
    });
    assert.deepEqual(
      notices.map(({ message }) => message),
      [
        '--name is not set: members that share the default name are taken for one another',
        "'data-dir' was empty; using default",
      ],
    );
  });

  it('a name alone -> data directory and initial cluster by that name', async () => {
    const { config } = await load({ argv: ['--name', 'm1'] });
    assert.equal(config.dataDir, 'm1.etcd');
    assert.equal(config.initialCluster, 'm1=http://localhost:2380');
  });

  it('a name and several peer URLs -> all of them in the initial cluster', async () => {
    const urls = 'http://10.0.0.1:2380,http://10.0.0.1:3380';
    const { config } = await load({ argv: ['--name=m', '--initial-advertise-peer-urls', urls] });
    assert.equal(config.initialCluster, 'm=http://10.0.0.1:2380,m=http://10.0.0.1:3380');
  });

  it('an initial cluster that is given stays', async () => {
    const { config } = await load({ argv: ['--name=m', '--initial-cluster=m=http://h:1'] });
    assert.equal(config.initialCluster, 'm=http://h:1');
  });

  it('settings beyond their bounds are adjusted', async () => {
    const { config } = await load({
      argv: ['--watch-progress-notify-interval=1ms', '--election-timeout=999'],
    });
    assert.equal(config.watchProgressNotifyIntervalMs, 100);
    assert.equal(config.electionTicks, 9);
  });

  it('requests beyond 10 MiB -> a warning', async () => {
    const { notices } = await load({ argv: ['--max-request-bytes=20000000'] });
    assert.ok(notices.some(({ message }) => message === 'exceeded recommended request limit'));
  });

  it('corruption checks -> by the names of 3.6, and by those of 3.5', async () => {
    const each = [
      '--corrupt-check-time=3s --compact-hash-check-time=5s --feature-gates=CompactHashCheck=true,InitialCorruptCheck=true',
      '--experimental-corrupt-check-time=3s --experimental-compact-hash-check-time=5s --experimental-compact-hash-check-enabled --experimental-initial-corrupt-check=true',
    ];
    for (const line of each) {
      const { config } = await load({ argv: line.split(' ') });
      assert.equal(config.corruptCheckIntervalMs, 3000);
      assert.equal(config.compactHashCheckIntervalMs, 5000);
      assert.equal(config.initialCorruptCheck, true);
    }
    const { config } = await load({ argv: ['--compact-hash-check-time=5s'] });
    assert.equal(config.compactHashCheckIntervalMs, 0, 'its gate is closed');
  });

  it('--unsafe-no-fsync -> set, and a warning', async () => {
    const { config, notices } = await load({ argv: ['--unsafe-no-fsync'] });
    assert.equal(config.unsafeNoFsync, true);
    const warnings = notices.filter(({ message }) => message.startsWith('--unsafe-no-fsync'));
    assert.deepEqual(
      warnings.map(({ level }) => level),
      ['warn'],
    );
    assert.equal((await load({ argv: [] })).config.unsafeNoFsync, false);
  });

  it('the null device swallows all log outputs; equal ones are one', async () => {
    assert.deepEqual((await load({ argv: ['--log-outputs=a,/dev/null'] })).config.logOutputs, []);
    assert.deepEqual((await load({ argv: ['--log-outputs=a,a'] })).config.logOutputs, ['a']);
    assert.deepEqual((await loadYaml('log-outputs: []\n')).config.logOutputs, ['stderr']);
  });

  it('the journal is refused', async () => {
    await assert.rejects(load({ argv: ['--log-outputs=systemd/journal'] }), {
      code: 'CONFIG_REFUSED',
    });
  });
});

describe('config: the default host', () => {
  const defaultHost = '192.0.2.2';

  it('a member on 0.0.0.0 advertises it in place of localhost, and joins its cluster by it', async () => {
    const { config, notices } = await load({
      argv: ['--name=m', '--listen-peer-urls=http://0.0.0.0:12380'],
      defaultHost,
    });
    assert.deepEqual(urlTexts(config.initialAdvertisePeerUrls), ['http://192.0.2.2:12380']);
    assert.deepEqual(urlTexts(config.advertiseClientUrls), ['http://localhost:2379']);
    assert.equal(config.initialCluster, 'm=http://192.0.2.2:12380');
    assert.ok(notices.some(({ message }) => message === 'detected default host for advertise'));
  });

  it('client URLs that spell the default out are replaced as well', async () => {
    const listen = ['--listen-client-urls=http://0.0.0.0:2379'];
    const argv = [...listen, '--advertise-client-urls=http://localhost:2379'];
    const { config } = await load({ argv, defaultHost });
    assert.deepEqual(urlTexts(config.advertiseClientUrls), ['http://192.0.2.2:2379']);
  });

  for (const advertise of ['http://127.0.0.1:2379', 'http://10.0.0.1:2379']) {
    it(`${advertise} is advertised as given`, async () => {
      const listen = ['--listen-client-urls=http://0.0.0.0:2379'];
      const argv = [...listen, `--advertise-client-urls=${advertise}`];
      const { config } = await load({ argv, defaultHost });
      assert.deepEqual(urlTexts(config.advertiseClientUrls), [advertise]);
    });
  }

  it('a machine without a default route advertises localhost', async () => {
    const { config } = await load({ argv: ['--listen-peer-urls=http://0.0.0.0:2380'] });
    assert.deepEqual(urlTexts(config.initialAdvertisePeerUrls), ['http://localhost:2380']);
  });
});
