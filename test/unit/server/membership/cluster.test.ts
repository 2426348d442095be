import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latin1 } from '../../../../src/base/bytes.ts';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import type { BucketWriter } from '../../../../src/base/ports/bucket-writer.ts';
import { AlarmType } from '../../../../src/pb/index.ts';
import { Alarms } from '../../../../src/server/membership/alarms.ts';
import { Cluster } from '../../../../src/server/membership/cluster.ts';
import type { Member } from '../../../../src/server/membership/member.ts';
import { MemoryBackend, MemoryBackendDisk } from '../../../sim/memory-backend.ts';

const IDS = { cluster: 1n, local: 10n };

function member(id: bigint, fields: Partial<Member> = {}): Member {
  return { id, peerURLs: [`http://${id}`], isLearner: false, name: '', clientURLs: [], ...fields };
}

const NO_WRITER: BucketWriter = { put: () => undefined, remove: () => undefined };

describe('cluster', () => {
  it('MEMBERSHIP-I4: every change -> rows as etcd has them, from which a restart makes the same', async () => {
    const disk = new MemoryBackendDisk();
    const backend = await MemoryBackend.open(disk);
    const batch = backend.batch();
    const cluster = new Cluster(IDS, batch);
    cluster.add(member(0x1fn, { name: 'a' }));
    cluster.add(member(0x20n, { isLearner: true }));
    cluster.add(member(0x21n));
    cluster.promote(0x20n);
    cluster.updatePeerURLs(0x20n, ['http://new']);
    cluster.publish(0x1fn, { name: 'b', clientURLs: ['http://c'] });
    cluster.remove(0x21n);
    cluster.setVersion('3.6.0');
    cluster.setDowngrade('3.5.0');
    await batch.commit();

    assert.equal(
      text(backend.getSync(Bucket.members, Buffer.from('1f'))),
      '{"id":31,"peerURLs":["http://31"],"name":"b","clientURLs":["http://c"]}',
    );
    assert.equal(text(backend.getSync(Bucket.membersRemoved, Buffer.from('21'))), 'removed');
    assert.equal(backend.getSync(Bucket.members, Buffer.from('21')), undefined);
    assert.equal(text(backend.getSync(Bucket.cluster, Buffer.from('clusterVersion'))), '3.6.0');
    assert.equal(text(backend.getSync(Bucket.meta, Buffer.from('storageVersion'))), '3.6.0');

    const again = new Cluster(IDS, NO_WRITER);
    await again.restore(backend);
    assert.deepEqual(again.members, cluster.members);
    assert.deepEqual(again.removed, [0x21n]);
    assert.deepEqual([again.version, again.storageVersion], ['3.6.0', '3.6.0']);
    assert.equal(again.downgradeTarget, '3.5.0');
  });

  it('MEMBERSHIP-I8: the storage version follows the cluster version, named from 3.6 on', async () => {
    const steps: [version: string, storage: string | undefined, isNamed: boolean][] = [
      ['3.0.0', undefined, false],
      ['3.5.0', '3.5.0', false],
      ['3.6.0', '3.6.0', true],
      ['3.5.0', '3.5.0', false],
    ];
    const backend = await MemoryBackend.open();
    for (const [version, storage, isNamed] of steps) {
      const batch = backend.batch();
      const cluster = new Cluster(IDS, batch);
      cluster.setVersion(version);
      await batch.commit();
      const again = new Cluster(IDS, NO_WRITER);
      await again.restore(backend);
      for (const each of [cluster, again]) assert.equal(each.storageVersion, storage, version);
      const row = backend.getSync(Bucket.meta, Buffer.from('storageVersion'));
      assert.equal(row !== undefined, isNamed, version);
    }
  });

  it('MEMBERSHIP-I8: state whose maker had not migrated it yet -> migrated', async () => {
    const cases: [cluster: string, named: string | undefined, row: string | undefined][] = [
      ['3.6.0', undefined, '3.6.0'],
      ['3.5.0', '3.6.0', undefined],
      ['3.6.0', '3.6.0', '3.6.0'],
    ];
    for (const [version, named, row] of cases) {
      const backend = await MemoryBackend.open();
      const batch = backend.batch();
      batch.put(Bucket.cluster, Buffer.from('clusterVersion'), Buffer.from(version));
      if (named !== undefined) {
        batch.put(Bucket.meta, Buffer.from('storageVersion'), Buffer.from(named));
      }
      await batch.commit();
      const migration = backend.batch();
      const cluster = new Cluster(IDS, migration);
      await cluster.restore(backend);
      assert.equal(cluster.storageVersion, named ?? '3.5.0');
      cluster.migrateStorage();
      await migration.commit();
      assert.equal(cluster.storageVersion, version);
      const found = backend.getSync(Bucket.meta, Buffer.from('storageVersion'));
      assert.equal(found === undefined ? undefined : text(found), row);
    }
  });

  const BAD_ROWS: readonly (readonly [name: string, Bucket, key: string, value: string])[] = [
    ['a member under an id that is none', Bucket.members, 'x', '{"id":1}'],
    ["a member under another one's id", Bucket.members, '2', '{"id":1}'],
    ['a member that is none', Bucket.members, '1', '{"id":"one"}'],
    ['a removed member whose id is none', Bucket.membersRemoved, '0x', 'removed'],
  ];
  for (const [name, bucket, key, value] of BAD_ROWS) {
    it(`MEMBERSHIP-I4: ${name} -> MEMBERSHIP_BAD_JSON`, async () => {
      const backend = await MemoryBackend.open();
      const batch = backend.batch();
      batch.put(bucket, Buffer.from(key), Buffer.from(value));
      await batch.commit();
      await assert.rejects(new Cluster(IDS, NO_WRITER).restore(backend), {
        code: 'MEMBERSHIP_BAD_JSON',
      });
    });
  }

  it('MEMBERSHIP-I5: one learner too many -> refused', () => {
    const cluster = new Cluster({ ...IDS, learnersMax: 2 }, NO_WRITER);
    cluster.add(member(1n, { isLearner: true }));
    cluster.add(member(2n, { isLearner: true }));
    cluster.checkLearners();
    const third = member(3n, { isLearner: true });
    assert.throws(() => cluster.checkAdd(third), { code: 'MEMBERSHIP_TOO_MANY_LEARNERS' });
    cluster.add(member(4n));
    cluster.promote(1n);
    cluster.add(third);
  });

  it('MEMBERSHIP-I5: changes that contradict the members -> refused', () => {
    const cluster = new Cluster(IDS, NO_WRITER);
    cluster.add(member(1n));
    cluster.add(member(2n));
    cluster.remove(2n);
    const cases: [string, () => void][] = [
      ['MEMBERSHIP_ID_EXISTS', () => cluster.checkAdd(member(1n))],
      ['MEMBERSHIP_ID_REMOVED', () => cluster.checkAdd(member(2n))],
      [
        'MEMBERSHIP_PEER_URL_EXISTS',
        () => cluster.checkAdd(member(3n, { peerURLs: ['http://1'] })),
      ],
      ['MEMBERSHIP_NOT_LEARNER', () => cluster.checkPromote(1n)],
      ['MEMBERSHIP_ID_NOT_FOUND', () => cluster.checkPromote(3n)],
      ['MEMBERSHIP_ID_NOT_FOUND', () => cluster.checkExists(3n)],
      ['MEMBERSHIP_ID_REMOVED', () => cluster.checkUpdate(2n, [])],
    ];
    for (const [code, change] of cases) assert.throws(change, { code });
    cluster.checkUpdate(1n, ['http://1']);
    cluster.publish(2n, { name: 'late', clientURLs: [] });
    assert.equal(cluster.members.length, 1, 'what a removed member says of itself is ignored');
  });
});

