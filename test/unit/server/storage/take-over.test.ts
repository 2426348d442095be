import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latin1 } from '../../../../src/base/bytes.ts';
import { Bucket } from '../../../../src/base/ports/backend.ts';
import { utf8Bytes } from '../../../../src/base/utf8.ts';
import { EntryType, Snapshot } from '../../../../src/pb/index.ts';
import { type OpenedStorage, openStorage } from '../../../../src/server/storage/open-storage.ts';
import { createWal, encodeBatch, openWal, SnapshotFiles } from '../../../../src/wal/index.ts';
import { WalWriter } from '../../../../src/wal/wal-writer.ts';
import { SimDisks } from '../../../sim/sim-disks.ts';
import { FOUNDER, SimMember } from '../../../sim/sim-member.ts';
import type { Content } from '../../../support/bbolt/bbolt-files.ts';
import { streamed } from '../../../support/bbolt/bbolt-files.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';
import {
  asOf34,
  DATABASE,
  type EtcdLeft,
  etcdLeft,
  hashKv,
  imageOf,
  KV,
  SNAP,
  takenOver,
  WAL,
  writeFile,
  writeSome,
} from '../../../support/server/etcd-left.ts';
import { written } from '../../../support/server/requests.ts';

/** Never a snapshot: the log tells everything. */
const NO_SNAPSHOTS = {
  snapshots: {
    entries: 10_000,
    catchUpEntries: 10,
    logBytesMax: 1 << 30,
    segmentsMax: 9,
    snapshotsMax: 9,
  },
};

const SEGMENT_BYTES = 8192;
const logger = new RecordingLogger();

const refusal = (message: RegExp) => ({ code: 'SERVER_START_REFUSED', message });

async function assertRefused({ disks }: EtcdLeft, message: RegExp): Promise<void> {
  const before = foreignFiles(disks);
  await assert.rejects(new SimMember(2, {}, disks).start(), refusal(message));
  assert.deepEqual(foreignFiles(disks), before, 'nothing of it has changed');
}

/** Everything that is not ours. */
function foreignFiles({ files }: EtcdLeft['disks']): readonly (readonly [string, Uint8Array])[] {
  return [SNAP, WAL].flatMap((folder) =>
    files.list(folder).map((name) => [name, files.readFile(`${folder}/${name}`)] as const),
  );
}

const withMember =
  (rows: Readonly<Record<string, string>>) =>
  (content: Content): Content => ({ ...asOf34(content), members: rows });

