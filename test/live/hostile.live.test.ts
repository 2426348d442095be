/**
 * Clients that mean harm, or do it anyway, on a real member: sizes, thousands of watches, readers
 * that do not read, connections that go away in the middle. The member answers clearly, lives,
 * and its memory stays within bounds.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import {
  type CallError,
  call,
  decode,
  encode,
  type Fields,
  type GrpcClient,
  grpcClient,
  KV,
  openStream,
} from '../support/grpc-client.ts';
import { beginCall, grpcFrame, http2Session, statusOf } from '../support/http2-client.ts';
import { MemberProcess } from '../support/processes.ts';

const MIB = 1024 * 1024;
const WATCHES = 10_000;
/** What the watchers of a stream that is not read would get, all together. */
const FLOOD_MIB = 1024;
const FLOOD_WATCHERS = Number(process.env['FLOOD_WATCHERS'] ?? 8);
/** Nothing on a stream for so long, with events to come: it is stuck. */
const STANDSTILL_MS = 30_000;
const CONNECTIONS = 2000;
const CONNECTIONS_AT_ONCE = 100;
/**
 * What the member may have in memory at any time in these tests: some 40 MiB when idle, up to
 * 96 MiB of log, the value cache and LevelDB's buffers, and what V8 has not collected yet. Table
 * files that LevelDB has mapped are the kernel's cache and not counted.
 */
const MEMORY_MIB_MAX = 512;

/** Behind a good preface. */
const NOISE = randomBytes(99);

const RANGE = '/etcdserverpb.KV/Range';
const PUT = '/etcdserverpb.KV/Put';
const WATCH = '/etcdserverpb.Watch/Watch';

let member: MemberProcess;
let client: GrpcClient;