describe('alarms', () => {
  it('MEMBERSHIP-I6: raised, listed, cleared, and the same after a restart', async () => {
    const backend = await MemoryBackend.open();
    const batch = backend.batch();
    const alarms = new Alarms(batch);
    alarms.activate(2n, AlarmType.CORRUPT);
    alarms.activate(2n, AlarmType.NOSPACE);
    alarms.activate(1n, AlarmType.NOSPACE);
    alarms.activate(1n, AlarmType.NOSPACE);
    assert.equal(batch.operations, 3, 'an alarm that is on is not written again');
    assert.equal(alarms.deactivate(3n, AlarmType.NOSPACE), undefined);
    assert.deepEqual(alarms.deactivate(2n, AlarmType.NOSPACE), { memberID: 2n, alarm: 1 });
    await batch.commit();
    const again = new Alarms(NO_WRITER);
    await again.restore(backend);
    for (const each of [alarms, again]) {
      assert.deepEqual(each.list(AlarmType.NONE), [
        { memberID: 1n, alarm: AlarmType.NOSPACE },
        { memberID: 2n, alarm: AlarmType.CORRUPT },
      ]);
      assert.equal(each.list(AlarmType.CORRUPT).length, 1);
      assert.equal(each.isActive(AlarmType.NOSPACE), true);
    }
  });
});

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : latin1(bytes);
}
