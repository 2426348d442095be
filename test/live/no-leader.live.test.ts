/**
 * What clients are told when a cluster of three has lost its majority, or its leader: the same
 * calls to real members and to ours, which have to agree in code, text and time.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import {
  type CallError,
  call,
  encodeRequest,
  type Fields,
  type GrpcClient,
  KV,
} from '../support/grpc-client.ts';
import { LiveCluster } from '../support/live-cluster.ts';
import { liveSkipReason, type MemberProcess } from '../support/processes.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const same = (bytes: Buffer): Buffer => bytes;

interface End {
  /** gRPC code and text of the server. */
  readonly what: string;
  readonly ms: number;
}

/** How the calls of a row have to agree. */
type Agreement =
  | 'in all'
  /** Reads share rounds, one after the other: one that comes a moment later waits for two of them. */
  | 'by rounds'
  /** etcd waits for as long as the client does, we for the request time-out. */
  | 'in code';

interface Row {
  readonly name: string;
  readonly agreement: Agreement;
  readonly run: (client: GrpcClient) => Promise<End>;
}

/** More than etcd's requests have: 5 s and two election time-outs. */
const CLIENT_TIMEOUT_MS = 8500;

const NEEDS_LEADER = new Metadata();
NEEDS_LEADER.set('hasleader', 'true');

async function ending(start: (done: (error: CallError | undefined) => void) => void): Promise<End> {
  const startMs = Date.now();
  const error = await new Promise<CallError | undefined>(start);
  const what = error === undefined ? 'OK' : `${error.code} ${error.details}`;
  return { what, ms: Date.now() - startMs };
}

function unary(
  client: GrpcClient,
  path: string,
  request: Fields,
  { metadata = new Metadata(), timeoutMs = 20_000 } = {},
): Promise<End> {
  const options = { deadline: Date.now() + timeoutMs };
  const body = encodeRequest(path, request);
  return ending((done) => {
    client.makeUnaryRequest(path, same, same, body, metadata, options, (error) =>
      done(error ?? undefined),
    );
  });
}

/** Ends with the stream, or with its first answer when that is what is wanted. */
function stream(
  client: GrpcClient,
  path: string,
  request: Fields,
  { metadata = new Metadata(), untilAnswer = true } = {},
): Promise<End> {
  return ending((done) => {
    const opened = client.makeBidiStreamRequest(path, same, same, metadata);
    opened.on('error', (error: CallError) => done(error));
    opened.on('data', () => {
      if (!untilAnswer) return;
      done(undefined);
      opened.cancel();
    });
    opened.write(encodeRequest(path, request));
  });
}

function row(
  name: string,
  [service, method]: readonly [string, string],
  request: Fields,
  agreement: Agreement = 'in all',
): Row {
  const path = `/${service}/${method}`;
  const timeoutMs = agreement === 'in code' ? CLIENT_TIMEOUT_MS : 20_000;
  return { name, agreement, run: (client) => unary(client, path, request, { timeoutMs }) };
}

const kv = (method: string) => ['etcdserverpb.KV', method] as const;
const lease = (method: string) => ['etcdserverpb.Lease', method] as const;
const members = (method: string) => ['etcdserverpb.Cluster', method] as const;
const maintenance = (method: string) => ['etcdserverpb.Maintenance', method] as const;
const WATCH = '/etcdserverpb.Watch/Watch';
const KEEP_ALIVE = '/etcdserverpb.Lease/LeaseKeepAlive';

