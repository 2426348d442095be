/**
 * `snapshot save` from our member by every real etcdctl at hand; real etcdutl reads, checks and
 * restores the file, and a real etcd that starts on it has the same state. And the reverse: what
 * real etcd has saved is taken in, and given out again as the same.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';
import {
  type CallOptions,
  type ClientReadableStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { growingFiles } from '../../src/server/io/growing-file.ts';
import { LevelBackend } from '../../src/server/io/level-backend.ts';
import { NodeFileSystem } from '../../src/server/io/node-file-system.ts';
import { openStateDir, stageState } from '../../src/server/io/state-dir.ts';
import { BackendImage } from '../../src/server/snapshot-image/backend-image.ts';
import { placeOf } from '../../src/server/snapshot-image/image-facts.ts';
import { ReceivedImages } from '../../src/server/snapshot-image/received-images.ts';
import { saveImage } from '../../src/server/snapshot-image/save-image.ts';
import { stageImage } from '../../src/server/snapshot-image/stage-image.ts';
import {
  call,
  decode,
  type Fields,
  type GrpcClient,
  grpcClient,
  KV,
} from '../support/grpc-client.ts';
import {
  etcdctls,
  freePort,
  liveSkipReason,
  MemberProcess,
  realTool,
  run,
  temporaryFolder,
} from '../support/processes.ts';

const API = '/etcdserverpb.';
const bytes = (text: string): Uint8Array => Buffer.from(text);

/** History, deletes, compacted revisions, empty, binary and large values, leases. */
async function fill(client: GrpcClient): Promise<void> {
  for (let n = 0; n < 3000; n += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        KV.put(client, bytes(`k${(n + i) % 700}`), Buffer.alloc(i * 7, n)),
      ),
    );
  }
  await KV.put(client, Buffer.from([0, 255, 0, 128]), Buffer.from([0, 255]));
  for (let n = 0; n < 3; n++) await KV.put(client, bytes(`large${n}`), Buffer.alloc(1_400_000, n));
  await call(client, `${API}KV/DeleteRange`, { key: bytes('k1'), rangeEnd: bytes('k3') });
  const revision = await KV.revision(client);
  await call(client, `${API}KV/Compact`, { revision: String(revision - 1000), physical: true });
  await call(client, `${API}Lease/LeaseGrant`, { ID: '77', TTL: '3600' });
  await call(client, `${API}KV/Put`, { key: bytes('leased'), value: bytes('v'), lease: '77' });
}

/** What must not change: hash and revision of the keys, leases, what they hold. */
async function state(member: MemberProcess): Promise<Fields> {
  const client = grpcClient(member.endpoint);
  try {
    const { hash, compactRevision } = await call(client, `${API}Maintenance/HashKV`, {});
    const { leases } = await call(client, `${API}Lease/LeaseLeases`, {});
    const request = { ID: '77', keys: true };
    const { grantedTTL, keys } = await call(client, `${API}Lease/LeaseTimeToLive`, request);
    const revision = await KV.revision(client);
    return { hash, compactRevision, leases, grantedTTL, keys, revision };
  } finally {
    client.close();
  }
}

async function must(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args);
  assert.equal(code, 0, stderr);
  return stdout;
}

const yieldTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const DIGEST_BYTES = 32;

/** Takes in the snapshot file `from` as a member does that gets it from another, and gives it out. */
async function inAndOut(from: string, to: string, folder: string): Promise<void> {
  const files = new NodeFileSystem();
  const [snap, kv] = [join(folder, 'snap'), join(folder, 'kv')];
  mkdirSync(snap, { recursive: true });
  const received = new ReceivedImages(snap, files);
  const saved = received.openFile(from);
  const place = placeOf(saved.facts);
  saved.close();
  const body: AsyncIterable<Buffer> = createReadStream(from, {
    end: statSync(from).size - DIGEST_BYTES - 1,
  });
  await saveImage(place, body, { received, createFile: growingFiles(), yieldTurn });
  const current = await openStateDir(kv, files, LevelBackend.open);
  const stage = () => stageState(kv, files, LevelBackend.open);
  const staged = await stageImage(place, { received, stage, yieldTurn });
  staged.adopt();
  await current.close();
  await staged.removeFormer(yieldTurn);
  await staged.backend.close();
  const backend = await openStateDir(kv, files, LevelBackend.open);
  const image = await BackendImage.open({ backend, yieldTurn });
  await pipeline(Readable.from(image.chunks()), createWriteStream(to));
  await image.close();
  await backend.close();
}

