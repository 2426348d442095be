/**
 * Our peer transport among real members: one of three is ours, with a stub for its raft. Both real
 * ones dial our streams, we dial theirs, and the requests of members to one another are answered as
 * they answer them.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Message, MessageType, Snapshot, SnapshotMetadata } from '../../src/pb/index.ts';
import { realClock } from '../../src/server/io/real-clock.ts';
import { realScheduler } from '../../src/server/io/real-scheduler.ts';
import { clusterId, memberId } from '../../src/server/membership/ids.ts';
import { hexId, type Member, parseMember } from '../../src/server/membership/member.ts';
import { StubFollower } from '../support/peer/stub-follower.ts';
import { NO_SERVICES, TestMember } from '../support/peer/test-member.ts';
import { freePort, liveSkipReason, MemberProcess } from '../support/processes.ts';

const TOKEN = 'rafthttp-test';
const time = { ...realClock, ...realScheduler };

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const endMs = Date.now() + 15_000;
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new TypeError(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function put(member: MemberProcess, key: string, value: string): Promise<boolean> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const body = JSON.stringify({ key: base64(key), value: base64(value) });
  const answer = await fetch(`http://${member.endpoint}/v3/kv/put`, { method: 'POST', body });
  await answer.arrayBuffer();
  return answer.ok;
}

async function untilPut(member: MemberProcess, key: string): Promise<void> {
  await until(() => put(member, key, 'value'), `put of ${key}`);
}

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** Status, header lines but the date and the version's value, and body. */
function ask(base: string, { path, method, headers, body }: Asked): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const options = { method: method ?? 'GET', headers: { ...headers, ...length } };
    const asked = request(`${base}${path}`, options);
    asked.once('error', reject);
    asked.setTimeout(5000, () => void asked.destroy(new TypeError(`no answer: ${base}${path}`)));
    asked.once('response', (answer) => {
      const lines: string[] = [];
      for (let at = 0; at < answer.rawHeaders.length; at += 2) {
        lines.push(`${answer.rawHeaders[at]}: ${answer.rawHeaders[at + 1]}`);
      }
      const told = lines
        .filter((line) => !/^(date|connection|keep-alive):/i.test(line))
        .map((line) => line.replace(/^(X-Server-Version): .*/, '$1'))
        .sort();
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        // A real member panics after this answer: 3.5 cuts it off, 3.6 leaves it without an end.
        if (answer.statusCode === 500) whole();
      });
      const whole = (): void =>
        resolve([answer.statusCode, told, Buffer.concat(chunks).toString('latin1')]);
      answer.once('end', whole);
      answer.once('error', whole);
    });
    asked.end(body);
  });
}

describe('rafthttp among real members', { skip: liveSkipReason('etcd') }, () => {
  const real: MemberProcess[] = [];
  let ours: TestMember;
  let follower: StubFollower;
  let memberList: readonly Member[] = [];

  before(async () => {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const ids = urls.map((url) => memberId([url], TOKEN));
    const cluster = urls.map((url, at) => `m${at}=${url}`).join(',');
    const flags = [
      `--initial-cluster=${cluster}`,
      `--initial-cluster-token=${TOKEN}`,
      '--snapshot-count=10',
      '--experimental-snapshot-catchup-entries=5',
      '--heartbeat-interval=50',
      '--election-timeout=500',
    ];
    const started = await Promise.all(
      [0, 1].map((at) =>
        MemberProcess.start({ kind: 'etcd', name: `m${at}`, peerPort: ports[at] ?? 0, flags }),
      ),
    );
    real.push(...started);
    // Enough that the log no longer begins at its beginning: we need a snapshot.
    for (let i = 0; i < 150; i++) await untilPut(started[0] as MemberProcess, `early${i}`);
    ours = await TestMember.start(ids[2] ?? 0n, {
      time,
      clusterId: clusterId(ids),
      port: ports[2] ?? 0,
      services: {
        ...NO_SERVICES,
        membership: { ...NO_SERVICES.membership, members: () => memberList },
        downgradeEnabled: () => Promise.resolve(false),
      },
    });
    follower = new StubFollower(ours);
    for (const at of [0, 1]) ours.transport.addPeer(ids[at] ?? 0n, [urls[at] ?? '']);
  });

  after(async () => {
    await ours.stop();
    await Promise.all(real.map((member) => member.dispose()));
  });

  it('streams come about in both directions', async () => {
    await until(() => ours.transport.activePeers === 2, 'both peers active');
    await until(async () => {
      const page = await (await fetch(`http://${real[0]?.endpoint}/metrics`)).text();
      return new RegExp(`etcd_network_active_peers.*Remote="${hexId(ours.id)}"} 1`).test(page);
    }, 'active in the metrics of a real member');
  });

  it('a real leader sends a snapshot -> message and database come whole', async () => {
    await until(() => ours.snapshots.saved.length > 0, 'a snapshot');
    const [{ message, database } = {}] = ours.snapshots.saved;
    assert.ok(message !== undefined && database !== undefined);
    assert.equal(message.type, MessageType.MsgSnap);
    assert.equal(database.readUInt32LE(16), 0xed0cdaed);
    assert.equal(database.length % 4096, 0);
    await until(() => follower.last >= (message.snapshot?.metadata.index ?? Infinity), 'its index');
  });

  it('writes -> their entries come on the append stream', async () => {
    await untilPut(real[0] as MemberProcess, 'marked-key');
    const has = (message: Message): boolean =>
      message.entries.some(({ data }) => Buffer.from(data ?? []).includes('marked-key'));
    await until(() => ours.events.messages.some(has), 'the entry');
  });

  it('only with our answers is there a majority -> writes go on', async () => {
    const other = real.findIndex((member) => hexId(follower.leader) !== idOf(member));
    await real[other]?.kill();
    for (let i = 0; i < 5; i++) await untilPut(real[1 - other] as MemberProcess, `quorum${i}`);
    await real[other]?.restart();
    await until(() => ours.transport.activePeers === 2, 'the other one again');
  });

  it('a snapshot of ours -> a real member saves it, byte by byte', async () => {
    const database = ours.snapshots.saved[0]?.database ?? Buffer.alloc(0);
    ours.snapshots.body = async function* () {
      yield database.subarray(0, 5000);
      yield database.subarray(5000);
    };
    const [target] = real as [MemberProcess];
    // Of a past term, so that raft ignores what was saved.
    const index = 77_777;
    const snapshot = Snapshot.create({ metadata: SnapshotMetadata.create({ index, term: 1 }) });
    const to = BigInt(`0x${idOf(target)}`);
    ours.transport.send([
      Message.create({ type: MessageType.MsgSnap, from: ours.id, to, term: 1, snapshot }),
    ]);
    await until(() => ours.events.others.includes(`snapshot to ${to} saved`), 'its answer');
    const name = `${index.toString(16).padStart(16, '0')}.snap.db`;
    const saved = readFileSync(join(target.dataDir, 'member', 'snap', name));
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(saved), digest(database));
  });

  it('requests among members -> our answers are those of a real member', async () => {
    const [target] = real as [MemberProcess];
    const [, , body] = await ask(target.peerUrl, { path: '/members' });
    memberList = String(body)
      .slice(1, -2)
      .split(/(?<=\}),/)
      .map((json) => parseMember(json));
    const cluster = hexId(ours.transport.identity.clusterId);
    const differing: unknown[] = [];
    for (const asked of questions(cluster)) {
      const theirs = await ask(target.peerUrl, asked(idOf(target)));
      const oursTold = await ask(ours.url, asked(hexId(ours.id)));
      try {
        assert.deepEqual(oursTold, theirs);
      } catch {
        differing.push({ asked: asked('1'), ours: oursTold, theirs });
      }
    }
    assert.deepEqual(differing, []);
  });

  it('a posted message for somebody else -> refused as a real member does', async () => {
    const [target] = real as [MemberProcess];
    const asked = misdirected(hexId(ours.transport.identity.clusterId));
    const theirs = await ask(target.peerUrl, asked);
    const oursTold = await ask(ours.url, asked);
    // Theirs has no end, and headers that say so.
    assert.deepEqual([oursTold[0], oursTold[2]], [theirs[0], theirs[2]]);
  });

  function idOf({ peerUrl }: MemberProcess): string {
    return hexId(memberId([peerUrl], TOKEN));
  }
});