const ROWS: readonly Row[] = [
  row('put', kv('Put'), { key: 'k', value: 'v' }),
  row('delete', kv('DeleteRange'), { key: 'k' }),
  row('txn that writes', kv('Txn'), { success: [{ requestPut: { key: 'a' } }] }),
  row('compaction', kv('Compact'), { revision: 1 }),
  row('range', kv('Range'), { key: 'k' }, 'by rounds'),
  row('txn that reads', kv('Txn'), { success: [{ requestRange: { key: 'a' } }] }, 'by rounds'),
  row('serializable range', kv('Range'), { key: 'k', serializable: true }),
  row('grant', lease('LeaseGrant'), { TTL: 9 }),
  row('revoke', lease('LeaseRevoke'), { ID: 9 }),
  row('time to live', lease('LeaseTimeToLive'), { ID: 9 }),
  row('leases', lease('LeaseLeases'), {}),
  row('member list', members('MemberList'), {}),
  row('linearizable member list', members('MemberList'), { linearizable: true }, 'by rounds'),
  row('member add', members('MemberAdd'), { peerURLs: ['http://127.0.0.1:1'] }),
  row('learner add', members('MemberAdd'), { peerURLs: ['http://127.0.0.1:1'], isLearner: true }),
  row('remove of nobody', members('MemberRemove'), { ID: 5 }, 'in code'),
  row('update', members('MemberUpdate'), { ID: 5, peerURLs: ['http://127.0.0.1:1'] }, 'in code'),
  row('promotion', members('MemberPromote'), { ID: 5 }),
  row('status', maintenance('Status'), {}),
  row('alarms', maintenance('Alarm'), {}),
  row('raising an alarm', maintenance('Alarm'), { action: 1, alarm: 1 }),
  row('hash', maintenance('HashKV'), {}),
  row('move leader', maintenance('MoveLeader'), { targetID: 5 }),
  row('lock', ['v3lockpb.Lock', 'Lock'], { name: 'l' }),
  row('lock with a lease', ['v3lockpb.Lock', 'Lock'], { name: 'l', lease: 5 }),
  row('unlock', ['v3lockpb.Lock', 'Unlock'], { key: 'l/1' }),
  row('campaign', ['v3electionpb.Election', 'Campaign'], { name: 'e', lease: 5 }),
  row('leader of an election', ['v3electionpb.Election', 'Leader'], { name: 'e' }, 'by rounds'),
  {
    name: 'serializable range that needs a leader',
    agreement: 'in all',
    run: (client) =>
      unary(
        client,
        '/etcdserverpb.KV/Range',
        { key: 'k', serializable: true },
        { metadata: NEEDS_LEADER },
      ),
  },
  {
    name: 'watch',
    agreement: 'in all',
    run: (client) => stream(client, WATCH, { createRequest: { key: 'w' } }),
  },
  {
    name: 'watch that needs a leader',
    agreement: 'in all',
    run: (client) =>
      stream(client, WATCH, { createRequest: { key: 'w' } }, { metadata: NEEDS_LEADER }),
  },
  {
    name: 'keep-alive',
    agreement: 'in all',
    run: (client) => stream(client, KEEP_ALIVE, { ID: 9 }),
  },
  {
    name: 'keep-alive that needs a leader',
    agreement: 'in all',
    run: (client) => stream(client, KEEP_ALIVE, { ID: 9 }, { metadata: NEEDS_LEADER }),
  },
];

/** Between the times of both, with time-outs that are looked at four times a second. */
const APART_MS_MAX = 1500;
/** What a round of reads has. */
const ROUND_MS = 7000;

interface Alone {
  readonly ends: ReadonlyMap<string, End>;
  /** How streams ended that needed a leader, counted from when the others died. */
  readonly streams: readonly End[];
}

async function leaderless(client: GrpcClient): Promise<void> {
  for (;;) {
    const { leader } = await call(client, '/etcdserverpb.Maintenance/Status', {});
    if (leader === '0') return;
    await pause(50);
  }
}

/** All rows, asked of the only member that is left. */
async function askedAlone(cluster: LiveCluster, survivor: MemberProcess): Promise<Alone> {
  const client = cluster.client(survivor);
  const options = { metadata: NEEDS_LEADER, untilAnswer: false };
  const streams = [
    stream(client, WATCH, { createRequest: { key: 'w' } }, options),
    stream(client, KEEP_ALIVE, { ID: 9 }, options),
  ];
  await pause(200);
  await Promise.all(
    cluster.members.filter((member) => member !== survivor).map((member) => member.kill()),
  );
  await leaderless(client);
  const ends = await Promise.all(
    ROWS.map(async ({ name, run }) => [name, await run(client)] as const),
  );
  return { ends: new Map(ends), streams: await Promise.all(streams) };
}