interface Streamed {
  readonly blobs: Buffer[];
  readonly remaining: number[];
  readonly versions: Set<unknown>;
  readonly digest: Buffer;
}

/** Opens the stream; to be read with {@link received}, or cancelled. */
function snapshotStream(
  client: GrpcClient,
  options: CallOptions = {},
): ClientReadableStream<Buffer> {
  const same = (message: Buffer): Buffer => message;
  const empty = Buffer.alloc(0);
  return client.makeServerStreamRequest(`${API}Maintenance/Snapshot`, same, same, empty, options);
}

/** All messages, of which the last one is the digest. `onMessage` may hold the reading up. */
async function received(
  stream: ClientReadableStream<Buffer>,
  onMessage?: (count: number) => Promise<void>,
): Promise<Streamed> {
  const messages: Fields[] = [];
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    messages.push(decode('etcdserverpb.SnapshotResponse', bytes));
    await onMessage?.(messages.length);
  }
  assert.ok(messages.every(({ header }) => header === null));
  const blobs = messages.map(({ blob }) => blob as Buffer);
  const remaining = messages.map(({ remainingBytes }) => Number(remainingBytes));
  const versions = new Set(messages.map(({ version }) => version));
  const digest = blobs.pop() ?? assert.fail();
  assert.equal(remaining.pop(), 0);
  return { blobs, remaining, versions, digest };
}

/** As section by section etcd's own stream is: chunks, what remains, the digest of it all. */
function assertFraming({ blobs, remaining, digest }: Streamed): void {
  const file = Buffer.concat(blobs);
  let left = file.length;
  for (const [at, blob] of blobs.entries()) {
    assert.equal(blob.length, Math.min(32 * 1024, left));
    left -= blob.length;
    assert.equal(remaining[at], left);
  }
  assert.equal(left, 0);
  assert.deepEqual(digest, createHash('sha256').update(file).digest());
}

async function openTransactions({ endpoint }: MemberProcess): Promise<number> {
  const page = await (await fetch(`http://${endpoint}/metrics`)).text();
  return Number(/^etcd_mvcc_db_open_read_transactions (\d+)$/m.exec(page)?.[1]);
}

const SKIP = liveSkipReason('etcd', 'etcdctl', 'etcdutl');

