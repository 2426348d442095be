/**
 * Clients that others wrote, each with an HTTP/2 stack of its own, on a real member. etcdctl
 * (grpc-go) and @grpc/grpc-js have tests of their own besides.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { buildGoClient, goSkipReason } from '../support/go-client.ts';
import {
  call,
  decode,
  decodeResponse,
  encodeRequest,
  type Fields,
  grpcClient,
} from '../support/grpc-client.ts';
import { freePort, liveSkipReason, MemberProcess, realTool, run } from '../support/processes.ts';
import {
  type PythonCall,
  type PythonResult,
  pythonCalls,
  pythonSkipReason,
} from '../support/python-client.ts';

const PUT = '/etcdserverpb.KV/Put';
const RANGE = '/etcdserverpb.KV/Range';
const WATCH = '/etcdserverpb.Watch/Watch';
const KEEP_ALIVE = '/etcdserverpb.Lease/LeaseKeepAlive';
const GRANT = '/etcdserverpb.Lease/LeaseGrant';

const MIB = 1024 * 1024;

function curlSkipReason(): string | false {
  try {
    const features = execFileSync('curl', ['--version'], { encoding: 'utf8' });
    if (/\bHTTP2\b/.test(features)) return false;
  } catch {
    // None at all.
  }
  if (process.env['CI'] === 'true') throw new TypeError('needs curl with HTTP/2');
  return 'needs curl with HTTP/2';
}

interface CurlAnswer {
  /** `1.1` or `2`. */
  readonly version: string;
  readonly status: number;
  readonly body: string;
  readonly stderr: string;
}

async function curl(...args: string[]): Promise<CurlAnswer> {
  const shown = '\n%{http_version} %{http_code}';
  const { stdout, stderr } = await run('curl', ['-sS', '-m', '15', '-w', shown, ...args]);
  const parts = /^(?<body>.*)\n(?<version>\S+) (?<status>\d+)$/s.exec(stdout)?.groups ?? {};
  const { body = '', version = '', status } = parts;
  return { version, status: Number(status), body, stderr };
}

let member: MemberProcess;
/** `host:port` where the same is served with TLS. */
let secure: string;