describe('errors without a leader', { skip: liveSkipReason('etcd') }, () => {
  for (const survivorLed of [false, true]) {
    const who = survivorLed ? 'the leader' : 'a follower';
    describe(`two of three killed, ${who} is left`, () => {
      const clusters: LiveCluster[] = [];
      let [ours, real]: (Alone | undefined)[] = [];

      before(async () => {
        [ours, real] = await Promise.all(
          (['etcd-ts', 'etcd'] as const).map(async (kind) => {
            const cluster = await LiveCluster.start(3, { kind });
            clusters.push(cluster);
            const leader = await cluster.leader();
            await KV.put(cluster.client(leader), Buffer.from('k'), Buffer.from('v'));
            const follower = cluster.members.find((member) => member !== leader);
            assert.ok(follower !== undefined);
            return askedAlone(cluster, survivorLed ? leader : follower);
          }),
        );
      });
      after(async () => {
        await Promise.all(clusters.map((cluster) => cluster.dispose()));
      });

      for (const { name, agreement } of ROWS) {
        it(`${name} -> the same code and text, in the same time`, () => {
          const mine = ours?.ends.get(name);
          const theirs = real?.ends.get(name);
          assert.ok(mine !== undefined && theirs !== undefined);
          if (agreement === 'in code') {
            assert.equal(mine.what.split(' ')[0], theirs.what.split(' ')[0]);
          } else {
            assert.equal(mine.what, theirs.what);
          }
          const laterMs = mine.ms - theirs.ms;
          const apartMs = Math.abs(laterMs);
          const isAlike =
            apartMs < APART_MS_MAX ||
            (agreement === 'in code' && laterMs < 0) ||
            (agreement === 'by rounds' && Math.abs(apartMs - ROUND_MS) < APART_MS_MAX);
          assert.ok(isAlike, `${mine.ms} ms, ${theirs.ms} ms`);
        });
      }

      it('streams that need a leader -> ended after three election time-outs', () => {
        for (const alone of [ours, real]) {
          for (const { what, ms } of alone?.streams ?? []) {
            assert.equal(what, '14 etcdserver: no leader');
            assert.ok(ms > 3000 && ms < 8000, `${ms} ms`);
          }
        }
      });
    });
  }

  describe('the leader hangs, and dies', () => {
    for (const kind of ['etcd-ts', 'etcd'] as const) {
      it(`${kind}: what was under way through a follower -> its error; leases are asked again`, {
        timeout: 60_000,
      }, async (t) => {
        const cluster = await LiveCluster.start(3, { kind });
        try {
          const leader = await cluster.leader();
          const follower = cluster.members.find((member) => member !== leader);
          assert.ok(follower !== undefined);
          const client = cluster.client(follower);
          await KV.put(client, Buffer.from('k'), Buffer.from('v'));
          leader.signal('SIGSTOP');
          const [put, range, timeToLive] = await Promise.all([
            unary(client, '/etcdserverpb.KV/Put', { key: 'k' }),
            unary(client, '/etcdserverpb.KV/Range', { key: 'k' }),
            unary(client, '/etcdserverpb.Lease/LeaseTimeToLive', { ID: 9 }),
            pause(500).then(() => leader.kill()),
          ]);
          t.diagnostic(JSON.stringify({ put, range, timeToLive }));
          // Only a member that has become leader itself says that the one before it failed.
          const lost =
            /^14 etcdserver: request timed out(, possibly due to previous leader failure)?$/;
          assert.match(put.what, lost);
          assert.ok(put.ms >= 6900 && put.ms < 8500, `${put.ms} ms`);
          assert.equal(range.what, '14 etcdserver: leader changed');
          assert.ok(range.ms < 5000, `${range.ms} ms`);
          assert.equal(timeToLive.what, 'OK');
          assert.ok(timeToLive.ms < 6000, `${timeToLive.ms} ms`);
        } finally {
          await cluster.dispose();
        }
      });
    }
  });
});