describe("take over: a real etcd's data directory", () => {
  it('STORAGE-I10: database behind the log -> its rows and the log are the state, then it is removed', async () => {
    const left = await etcdLeft();
    const sim = await takenOver(left);
    assert.deepEqual(sim.disks.files.list(KV), ['2', 'current']);
    assert.deepEqual(
      sim.disks.files.list(SNAP).filter((name) => name.endsWith('db')),
      [],
    );
    await sim.stop();
    const again = new SimMember(3, {}, sim.disks);
    await again.start();
    assert.equal(await hashKv(again), left.hash);
    await again.stop();
  });

  for (const [what, member] of [
    ['a .snap', {}],
    ['the log alone', NO_SNAPSHOTS],
  ] as const) {
    it(`STORAGE-I11: no voters in the database, as in 3.4; ${what} -> who votes is in the log`, async () => {
      const sim = await takenOver(await etcdLeft({ member, database: asOf34 }));
      assert.deepEqual(
        sim.member.cluster.members.map(({ id }) => id),
        [FOUNDER.id],
      );
      assert.equal(sim.member.cluster.version, '3.6.0');
      await sim.stop();
    });
  }

  it('STORAGE-I11: rows of members beyond the keys, as in 3.4, or missing -> those of the log', async () => {
    for (const rows of [{}, { '5': '{"id":5,"peerURLs":["http://other:1"]}' }]) {
      const sim = await takenOver(await etcdLeft({ database: withMember(rows) }));
      assert.deepEqual(
        sim.member.cluster.members.map(({ id, name }) => [id, name]),
        [[FOUNDER.id, 'default']],
      );
      await sim.stop();
    }
  });

  it('STORAGE-I12: our state is as new -> it goes on, and the database is removed', async () => {
    const left = await etcdLeft();
    const database = left.disks.files.readFile(DATABASE);
    const sim = await takenOver(left);
    await written(sim, 'later', 'v');
    const hash = await hashKv(sim);
    await sim.stop();
    writeFile(sim.disks, DATABASE, database);
    const again = await takenOver({ ...left, disks: sim.disks, hash, revision: left.revision + 1 });
    assert.deepEqual(again.disks.files.list(KV), ['2', 'current']);
    await again.stop();
  });

  it('STORAGE-I12: the database is newer than our state -> it is the state', async () => {
    const sim = new SimMember(1, NO_SNAPSHOTS);
    await sim.start();
    await writeSome(sim, 10);
    await sim.stop();
    const behind = sim.disks.afterProcessDeath();
    const ahead = new SimMember(2, NO_SNAPSHOTS, sim.disks);
    await ahead.start();
    await writeSome(ahead, 10);
    const { bytes, index } = await imageOf(ahead);
    const [hash, revision] = [await hashKv(ahead), ahead.member.store.currentRevision];
    ahead.crash('kill');
    // The log of the later life, the state of the first one, and a database of the later one.
    for (const name of ahead.disks.files.list(WAL)) {
      writeFile(behind, `${WAL}/${name}`, ahead.disks.files.readFile(`${WAL}/${name}`));
    }
    writeFile(behind, DATABASE, bytes);
    await (await takenOver({ disks: behind, hash, revision, index })).stop();
  });

  it('STORAGE-I12: a database with nothing in it, ours ahead -> ours goes on', async () => {
    const left = await etcdLeft();
    const sim = await takenOver(left);
    await sim.stop();
    for (const bytes of [new Uint8Array(0), streamed({ meta: {} })]) {
      writeFile(sim.disks, DATABASE, bytes);
      await (await takenOver({ ...left, disks: sim.disks })).stop();
    }
  });

  it('a database with nothing in it, and a log -> the log is replayed', async () => {
    for (const bytes of [new Uint8Array(0), streamed({}), streamed({ meta: {}, members: {} })]) {
      const left = await etcdLeft({ member: NO_SNAPSHOTS });
      writeFile(left.disks, DATABASE, bytes);
      await (await takenOver(left)).stop();
    }
  });

  it('a database with nothing in it, no log -> a new member', async () => {
    const sim = new SimMember(1);
    sim.files.makeDirectory(SNAP);
    writeFile(sim.disks, DATABASE, streamed({ meta: {} }));
    await sim.start();
    assert.equal(await written(sim, 'a', 'v'), 2);
    await sim.until(() => sim.files.stat(DATABASE) === undefined);
    await sim.stop();
  });

  it('STORAGE-I3: a database with state, no log -> refused', async () => {
    const left = await etcdLeft();
    left.disks.files.removeTree(WAL);
    await assert.rejects(
      new SimMember(2, {}, left.disks).start(),
      refusal(/snap\/db has state, but there is no log in/),
    );
  });

  it('STORAGE-I3: the database is ahead of the log -> refused', async () => {
    const left = await etcdLeft({
      database: (content) => ({
        ...content,
        meta: { ...content['meta'], consistent_index: '\0\0\0\0\0\0\xff\xff' },
      }),
    });
    await assertRefused(left, /holds entry 65535, but the log ends at entry \d+/);
  });

  it('the .snap is newer than the database -> the image that came with it is the state, as in etcd', async () => {
    const { left, image } = await behindSnapshot();
    writeFile(left.disks, image.path, image.bytes);
    const sim = await takenOver(left);
    assert.deepEqual(
      sim.disks.files.list(SNAP).filter((name) => name.endsWith('db')),
      [],
    );
    await sim.stop();
  });

  it('the .snap is newer than the database, no image -> refused', async () => {
    const { left } = await behindSnapshot();
    await assertRefused(left, /failed to find database snapshot file/);
  });

  it('the .snap is newer than the database and than the image -> refused', async () => {
    const { left, image } = await behindSnapshot();
    writeFile(left.disks, image.path, left.disks.files.readFile(DATABASE));
    await assertRefused(left, /does not match with snapshot \(index \d+\)/);
  });

  it('STORAGE-I13: data of clients in the v2 store -> refused in the words of 3.6', async () => {
    const left = await etcdLeft();
    withV2Store(left, (children) => {
      const foo = { Path: '/1/foo', Value: 'bar', Children: {} };
      Object.assign(children, { 1: { Value: '', Children: { foo } } });
    });
    await assertRefused(
      left,
      /^detected disallowed custom content in v2store for stage --v2-deprecation=write-only$/,
    );
  });

  it('the log does not tell the version, as behind a restored snapshot -> as stored, unless too low', async () => {
    for (const [version, kept] of [
      ['3.5.0', '3.5.0'],
      ['3.4.0', undefined],
    ] as const) {
      const left = await etcdLeft({
        database: (content) => ({ ...content, cluster: { clusterVersion: version } }),
      });
      withV2Store(left, (children) => {
        delete children['0']?.Children['version'];
      });
      const { backend } = await new SimMember(2, {}, left.disks).open();
      const row = backend.getSync(Bucket.cluster, utf8Bytes('clusterVersion'));
      assert.equal(row === undefined ? undefined : latin1(row), kept);
      await backend.close();
    }
  });

  it('several members below 3.5 -> refused; undecided, or of 3.5 -> not', async () => {
    for (const version of ['3.4.0', '3.0.0', '3.5.0']) {
      const left = await etcdLeft({ writes: 32, unflushed: 0, database: asOf34 });
      withV2Store(left, (children) => {
        const { members, ...rest } = children['0']?.Children ?? assert.fail('it has members');
        const own = members?.Children[FOUNDER.id.toString(16)] ?? assert.fail('it is one');
        const raft = { Value: '{"peerURLs":["http://b:2380"]}', Children: {} };
        const other = { Value: '', Children: { raftAttributes: raft } };
        const both = { Value: '', Children: { [FOUNDER.id.toString(16)]: own, b: other } };
        const said = { Value: version, Children: {} };
        Object.assign(children, {
          0: { Value: '', Children: { ...rest, members: both, version: said } },
        });
      });
      if (version === '3.4.0') {
        const text =
          /^the cluster has 2 members and is at 3\.4\.0: upgrade all of them to etcd 3\.5 first$/;
        await assertRefused(left, text);
      } else await (await new SimMember(2, {}, left.disks).open()).backend.close();
    }
  });

  it('a newer schema than ours -> refused as in 3.6', async () => {
    const left = await etcdLeft({
      database: (content) => ({
        ...content,
        meta: { ...content['meta'], storageVersion: '3.7.0' },
      }),
    });
    await assertRefused(left, /version "3\.7\.0" is not supported/);
  });

  it('its files are locked -> refused before anything is made', async () => {
    const { disks } = await etcdLeft();
    const before = disks.files.list('/data/member');
    const { files } = disks;
    const asked: string[] = [];
    await assert.rejects(
      openStorage(
        { dataDir: '/data', walDir: undefined, identity: () => assert.fail('it has a log') },
        {
          files,
          logger,
          openBackend: () => assert.fail('not opened'),
          stageBackend: () => assert.fail('not staged'),
          yieldTurn: () => Promise.resolve(),
          locks: {
            lockedByOthers: (paths) => {
              asked.push(...paths);
              return paths.slice(-1);
            },
          },
        },
      ),
      refusal(/\.wal is in use by another process: does etcd run\?$/),
    );
    assert.equal(asked[0], DATABASE);
    assert.deepEqual(files.list('/data/member'), before);
  });

  it('a torn last write -> cut off, what was before it is there', async () => {
    const left = await etcdLeft();
    const { files } = left.disks;
    const { position } = await opened(left);
    const writer = new WalWriter({ files, logger, segmentBytes: SEGMENT_BYTES }, position);
    const index = position.lastIndex + 1;
    const { term } = position.hardState;
    const data = new Uint8Array(2000).fill(1);
    writer.append([encodeBatch([{ type: EntryType.EntryNormal, term, index, data }])]);
    writer.close();
    const name = files.list(WAL).findLast((each) => each.endsWith('.wal')) ?? '';
    const file = files.open(`${WAL}/${name}`, 'write');
    file.write(new Uint8Array(512), position.offset + 1024 - (position.offset % 512));
    await (await takenOver(left)).stop();
    assert.ok(files.list(WAL).includes(`${name}.broken`));
  });

  it('commit in the hard state behind the database -> nothing is lost', async () => {
    const left = await etcdLeft({ unflushed: 0, member: NO_SNAPSHOTS });
    const { files } = left.disks;
    const { hardState, entries, position } = await opened(left);
    // The same log, written anew without its last commit index.
    files.removeTree(WAL);
    const where = { files, logger, directory: WAL, segmentBytes: SEGMENT_BYTES };
    createWal({ ...where, metadata: position.metadata });
    const anew = openWal({ ...where, start: { index: 0, term: 0 } });
    const writer = new WalWriter(where, anew.position);
    writer.append([encodeBatch(entries, { ...hardState, commit: 3 })]);
    writer.close();
    assert.ok(left.index > 3);
    await (await takenOver(left)).stop();
  });
});

