/** Compared with what etcd 3.5.30 answers, byte for byte; 3.6 adds `storage` to /version. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type AlarmMember, AlarmType } from '../../../../src/pb/index.ts';
import { httpHandler } from '../../../../src/server/gateway/http-handler.ts';

const state = {
  hasLeader: true,
  alarms: [] as AlarmMember[],
  failure: undefined as string | undefined,
  reads: [] as boolean[],
  counters: { successes: 0, failures: 0 },
  clusterVersion: '3.6.0' as string | undefined,
  storageVersion: '3.6.0' as string | undefined,
};

const server = createServer(
  httpHandler({
    health: {
      get hasLeader() {
        return state.hasLeader;
      },
      get alarms() {
        return state.alarms;
      },
      counters: state.counters,
      read: (serializable, done) => {
        state.reads.push(serializable);
        done(state.failure);
      },
    },
    version: state,
    metrics: { text: () => Promise.resolve('up 1\n') },
  }),
);

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function ask(path: string, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, path, method, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}

const NO_SPACE = { memberID: 1n, alarm: AlarmType.NOSPACE };
const CORRUPT = { memberID: 1n, alarm: AlarmType.CORRUPT };

describe('http handler', () => {
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
  });

  it('GATEWAY-I1: GET /health: healthy -> true, without a line end', async () => {
    const { status, headers, body } = await ask('/health');
    assert.deepEqual([status, body], [200, '{"health":"true","reason":""}']);
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(headers['content-length'], '29');
    assert.equal(headers['access-control-allow-origin'], '*');
    assert.equal(headers['access-control-allow-methods'], 'POST, GET, OPTIONS, PUT, DELETE');
    assert.equal(headers['access-control-allow-headers'], 'accept, content-type, authorization');
  });

  const UNHEALTHY: [string, string, Partial<typeof state>, string][] = [
    ['an alarm', '/health', { alarms: [NO_SPACE], hasLeader: false }, 'ALARM NOSPACE'],
    [
      'one of two alarms excluded',
      '/health?exclude=NOSPACE',
      { alarms: [NO_SPACE, CORRUPT] },
      'ALARM CORRUPT',
    ],
    [
      'an alarm of a later version',
      '/health',
      { alarms: [{ memberID: 1n, alarm: 7 } as never] },
      'ALARM UNKNOWN',
    ],
    ['no leader', '/health', { hasLeader: false }, 'RAFT NO LEADER'],
    [
      'a failing read',
      '/health',
      { failure: 'etcdserver: request timed out' },
      'RANGE ERROR:etcdserver: request timed out',
    ],
  ];
  for (const [name, path, change, reason] of UNHEALTHY) {
    it(`GATEWAY-I1: GET ${path}: ${name} -> 503 and the reason, with a line end`, async () => {
      const old = { ...state };
      Object.assign(state, change);
      const { status, headers, body } = await ask(path);
      Object.assign(state, old);
      assert.deepEqual([status, body], [503, `{"health":"false","reason":"${reason}"}\n`]);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    });
  }

  it('GET /health: all alarms excluded, or serializable without a leader -> healthy', async () => {
    Object.assign(state, { alarms: [NO_SPACE, CORRUPT], hasLeader: false, reads: [] });
    const { status } = await ask('/health?exclude=NOSPACE&exclude=CORRUPT&serializable=true');
    Object.assign(state, { alarms: [], hasLeader: true });
    assert.equal(status, 200);
    assert.deepEqual(state.reads, [true]);
  });

  it('GET /metrics -> the page; /health answers are counted for it', async () => {
    const before = { ...state.counters };
    await ask('/health');
    await ask('/health');
    state.failure = 'no';
    await ask('/health');
    state.failure = undefined;
    assert.equal(state.counters.successes - before.successes, 2);
    assert.equal(state.counters.failures - before.failures, 1);
    const { status, body } = await ask('/metrics');
    assert.deepEqual([status, body], [200, 'up 1\n']);
  });

  it('GATEWAY-I2: GET /version -> what this server, its cluster and its storage are', async () => {
    const { headers, body } = await ask('/version');
    assert.equal(body, '{"etcdserver":"3.6.14","etcdcluster":"3.6.0","storage":"3.6.0"}');
    assert.equal(headers['content-type'], 'application/json');
    Object.assign(state, { clusterVersion: undefined, storageVersion: undefined });
    const early = await ask('/version');
    Object.assign(state, { clusterVersion: '3.6.0', storageVersion: '3.6.0' });
    assert.equal(
      early.body,
      '{"etcdserver":"3.6.14","etcdcluster":"not_decided","storage":"unknown"}',
    );
  });

  for (const path of ['/health', '/version']) {
    it(`POST ${path} -> 405, which names GET`, async () => {
      const { status, headers, body } = await ask(path, 'POST');
      assert.deepEqual([status, headers.allow, body], [405, 'GET', 'Method Not Allowed\n']);
    });
  }

  it('OPTIONS -> 200, empty; another path -> 404', async () => {
    assert.deepEqual((await ask('/health', 'OPTIONS')).body, '');
    const { status, body } = await ask('/nope');
    assert.deepEqual([status, body], [404, '404 page not found\n']);
  });

  it('a target that is no URL -> 400', async () => {
    assert.equal((await ask('//')).status, 400);
  });
});