describe('clients', () => {
  before(async () => {
    const clientPort = await freePort();
    secure = `127.0.0.1:${await freePort()}`;
    const urls = `http://127.0.0.1:${clientPort},https://${secure}`;
    const flags = ['--auto-tls', `--listen-client-urls=${urls}`];
    member = await MemberProcess.start({ kind: 'etcd-ts', clientPort, flags });
  });
  after(() => member.dispose());

  describe('curl', { skip: curlSkipReason() }, () => {
    const WAYS: [name: string, version: string, flags: string[]][] = [
      ['HTTP/1.0', '1.1', ['--http1.0']],
      ['HTTP/1.1', '1.1', ['--http1.1']],
      ['HTTP/2 with prior knowledge', '2', ['--http2-prior-knowledge']],
      // It asks to upgrade the connection, which nobody has to grant.
      ['HTTP/2 by upgrade', '1.1', ['--http2']],
      ['HTTP/1.1 with TLS', '1.1', ['--http1.1', '--insecure']],
      ['HTTP/2 with TLS', '2', ['--http2', '--insecure']],
    ];
    for (const [name, version, flags] of WAYS) {
      const isSecure = name.endsWith('TLS');
      const ask = (path: string, ...more: string[]): Promise<CurlAnswer> => {
        const base = isSecure ? `https://${secure}` : `http://${member.endpoint}`;
        return curl(...flags, ...more, `${base}${path}`);
      };

      it(`${name}: pages, headers, methods -> the same answers on all ways`, async () => {
        const health = await ask('/health');
        assert.deepEqual(
          [health.version, health.status, health.body, health.stderr],
          [version, 200, '{"health":"true","reason":""}', ''],
        );
        assert.equal((await ask('/nothing')).body, '404 page not found\n');
        assert.equal((await ask('/version', '-X', 'DELETE')).status, 405);
        const head = await ask('/metrics', '-I');
        assert.match(head.body, /content-type: text\/plain/i);
        const options = await ask('/', '-i', '-X', 'OPTIONS');
        assert.match(options.body, /access-control-allow-origin: \*/i);
      });

      it(`${name}: a long answer, compressed and not -> whole`, async () => {
        const [plain, packed] = await Promise.all([
          ask('/metrics'),
          ask('/metrics', '--compressed'),
        ]);
        for (const { body, status } of [plain, packed]) {
          assert.equal(status, 200);
          assert.match(body, /^# HELP [\s\S]*\netcd_server_has_leader 1\n[\s\S]*\n$/);
        }
      });

      // Without TLS, curl 7 may take an answer that comes before it has sent all for a failure.
      if (version === '1.1' || isSecure) {
        it(`${name}: a large body that nobody wants -> answered all the same`, async () => {
          const path = join(member.folder, 'body');
          writeFileSync(path, Buffer.alloc(8 * MIB));
          for (const more of [
            [],
            ['-H', 'Expect: 100-continue'],
            ['-H', 'Transfer-Encoding: chunked'],
          ]) {
            const { status } = await ask('/version', '--data-binary', `@${path}`, ...more);
            assert.equal(status, 405);
          }
        });
      }
    }

    it('many pages at a time on one HTTP/2 connection -> all there', async () => {
      // On plain-text connections curl 7 loses its way with several streams, whoever serves.
      const many = ['--http2', '--insecure', '--parallel', '--parallel-max', '50'];
      const { stdout } = await run('curl', ['-sS', ...many, `https://${secure}/version?[1-200]`]);
      assert.equal(stdout.match(/"etcdserver"/g)?.length, 200);
    });
  });

  describe('Python’s grpcio', { skip: pythonSkipReason() }, () => {
    const python = (...calls: PythonCall[]): Promise<PythonResult[]> =>
      pythonCalls(member.endpoint, calls);
    const unary = (path: string, fields: Fields, more: Partial<PythonCall> = {}): PythonCall => ({
      path,
      requests: [encodeRequest(path, fields)],
      ...more,
    });

    it('writes and reads, also in large and compressed messages', async () => {
      const value = 'v'.repeat(MIB);
      const calls = [
        unary(PUT, { key: 'python', value }),
        unary(RANGE, { key: 'python' }),
        unary(PUT, { key: 'python', value: 'v'.repeat(9999) }, { compression: 'Gzip' }),
        unary(RANGE, { key: 'python' }, { compression: 'Gzip' }),
      ];
      const [put, read, small, again] = await python(...calls);
      const lengthOf = (result: PythonResult | undefined): number | undefined => {
        const answer = decodeResponse(RANGE, result?.answers[0] ?? Buffer.alloc(0));
        const value = (answer['kvs'] as Fields[])[0]?.['value'] as Uint8Array | undefined;
        return value?.length;
      };
      assert.deepEqual([put?.code, small?.code], ['OK', 'OK']);
      assert.deepEqual([lengthOf(read), lengthOf(again)], [MIB, 9999]);
    });

    it('2000 calls at a time -> all answered', async () => {
      const [result] = await python(unary(RANGE, { key: 'k' }, { times: 2000 }));
      assert.deepEqual([result?.code, result?.answers.length], ['OK', 1]);
    });

    it('failures -> their codes and texts', async () => {
      const results = await python(
        unary(PUT, { key: '' }),
        { path: '/etcdserverpb.KV/Nothing', requests: [Buffer.alloc(0)] },
        unary(PUT, { key: 'k', value: 'v'.repeat(3 * MIB) }),
        unary(RANGE, { key: 'k' }, { compression: 'Deflate' }),
        unary(PUT, { key: 'k', lease: '77' }),
      );
      assert.deepEqual(
        results.map(({ code, details }) => `${code} ${details}`),
        [
          'INVALID_ARGUMENT etcdserver: key is not provided',
          'UNIMPLEMENTED unknown method Nothing for service etcdserverpb.KV',
          'RESOURCE_EXHAUSTED grpc: received message larger than max (3145736 vs. 2097152)',
          'UNIMPLEMENTED grpc: Decompressor is not installed for grpc-encoding "deflate"',
          'NOT_FOUND etcdserver: requested lease not found',
        ],
      );
    });

    it('watches and keeps a lease alive', async () => {
      const granted = unary(GRANT, { TTL: 60, ID: 4711 });
      const watch: PythonCall = {
        path: WATCH,
        requests: [encodeRequest(WATCH, { createRequest: { key: 'told', startRevision: 1 } })],
        answers: 2,
      };
      const alive = encodeRequest(KEEP_ALIVE, { ID: 4711 });
      const kept: PythonCall = { path: KEEP_ALIVE, requests: [alive, alive], answers: 2 };
      const results = await python(granted, unary(PUT, { key: 'told', value: 'v' }), watch, kept);
      assert.deepEqual(
        results.map(({ code }) => code),
        ['OK', 'OK', 'OK', 'OK'],
      );
      const event = decode('etcdserverpb.WatchResponse', results[2]?.answers[1] ?? Buffer.alloc(0));
      assert.equal((event['events'] as Fields[]).length, 1);
      const ttls = results[3]?.answers.map((answer) => decodeResponse(KEEP_ALIVE, answer)['TTL']);
      assert.deepEqual(ttls, ['60', '60']);
    });

    it('a deadline that passes -> DEADLINE_EXCEEDED', async () => {
      const requests = [encodeRequest(WATCH, { createRequest: { key: 'k' } })];
      const [result] = await python({ path: WATCH, requests, answers: 9, timeoutSeconds: 0.3 });
      assert.equal(result?.code, 'DEADLINE_EXCEEDED');
    });
  });

  it('etcd’s Go client -> all that it does works', { skip: goSkipReason() }, async () => {
    const client = await buildGoClient(member.folder);
    const { stdout, stderr } = await run(client, [member.endpoint], { timeoutMs: 60_000 });
    assert.equal(
      stdout,
      [
        'large true',
        'txn true',
        'watch 500',
        'lease 60',
        'lock 5',
        'empty key true',
        'future revision true',
        'deadline true',
        '',
      ].join('\n'),
      stderr,
    );
  });

  describe('on the peer port', () => {
    const peer = (): string => member.peerUrl.slice('http://'.length);

    it('gRPC clients are served', async () => {
      const client = grpcClient(peer());
      await call(client, PUT, { key: 'by-peer-port', value: 'v' });
      client.close();
    });

    it('etcdctl is served', { skip: liveSkipReason('etcdctl') }, async () => {
      const args = [`--endpoints=${peer()}`, 'put', 'k', 'v'];
      const { stdout } = await run(realTool('etcdctl') ?? '', args, { env: { ETCDCTL_API: '3' } });
      assert.equal(stdout, 'OK\n');
    });

    it('clients have to use TLS -> no gRPC client is served', async () => {
      const clientPort = await freePort();
      const flags = [
        '--auto-tls',
        `--listen-client-urls=https://127.0.0.1:${await freePort()}`,
        `--listen-client-http-urls=http://127.0.0.1:${clientPort}`,
      ];
      const strict = await MemberProcess.start({ kind: 'etcd-ts', clientPort, flags });
      const client = grpcClient(strict.peerUrl.slice('http://'.length));
      await assert.rejects(call(client, PUT, { key: 'k' }), { code: status.UNIMPLEMENTED });
      client.close();
      await strict.dispose();
    });

    it('/version over HTTP/1.1 and HTTP/2; nothing else', { skip: curlSkipReason() }, async () => {
      for (const way of ['--http1.1', '--http2-prior-knowledge']) {
        const version = await curl(way, `${member.peerUrl}/version`);
        assert.match(version.body, /^\{"etcdserver":"[\d.]+","etcdcluster":"3\.6\.0","storage":/);
        assert.equal((await curl(way, `${member.peerUrl}/health`)).status, 404);
      }
    });
  });
});