/** What a start finds, on disks of its own. */
async function opened({ disks }: EtcdLeft): Promise<OpenedStorage> {
  const found = await new SimMember(7, {}, disks.afterProcessDeath()).open();
  await found.backend.close();
  return found;
}

/** A database that ends before the newest .snap, and the image that came with that. */
async function behindSnapshot(): Promise<{
  left: EtcdLeft;
  image: { path: string; bytes: Uint8Array };
}> {
  const sim = new SimMember(1);
  await sim.start();
  const images = new Map<number, Uint8Array>();
  const first = await imageOf(sim);
  for (let n = 0; n < 50; n++) {
    await writeSome(sim, 1);
    const { bytes, index } = await imageOf(sim);
    images.set(index, bytes);
  }
  const [hash, revision] = [await hashKv(sim), sim.member.store.currentRevision];
  sim.crash('kill');
  const { files } = sim.disks;
  files.removeTree(KV);
  writeFile(sim.disks, DATABASE, first.bytes);
  const left = { disks: new SimDisks(files), hash, revision, index: 0 };
  const { start } = newestStart(left.disks);
  const bytes = images.get(start.index);
  assert.ok(bytes !== undefined, `an image of entry ${start.index}`);
  const path = `${SNAP}/${start.index.toString(16).padStart(16, '0')}.snap.db`;
  return { left, image: { path, bytes } };
}