describe('snapshot save, read by real etcd', { skip: SKIP }, () => {
  const folder = temporaryFolder();
  const etcdutl = realTool('etcdutl') ?? 'etcdutl';
  let member: MemberProcess;
  let client: GrpcClient;

  const save = async (path: string, etcdctl = etcdctls()[0] ?? 'etcdctl'): Promise<void> => {
    await must(etcdctl, `--endpoints=${member.endpoint}`, 'snapshot', 'save', path);
  };
  const status = async (path: string): Promise<Fields> =>
    JSON.parse(await must(etcdutl, 'snapshot', 'status', path, '-w', 'json')) as Fields;

  before(async () => {
    member = await MemberProcess.start({ kind: 'etcd-ts' });
    client = grpcClient(member.endpoint);
    await fill(client);
  });

  after(async () => {
    client.close();
    await member.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [at, etcdctl] of etcdctls().entries()) {
    it(`etcdctl ${at} saves it, and etcdutl finds revision and hash in order`, async () => {
      const path = join(folder, `${at}.db`);
      await save(path, etcdctl);
      const found = await status(path);
      assert.equal(found['revision'], await KV.revision(client), basename(etcdctl));
      await save(`${path}.again`, etcdctl);
      assert.deepEqual(await status(`${path}.again`), found);
    });
  }

  it('restored, a real etcd has the same keys, revisions and leases', async () => {
    const path = join(folder, 'restore.db');
    await save(path);
    const expected = await state(member);
    const restored = temporaryFolder();
    const peerPort = await freePort();
    const peer = `http://127.0.0.1:${peerPort}`;
    const flags = [`--initial-cluster=default=${peer}`, `--initial-advertise-peer-urls=${peer}`];
    await must(
      etcdutl,
      'snapshot',
      'restore',
      path,
      `--data-dir=${join(restored, 'data')}`,
      ...flags,
    );
    const real = await MemberProcess.start({ kind: 'etcd', folder: restored, peerPort });
    try {
      assert.deepEqual(await state(real), expected);
    } finally {
      await real.dispose();
    }
  });

  it('saved under writes -> the state of one moment, and the writes go on meanwhile', async () => {
    const path = join(folder, 'busy.db');
    const before = await KV.revision(client);
    let isSaving = true;
    let writes = 0;
    const writing = (async () => {
      for (; isSaving; writes++) await KV.put(client, bytes(`busy${writes % 50}`), bytes('x'));
    })();
    await save(path);
    isSaving = false;
    await writing;
    const revision = Number((await status(path))['revision']);
    assert.ok(revision >= before && revision <= before + writes, `${revision} of ${writes}`);
    assert.ok(writes > 0);
  });
});

describe('the snapshot stream', { skip: SKIP }, () => {
  let member: MemberProcess;
  let client: GrpcClient;

  before(async () => {
    member = await MemberProcess.start({ kind: 'etcd-ts' });
    client = grpcClient(member.endpoint);
    await fill(client);
  });

  after(async () => {
    client.close();
    await member.dispose();
  });

  it('chunks, bytes that remain, digest, no header -> as those of real etcd', async (t) => {
    const real = await MemberProcess.start({ kind: 'etcd' });
    t.after(() => real.dispose());
    const other = grpcClient(real.endpoint);
    t.after(() => other.close());
    await fill(other);
    assertFraming(await received(snapshotStream(other)));
    const ours = await received(snapshotStream(client));
    assertFraming(ours);
    assert.deepEqual(ours.versions, new Set(['3.6.0']));
  });

  it('several at a time, with nothing written -> all the same file', async () => {
    const streams = await Promise.all([1, 2, 3].map(() => received(snapshotStream(client))));
    for (const streamed of streams) assertFraming(streamed);
    assert.equal(new Set(streams.map(({ digest }) => digest.toString('hex'))).size, 1);
  });

  it('compacted, defragmented and written to while a slow client reads -> the state of before', async () => {
    const before = await received(snapshotStream(client));
    const revision = await KV.revision(client);
    const slow = await received(snapshotStream(client), async (count) => {
      if (count !== 10) return;
      await call(client, `${API}KV/DeleteRange`, { key: bytes('k'), rangeEnd: bytes('l') });
      await call(client, `${API}KV/Compact`, { revision: String(revision + 1), physical: true });
      await call(client, `${API}Maintenance/Defragment`, {});
    });
    assertFraming(slow);
    assert.deepEqual(slow.digest, before.digest);
    const after = await received(snapshotStream(client));
    assertFraming(after);
    assert.ok(after.blobs.length < before.blobs.length);
  });

  it('cancelled, or past its deadline -> the call ends, and no state stays pinned', async () => {
    const cancelled = snapshotStream(client);
    const reading = received(cancelled, async (count) => {
      // Those that had come already come still.
      if (count > 1) return;
      assert.ok((await openTransactions(member)) > 0);
      cancelled.cancel();
    });
    await assert.rejects(reading, ({ code }: ServiceError) => code === status.CANCELLED);
    const late = snapshotStream(client, { deadline: Date.now() + 300 });
    const stalled = received(late, () => new Promise((resolve) => setTimeout(resolve, 100)));
    await assert.rejects(stalled, ({ code }: ServiceError) => code === status.DEADLINE_EXCEEDED);
    for (let tries = 0; (await openTransactions(member)) > 0; tries++) {
      assert.ok(tries < 200, 'the state is let go');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  });
});

describe('snapshot save of real etcd, taken in', { skip: SKIP }, () => {
  it('given out again -> etcdutl finds the same hash, revision and keys', async (t) => {
    const folder = temporaryFolder();
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const real = await MemberProcess.start({ kind: 'etcd' });
    t.after(() => real.dispose());
    const client = grpcClient(real.endpoint);
    await fill(client);
    await call(client, `${API}Auth/RoleAdd`, { name: 'reader' });
    await call(client, `${API}Auth/UserAdd`, { name: 'alice', password: 'secret' });
    client.close();
    const [saved, again] = [join(folder, 'saved.db'), join(folder, 'again.db')];
    const etcdctl = realTool('etcdctl') ?? 'etcdctl';
    await must(etcdctl, `--endpoints=${real.endpoint}`, 'snapshot', 'save', saved);
    await inAndOut(saved, again, folder);
    const etcdutl = realTool('etcdutl') ?? 'etcdutl';
    const status = async (path: string): Promise<Fields> => {
      const args = ['snapshot', 'status', path, '-w', 'json'];
      const { totalSize: _, ...rest } = JSON.parse(await must(etcdutl, ...args)) as Fields;
      return rest;
    };
    assert.deepEqual(await status(again), await status(saved));
  });
});
