/** A data directory that a real etcd 3.4.23 left at kill -9. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { latin1 } from '../../../../src/base/bytes.ts';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import { allRows } from '../../../../src/server/membership/stored-membership.ts';
import { SimDisks } from '../../../sim/sim-disks.ts';
import { takenOver, writeFile } from '../../../support/server/etcd-left.ts';

const GOLDEN = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../../../test/golden/etcd-3.4.23/member',
);
const MEMBER = 0x212f24a5e8e3415en;
const LEASES = [0x415ea1fa0c62c015n, 0x415ea1fa0c62c017n];

function goldenDisks(): SimDisks {
  const disks = new SimDisks();
  for (const folder of ['snap', 'wal']) {
    disks.files.makeDirectory(`/data/member/${folder}`);
    for (const name of readdirSync(join(GOLDEN, folder))) {
      const bytes = new Uint8Array(gunzipSync(readFileSync(join(GOLDEN, folder, name))));
      writeFile(disks, `/data/member/${folder}/${name.replace(/\.gz$/, '')}`, bytes);
    }
  }
  for (const folder of ['/data/member', '/data', '/']) disks.files.syncDirectory(folder);
  return disks;
}

test('STORAGE-I11: the sole member of 3.4 -> all that it had, and it is of 3.6 now', async () => {
  const left = { disks: goldenDisks(), hash: 3_799_952_904, revision: 27, index: 33 };
  const sim = await takenOver(left);
  const { cluster, store, lessor } = sim.member;
  assert.deepEqual([cluster.id, cluster.localId], [0x546e2fc93c0b7f7fn, MEMBER]);
  const { clientURLs, ...member } = cluster.members[0] ?? assert.fail('it is a member');
  const peerURLs = ['http://127.0.0.1:33501'];
  assert.deepEqual(member, { id: MEMBER, peerURLs, isLearner: false, name: 'default' });
  assert.equal(clientURLs.length, 1);
  assert.deepEqual([cluster.version, cluster.storageVersion], ['3.6.0', '3.6.0']);
  assert.equal(store.compactRevision, 9);
  assert.deepEqual(new Set(lessor.list()), new Set(LEASES));
  assert.deepEqual(
    LEASES.map((lease) => lessor.keys(lease).map(latin1)),
    [[], ['leased']],
  );
  const users = await allRows(sim.backend, Bucket.authUsers);
  assert.deepEqual(
    users.map(({ key }) => latin1(key)),
    ['alice'],
  );
  const roles = await allRows(sim.backend, Bucket.authRoles);
  assert.deepEqual(
    roles.map(({ key }) => latin1(key)),
    ['reader'],
  );
  await sim.stop();
});
