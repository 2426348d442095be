import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Entry, Message, MessageType } from '../../../../src/pb/index.ts';
import { pipelinePostsMax, pipelineQueueMax } from '../../../../src/server/peer/dial/pipeline.ts';
import { PROBE_PERIOD_MS } from '../../../../src/server/peer/dial/prober.ts';
import {
  DIAL_RETRY_MS,
  STREAM_READ_TIMEOUT_MS,
} from '../../../../src/server/peer/dial/stream-reader.ts';
import { remotesMax } from '../../../../src/server/peer/http-peer-transport.ts';
import { ManualTime, until } from '../../../support/peer/manual-time.ts';
import { recording } from '../../../support/peer/recording.ts';
import { TestMember, type TestMemberOptions } from '../../../support/peer/test-member.ts';
import { Authority } from '../../../support/tls/certificates.ts';

const A = 0xan;
const B = 0xbn;

function message(
  type: MessageType,
  from: bigint,
  to: bigint,
  fields: Partial<Message> = {},
): Message {
  return Message.create({ type, from, to, term: 1, ...fields });
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('http peer transport', () => {
  let time: ManualTime;
  let removed: Set<bigint>;
  let members: TestMember[];
  let others: { close: () => void }[];

  beforeEach(() => {
    time = new ManualTime();
    removed = new Set();
    members = [];
    others = [];
  });

  afterEach(async () => {
    for (const member of members) await member.stop();
    for (const other of others) other.close();
    assert.equal(time.timers, 0, 'PEER-I7: no timer is left');
  });

  async function start(id: bigint, options: Partial<TestMemberOptions> = {}): Promise<TestMember> {
    const isRemoved = (other: bigint): boolean => removed.has(other);
    const member = await TestMember.start(id, { time, isRemoved, ...options });
    members.push(member);
    return member;
  }

  /** Two members that know each other, all four streams there. */
  async function pair(): Promise<[TestMember, TestMember]> {
    const a = await start(A);
    const b = await start(B);
    a.transport.addPeer(B, [b.url]);
    b.transport.addPeer(A, [a.url]);
    // A dial before the other one knew us is made again.
    const established = (member: TestMember): number =>
      member.logger.lines.filter((line) => line.message.startsWith('established')).length;
    await until(() => {
      time.advance(10);
      return established(a) > 0 && established(b) > 0 && isFlowing(a, b) && isFlowing(b, a);
    }, 'all streams');
    a.events.messages.length = 0;
    b.events.messages.length = 0;
    return [a, b];
  }

  /** Whether what is sent goes by streams: posts would be counted as they leave. */
  function isFlowing(from: TestMember, to: TestMember): boolean {
    const types = new Set(to.events.messages.map(({ type }) => type));
    if (types.size === 0) {
      from.transport.send([
        message(MessageType.MsgApp, from.id, to.id),
        message(MessageType.MsgHeartbeat, from.id, to.id),
      ]);
    }
    return types.size === 2;
  }

  /** A server that is no member: `answer` says what it does with each request. */
  async function strange(answer: Parameters<typeof createServer>[1]): Promise<string> {
    const server: Server = createServer(answer ?? (() => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    others.push({
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('two members -> messages go both ways, whole and in order', async () => {
    const [a, b] = await pair();
    const entries = [Entry.create({ index: 5, term: 1, data: Uint8Array.of(1, 2, 3) })];
    const appends = [4, 5, 6].map((index) =>
      message(MessageType.MsgApp, A, B, { index, logTerm: 1, commit: index, entries }),
    );
    a.transport.send([...appends, message(MessageType.MsgReadIndexResp, A, B, { index: 9 })]);
    b.transport.send([message(MessageType.MsgHeartbeatResp, B, A)]);
    await until(() => b.events.messages.length === 4 && a.events.messages.length === 1, 'all');
    const received = b.events.messages.filter(({ type }) => type === MessageType.MsgApp);
    assert.deepEqual(received, appends);
    assert.ok(a.transport.activeSince(B) !== undefined);
    assert.equal(a.transport.activePeers, 1);
    await until(() => a.events.others.includes(`active ${B}`), 'told that it is active');
    const counters = a.transport.meters.of(B);
    assert.ok(counters.sentBytes > 0 && counters.receivedBytes > 0 && counters.isActive);
  });

  it('several append answers in one batch -> the last one for each member is sent', async () => {
    const [a, b] = await pair();
    const answers = [1, 2, 3].map((index) => message(MessageType.MsgAppResp, A, B, { index }));
    a.transport.send([...answers, message(MessageType.MsgHeartbeatResp, A, B)]);
    await until(() => b.events.messages.length === 2, 'both');
    assert.deepEqual(
      b.events.messages.map(({ type, index }) => [type, index]),
      [
        [MessageType.MsgAppResp, 3],
        [MessageType.MsgHeartbeatResp, 0],
      ],
    );
  });

  it('from a removed member, or for somebody else -> raft never sees it (PEER-I8)', async () => {
    const [a, b] = await pair();
    removed.add(77n);
    a.transport.send([
      message(MessageType.MsgHeartbeat, 77n, B),
      message(MessageType.MsgVote, A, B, { index: 1 }),
    ]);
    await until(() => b.events.messages.length > 0, 'the other one');
    assert.deepEqual(
      b.events.messages.map(({ type }) => type),
      [MessageType.MsgVote],
    );
    assert.deepEqual(
      b.transport.inbox.post(message(MessageType.MsgVote, A, 99n)),
      'cannot process message to mismatch member',
    );
    const warned = b.logger.lines.map((line) => line.message);
    assert.ok(warned.includes('rejected Raft message from removed member'));
    assert.ok(warned.includes('rejected Raft message to mismatch member'));
  });

  it('a peer without streams -> posts, so many at a time; then drops, told later (PEER-I3)', async () => {
    const posts: IncomingMessage[] = [];
    const url = await strange((request, response) => {
      if (request.method === 'GET') response.writeHead(404).end();
      else posts.push(request);
    });
    const a = await start(A);
    a.transport.addPeer(B, [url]);
    const count = pipelinePostsMax + pipelineQueueMax;
    const beats = Array.from({ length: count }, () => message(MessageType.MsgHeartbeat, A, B));
    a.transport.send(beats);
    await settled();
    assert.deepEqual(a.events.others, []);
    a.transport.send(beats.slice(0, 3));
    assert.deepEqual(a.events.others, [], 'not from inside send');
    await settled();
    assert.deepEqual(a.events.others, [`unreachable ${B}`], 'once a turn');
    assert.equal(a.transport.meters.of(B).sentFailures, 3);
    await until(() => posts.length === pipelinePostsMax, 'the first posts');
    const dropped = a.logger.lines.filter(({ message: text }) => text.startsWith('dropped'));
    assert.equal(dropped.length, 1, 'and one line a second');
  });

  it('a post -> headers and body of a real member', async () => {
    const heads: IncomingMessage['headers'][] = [];
    const bodies: Buffer[] = [];
    const url = await strange((request, response) => {
      if (request.method === 'GET') {
        response.writeHead(404).end();
        return;
      }
      heads.push(request.headers);
      request.on('data', (chunk: Buffer) => bodies.push(chunk));
      request.on('end', () => response.writeHead(204).end());
    });
    const a = await start(A);
    a.transport.addPeer(B, [url]);
    const sent = message(MessageType.MsgVote, A, B, { index: 3 });
    a.transport.send([sent]);
    await until(() => a.transport.activePeers === 1, 'the answer');
    assert.deepEqual(Message.decode(Buffer.concat(bodies)), sent);
    const names = recording('pipeline')
      .requestHead.slice(1)
      .map((line) => line.split(':')[0]);
    const expected = names
      .map((name) => (name ?? '').toLowerCase())
      // What Go's client says of itself.
      .filter((name) => name !== 'user-agent' && name !== 'accept-encoding');
    const told = Object.keys(heads[0] ?? {}).filter((name) => name !== 'connection');
    assert.deepEqual(told.sort(), expected.sort());
    assert.equal(heads[0]?.['x-server-from'], 'a');
    assert.equal(heads[0]?.['x-peerurls'], a.url);
  });

  it('a peer that is away -> dialled every 100 ms, URL after URL (PEER-I5)', async () => {
    const asked: string[] = [];
    const answer = (name: string) => (request: IncomingMessage) => {
      asked.push(`${name} ${request.url?.split('/')[3] ?? ''}`);
      request.socket.destroy();
    };
    const urls = [await strange(answer('first')), await strange(answer('second'))].sort();
    const a = await start(A);
    a.transport.addPeer(B, urls);
    await until(() => asked.length === 2, 'the first dials');
    const failures = (): number =>
      a.logger.lines.filter(({ message: text }) => text === 'peer deactivated again').length;
    await until(() => failures() === 2, 'their failures');
    time.advance(DIAL_RETRY_MS - 1);
    await settled();
    await settled();
    assert.equal(asked.length, 2);
    time.advance(1);
    await until(() => asked.length === 4, 'the next dials');
    assert.equal(new Set(asked.map((line) => line.split(' ')[0])).size, 2, 'of the other URL');
  });

  it('a stream on which nothing comes -> lost after 5 s and dialled again (PEER-I5)', async () => {
    let streams = 0;
    const url = await strange((request, response) => {
      if (request.url?.startsWith('/raft/stream/') !== true) return;
      streams++;
      response.writeHead(200, { 'X-Server-Version': '3.6.14' });
      response.flushHeaders();
    });
    const a = await start(A);
    a.transport.addPeer(B, [url]);
    const established = (): number =>
      a.logger.lines.filter(({ message: text }) => text.startsWith('established')).length;
    await until(() => a.transport.activePeers === 1 && streams === 2, 'both streams');
    await settled();
    time.advance(STREAM_READ_TIMEOUT_MS + 1);
    await until(() => a.transport.activePeers === 0, 'given up');
    await until(() => {
      time.advance(DIAL_RETRY_MS);
      return streams === 4;
    }, 'dialled again');
    assert.ok(established() >= 1);
  });

  it('bytes that are no message -> the stream ends with a reason', async () => {
    const url = await strange((request, response) => {
      if (request.url?.startsWith('/raft/stream/') !== true) return;
      response.writeHead(200, { 'X-Server-Version': '3.6.14' });
      response.write(Buffer.alloc(9, 0xff));
    });
    const a = await start(A);
    a.transport.addPeer(B, [url]);
    const lost = (): boolean =>
      a.logger.lines.some(
        ({ message: text, fields }) =>
          text === 'lost TCP streaming connection with remote peer' &&
          /announced|failed to parse type 255/.test(String(fields['error'])),
      );
    await until(lost, 'the line in the log');
  });

  for (const [status, text, said] of [
    [
      412,
      'cluster ID mismatch\n',
      'request sent was ignored by remote peer due to cluster ID mismatch',
    ],
    [
      412,
      'incompatible version\n',
      'request sent was ignored by remote peer due to server version incompatibility',
    ],
  ] as const) {
    it(`${status} ${text.trim()} -> said in the log, once a second`, async () => {
      const url = await strange((_, response) => {
        response.writeHead(status, { 'X-Server-Version': '3.6.14' }).end(text);
      });
      const a = await start(A);
      a.transport.addPeer(B, [url]);
      const count = (): number => a.logger.lines.filter((line) => line.message === said).length;
      await until(() => count() > 0, said);
      assert.equal(count(), 1);
    });
  }

  it('410 on a stream -> this member was removed', async () => {
    const a = await start(A);
    const b = await start(B);
    removed.add(A);
    b.transport.addPeer(A, [a.url]);
    a.transport.addPeer(B, [b.url]);
    await until(() => a.events.others.includes('removed'), 'removed');
  });

  it('a member whose version has no streams -> posts only, and no failure of it', async () => {
    const url = await strange((request, response) => {
      if (request.method === 'POST') response.writeHead(204).end();
      else response.writeHead(404, { 'X-Server-Version': '2.0.13' }).end();
    });
    const a = await start(A);
    a.transport.addPeer(B, [url]);
    a.transport.send([message(MessageType.MsgVote, A, B)]);
    await until(() => a.transport.activePeers === 1, 'active by its posts');
    time.advance(DIAL_RETRY_MS);
    await settled();
    assert.equal(a.transport.activePeers, 1);
  });

  it('somebody who is no member -> gets posts, becomes a peer later; so many at most', async () => {
    const got: string[] = [];
    const url = await strange((request, response) => {
      got.push(request.url ?? '');
      response.writeHead(204).end();
    });
    const a = await start(A);
    a.transport.addRemote(B, [url]);
    a.transport.addRemote(B, ['nonsense']);
    a.transport.send([message(MessageType.MsgAppResp, A, B)]);
    await until(() => got.length === 1, 'the post');
    assert.deepEqual(got, ['/raft']);
    for (let i = 0n; i < BigInt(remotesMax); i++) a.transport.addRemote(1000n + i, [url]);
    a.transport.checkInvariants();
    a.transport.send([message(MessageType.MsgAppResp, A, 1000n + BigInt(remotesMax) - 1n)]);
    a.transport.addPeer(B, [url]);
    a.transport.checkInvariants();
    await until(() => got.some((path) => path.startsWith('/raft/stream/')), 'its streams');
    assert.equal(got.filter((path) => path === '/raft').length, 1);
  });

  it('probes -> the round trip and how far the clocks are apart', async () => {
    const url = await strange((request, response) => {
      if (request.url !== '/raft/probing') return;
      time.advance(200);
      const now = new Date(time.wallMs() - 5000).toISOString();
      response.end(`{"OK":true,"Now":"${now}"}`);
    });
    const a = await start(A);
    a.transport.addPeer(B, [url]);
    const { roundTripSeconds } = a.transport.meters.of(B);
    const drift = (): boolean =>
      a.logger.lines.some((line) => line.message === 'prober found high clock drift');
    for (let round = 0; round < 50 && !drift(); round++) {
      time.advance(PROBE_PERIOD_MS / 10);
      // Enough turns for a probe to come back, lest the next one take it for lost.
      for (let turn = 0; turn < 20; turn++) await settled();
    }
    assert.ok(drift());
    assert.ok(roundTripSeconds.count > 0);
    assert.ok(roundTripSeconds.sum >= 0.2);
  });

  it('a connection that does not come about -> given up in time', async () => {
    const sockets: Socket[] = [];
    // Takes connections, but no TLS handshake ever ends.
    const server = createTcpServer((socket) => sockets.push(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    others.push({
      close: () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    });
    const a = await start(A);
    a.transport.addPeer(B, [`https://127.0.0.1:${(server.address() as AddressInfo).port}`]);
    await until(() => sockets.length === 2, 'both dials');
    time.advance(1000);
    await until(
      () => a.logger.lines.some(({ fields }) => String(fields['error']).includes('dial timed out')),
      'the failure',
    );
  });

  it('TLS on both sides, each with a certificate of its own -> messages go both ways', async () => {
    const authority = await Authority.make('peers');
    const options = async (commonName: string): Promise<Partial<TestMemberOptions>> => {
      const usages = ['server', 'client'] as const;
      const pair = await authority.sign({ commonName, ips: ['127.0.0.1'], usages });
      const own = { ca: authority.certificate, cert: pair.certificate, key: pair.key };
      const server = { ...own, requestCert: true, rejectUnauthorized: true };
      return { tls: { server, client: () => own } };
    };
    const a = await start(A, await options('a'));
    const b = await start(B, await options('b'));
    a.transport.addPeer(B, [b.url]);
    b.transport.addPeer(A, [a.url]);
    await until(() => {
      time.advance(1);
      return isFlowing(a, b) && isFlowing(b, a);
    }, 'messages both ways');
  });

  it('stopped -> nothing is told or sent any more, twice as well (PEER-I7)', async () => {
    const [a, b] = await pair();
    a.events.others.length = 0;
    a.transport.send([message(MessageType.MsgHeartbeat, A, 55n)]);
    const stopped = a.transport.stop();
    b.transport.send([message(MessageType.MsgHeartbeat, B, A)]);
    await stopped;
    await a.transport.stop();
    a.transport.send([message(MessageType.MsgHeartbeat, A, B)]);
    a.transport.addPeer(B, [b.url]);
    a.transport.addRemote(B, [b.url]);
    for (let i = 0; i < 5; i++) await settled();
    assert.deepEqual(a.events.others, []);
    assert.deepEqual(a.events.messages, []);
    assert.equal(a.transport.activePeers, 0);
  });
});