function ownMib(): number {
  const status = readFileSync(`/proc/${member.pid}/status`, 'utf8');
  return Math.round(Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

const openFiles = (): number => readdirSync(`/proc/${member.pid}/fd`).length;

/** Samples the member's memory while `work` goes on; the highest value must be within bounds. */
async function withinMemory(t: TestContext, work: () => Promise<void>): Promise<void> {
  const startMib = ownMib();
  let highestMib = startMib;
  const sample = (): void => {
    highestMib = Math.max(highestMib, ownMib());
  };
  const timer = setInterval(sample, 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  sample();
  t.diagnostic(`memory ${startMib} MiB before, ${highestMib} at most, ${ownMib()} after`);
  assert.ok(highestMib <= MEMORY_MIB_MAX, `${highestMib} MiB is more than ${MEMORY_MIB_MAX}`);
}

async function assertServes(): Promise<void> {
  const value = randomBytes(8);
  await KV.put(client, Buffer.from('alive'), value);
  const answer = await call(client, RANGE, { key: 'alive' });
  assert.deepEqual((answer['kvs'] as Fields[])[0]?.['value'], value);
}

async function failureOf(path: string, request: Fields): Promise<string> {
  try {
    await call(client, path, request);
    return 'none';
  } catch (error) {
    const { code, details } = error as CallError;
    return `${code} ${details}`;
  }
}

describe('hostile clients', () => {
  before(async () => {
    member = await MemberProcess.start({ kind: 'etcd-ts' });
    client = grpcClient(member.endpoint);
  });
  after(async () => {
    client.close();
    await member.dispose();
  });

  it('requests too large -> refused; as large as may be -> carried out', (t) =>
    withinMemory(t, async () => {
      const tooLarge = '3 etcdserver: request is too large';
      const large = 'k'.repeat(1_600_000);
      assert.equal(await failureOf(PUT, { key: large, value: 'v' }), tooLarge);
      assert.equal(await failureOf(PUT, { key: 'k', value: large }), tooLarge);
      const puts = Array.from({ length: 128 }, (_, at) => ({
        requestPut: { key: `k${at}`, value: 'v'.repeat(13_000) },
      }));
      assert.equal(await failureOf('/etcdserverpb.KV/Txn', { success: puts }), tooLarge);
      assert.match(await failureOf(RANGE, { key: 'k'.repeat(3 * MIB) }), /^8 /);
      const key = 'k'.repeat(1_500_000);
      assert.equal(await failureOf(PUT, { key, value: 'v' }), 'none');
      assert.equal(await KV.get(client, Buffer.from(key)), 'v');
      assert.equal(await failureOf('/etcdserverpb.KV/DeleteRange', { key }), 'none');
      await assertServes();
    }));

  it('gRPC frames that lie -> a status each, and the connection serves on', async () => {
    const session = http2Session(member.endpoint);
    const get = encode('etcdserverpb.RangeRequest', { key: 'alive' });
    const ends: [name: string, body: Buffer, status: string][] = [
      ['whole', grpcFrame(get), '0'],
      ['no body', Buffer.alloc(0), '2'],
      ['half a prefix', Buffer.from([0, 0, 0]), '2'],
      ['shorter than announced', grpcFrame(get, { length: 100 }), '2'],
      ['4 GiB announced', grpcFrame(get, { length: 0xffff_ffff }), '8'],
      ['compressed, without saying how', grpcFrame(get, { flags: 1 }), '13'],
      ['two messages', Buffer.concat([grpcFrame(get), grpcFrame(get)]), '0'],
      ['noise', grpcFrame(Buffer.from([255, 255, 255])), '13'],
    ];
    for (const [name, body, status] of ends) {
      assert.equal(await statusOf(session, RANGE, body), status, name);
    }
    assert.equal(await statusOf(session, RANGE, grpcFrame(get)), '0');
    session.close();
    await assertServes();
  });

  it(`${WATCHES} watches on one stream -> all told; memory comes back to use`, (t) =>
    withinMemory(t, async () => {
      const stream = openStream(client, WATCH);
      stream.on('error', () => undefined);
      let created = 0;
      let canceled = 0;
      const told = new Set<string>();
      stream.on('data', (bytes: Buffer) => {
        const response = decode('etcdserverpb.WatchResponse', bytes);
        if (response['created'] === true) created++;
        else if (response['canceled'] === true) canceled++;
        else told.add(response['watchId'] as string);
      });
      const send = (request: Fields): boolean =>
        stream.write(encode('etcdserverpb.WatchRequest', request));
      const all = Array.from({ length: WATCHES }, (_, at) => at);
      for (const at of all) {
        send({ createRequest: { key: 'many', rangeEnd: at % 2 === 0 ? '' : 'manz' } });
      }
      await until(() => created === WATCHES);
      await KV.put(client, Buffer.from('many'), Buffer.from('1'));
      await until(() => told.size === WATCHES);
      for (const at of all) send({ cancelRequest: { watchId: at } });
      await until(() => canceled === WATCHES);
      stream.cancel();
      await assertServes();
    }));

  it(
    `a stream that is not read while ${FLOOD_MIB} MiB of events pass -> bounded, and all come`,
    { timeout: 240_000 },
    (t) =>
      withinMemory(t, async () => {
        const slow = grpcClient(member.endpoint);
        const stream = openStream(slow, WATCH);
        stream.on('error', () => undefined);
        stream.pause();
        for (let at = 0; at < FLOOD_WATCHERS; at++) {
          stream.write(encode('etcdserverpb.WatchRequest', { createRequest: { key: 'flood' } }));
        }
        const value = randomBytes(MIB);
        const puts = FLOOD_MIB / FLOOD_WATCHERS;
        const revisions: number[] = [];
        for (let at = 0; at < puts; at++) {
          revisions.push(await KV.put(client, Buffer.from('flood'), value));
        }
        t.diagnostic(`memory ${ownMib()} MiB with the flood behind`);
        await assertServes();

        const seen = Array.from({ length: FLOOD_WATCHERS }, (): number[] => []);
        let answeredMs = Date.now();
        stream.on('data', (bytes: Buffer) => {
          answeredMs = Date.now();
          const { watchId, events } = decode('etcdserverpb.WatchResponse', bytes);
          for (const event of events as Fields[]) {
            seen[Number(watchId)]?.push(Number((event['kv'] as Fields)['modRevision']));
          }
        });
        stream.resume();
        // How long a GiB takes is up to the machine; that it never stands still is up to us.
        while (seen.some((each) => each.length < puts)) {
          assert.ok(Date.now() < answeredMs + STANDSTILL_MS, 'events go on coming');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        for (const each of seen) assert.deepEqual(each, revisions, 'all events, in order, once');
        stream.cancel();
        slow.close();
      }),
  );

  it(`${CONNECTIONS} connections dropped in the middle -> no files left open, and it serves`, (t) =>
    withinMemory(t, async () => {
      const before = openFiles();
      for (let done = 0; done < CONNECTIONS; done += CONNECTIONS_AT_ONCE) {
        const drops = Array.from({ length: CONNECTIONS_AT_ONCE }, (_, at) => dropped(done + at));
        await Promise.all(drops);
      }
      await until(() => openFiles() <= before);
      await assertServes();
    }));

  it('500 calls that never end their request -> others are served', (t) =>
    withinMemory(t, async () => {
      const before = openFiles();
      const sessions: ClientHttp2Session[] = [];
      for (let at = 0; at < 50; at++) {
        const session = http2Session(member.endpoint);
        await once(session, 'connect');
        sessions.push(session);
        for (let stream = 0; stream < 10; stream++) {
          beginCall(session, stream % 2 === 0 ? PUT : WATCH).write(Buffer.from([0, 0, 0, 0]));
        }
      }
      await assertServes();
      for (const session of sessions) session.destroy();
      await until(() => openFiles() <= before);
      await assertServes();
    }));
});

/** Connects, gets to some point of a call, and is gone. */
async function dropped(at: number): Promise<void> {
  if (at % 4 === 0) {
    const [host = '', port = ''] = member.endpoint.split(':');
    const socket = connect(Number(port), host);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const start = at % 8 === 0 ? preface.subarray(0, 10) : Buffer.concat([preface, NOISE]);
    await new Promise((resolve) => socket.write(start, resolve));
    socket.destroy();
    return;
  }
  const session = http2Session(member.endpoint);
  await once(session, 'connect');
  const stream = beginCall(session, at % 4 === 1 ? PUT : WATCH);
  const put = encode('etcdserverpb.PutRequest', { key: `dropped/${at}`, value: 'v' });
  if (at % 4 === 3) {
    stream.write(grpcFrame(encode('etcdserverpb.WatchRequest', { createRequest: { key: 'a' } })));
    await once(stream, 'response');
  } else {
    stream.write(grpcFrame(put).subarray(0, 3 + (at % 10)));
  }
  session.destroy();
}

/** Waits for what must come; fails when it has not for long. */
async function until(condition: () => boolean): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!condition()) {
    assert.ok(Date.now() < endMs, 'what is waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