/** The newest snapshot, from which the log is read. */
function newestStart({ files }: SimDisks): {
  start: { index: number; term: number };
  path: string;
} {
  const name =
    files
      .list(SNAP)
      .filter((each) => each.endsWith('.snap'))
      .at(-1) ?? '';
  const [term, index] = name.split(/[-.]/).map((part) => Number.parseInt(part, 16));
  assert.ok(term !== undefined && index !== undefined, 'there is a snapshot');
  return { start: { index, term }, path: `${SNAP}/${name}` };
}

interface V2Node {
  Children: Record<string, V2Node>;
}

/** Changes the v2 store of the newest snapshot. */
function withV2Store(
  { disks }: EtcdLeft,
  change: (children: Record<string, V2Node>) => void,
): void {
  const { files } = disks;
  const { path, start } = newestStart(disks);
  const snapshots = new SnapshotFiles({ files, logger, directory: SNAP });
  const snapshot = snapshots.loadNewest([start]);
  assert.ok(snapshot?.data !== undefined, path);
  const store = JSON.parse(new TextDecoder().decode(snapshot.data)) as { Root: V2Node };
  change(store.Root.Children);
  const data = new TextEncoder().encode(JSON.stringify(store));
  snapshots.save(Snapshot.create({ ...snapshot, data }));
}