/** A request to the member with that id, in hex. */
type Question = (to: string) => Asked;

function fromMember(cluster: string, to: string): Record<string, string> {
  return {
    'X-Server-From': 'abc',
    'X-Server-Version': '3.6.14',
    'X-Min-Cluster-Version': '3.0.0',
    'X-Etcd-Cluster-ID': cluster,
    'X-Raft-To': to,
  };
}

function heartbeatTo(to: bigint): Buffer {
  const type = MessageType.MsgHeartbeat;
  return Buffer.from(Message.encode(Message.create({ type, from: 5n, to, term: 1 })));
}

function misdirected(cluster: string): Asked {
  const headers = fromMember(cluster, '1');
  return { path: '/raft', method: 'POST', headers, body: heartbeatTo(12_345n) };
}

function questions(cluster: string): Question[] {
  const post =
    (path: string, body: (to: bigint) => Buffer | string): Question =>
    (to) => ({
      path,
      method: 'POST',
      headers: fromMember(cluster, to),
      body: body(BigInt(`0x${to}`)),
    });
  const stream =
    (path: string, headers: Record<string, string> = {}): Question =>
    (to) => ({ path: `/raft/stream${path}`, headers: { ...fromMember(cluster, to), ...headers } });
  const plain =
    (path: string, asked: Omit<Asked, 'path'> = {}): Question =>
    () => ({ path, ...asked });
  const bad = Buffer.from([0xff]);
  const framed = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64BE(BigInt(bytes.length));
    return Buffer.concat([length, bytes]);
  };
  return [
    ...['/members', '/members/', '/raft', '/raft/', '/raft/none', '/nothing', '/'].map((path) =>
      plain(path),
    ),
    ...['/raft/snapshot', '/members/promote/1', '/leases', '/downgrade/enabled/x'].map((path) =>
      plain(path),
    ),
    ...['/members', '/raft/stream/msgapp/1', '/version', '/members/hashkv'].map((path) =>
      plain(path, { method: 'POST' }),
    ),
    plain('/downgrade/enabled'),
    plain('/members/promote/x', { method: 'POST' }),
    plain('/members/hashkv', { headers: { 'X-Etcd-Cluster-ID': 'abc' } }),
    plain('/members/hashkv', { body: 'x' }),
    plain('/leases', { method: 'POST', body: bad }),
    plain('/leases/internal', { method: 'POST', body: bad }),
    // A member that says nothing of its version has 2.0.0.
    plain('/raft', { method: 'POST', body: 'x' }),
    plain('/raft/stream/message/1'),
    stream('/message/1'),
    stream('/message/1', { 'X-Server-Version': '2.3.0' }),
    stream('/message/1', { 'X-Min-Cluster-Version': '3.9.0' }),
    stream('/message/1', { 'X-Etcd-Cluster-ID': '1' }),
    ...['/message/xyz', '/message', '/other/1', '/'].map((path) => stream(path)),
    post('/raft', () => bad),
    post('/raft', heartbeatTo),
    post('/raft/snapshot', (to) => framed(heartbeatTo(to))),
  ];
}
