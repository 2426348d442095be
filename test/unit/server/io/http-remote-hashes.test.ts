/** The asking side against the answering side over a real port, and against answers that are none. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { MvccError } from '../../../../src/mvcc/index.ts';
import { HttpRemoteHashes } from '../../../../src/server/io/http-remote-hashes.ts';
import { remoteAnswerBytesMax } from '../../../../src/server/io/peer-answer.ts';
import type { PeerHash } from '../../../../src/server/peer/serve/peer-services.ts';
import { ManualTime } from '../../../support/peer/manual-time.ts';
import { NO_SERVICES, TestMember } from '../../../support/peer/test-member.ts';

const CLUSTER = 0xcdefn;

async function asking(listener: RequestListener, timeoutMs = 1000): Promise<PeerHash> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const remote = new HttpRemoteHashes(timeoutMs);
  try {
    const asked = { cluster: CLUSTER, revision: 5 };
    return await remote.hashAt(`http://127.0.0.1:${port}`, asked);
  } finally {
    remote.close();
    server.closeAllConnections();
    server.close();
  }
}

const answering =
  (body: string, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

describe('http remote hashes', () => {
  it('a member of ours -> its hash, or why not', async () => {
    const said = { currentRevision: 9, hash: 4_000_000_000, compactRevision: -1, hashRevision: 5 };
    const refused = (code: 'MVCC_COMPACTED' | 'MVCC_FUTURE_REVISION') =>
      Promise.reject(new MvccError(code, 'no'));
    const member = await TestMember.start(1n, {
      time: new ManualTime(),
      clusterId: CLUSTER,
      services: {
        ...NO_SERVICES,
        hashes: {
          hashAt: (revision) => {
            if (revision === 5) return Promise.resolve(said);
            return refused(revision < 5 ? 'MVCC_COMPACTED' : 'MVCC_FUTURE_REVISION');
          },
        },
      },
    });
    const remote = new HttpRemoteHashes(1000);
    const ask = (revision: number, cluster = CLUSTER): Promise<PeerHash> =>
      remote.hashAt(member.url, { cluster, revision });
    try {
      assert.deepEqual(await ask(5), said);
      await assert.rejects(ask(1), {
        code: 'CORRUPTION_PEER_COMPACTED',
        message: 'etcdserver: mvcc: required revision has been compacted',
      });
      await assert.rejects(ask(6), {
        code: 'CORRUPTION_PEER_BEHIND',
        message: 'etcdserver: mvcc: required revision is a future revision',
      });
      await assert.rejects(ask(5, 1n), {
        code: 'CORRUPTION_OTHER_CLUSTER',
        message: 'etcdserver: cluster ID mismatch',
      });
    } finally {
      remote.close();
      await member.stop();
    }
  });

  it('what is asked -> as etcd asks', async () => {
    const seen = new Promise<unknown[]>((resolve) => {
      void asking((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const { method, url, headers } = request;
          const body = Buffer.concat(chunks).toString();
          resolve([method, url, headers['x-etcd-cluster-id'], headers['content-type'], body]);
          response.end('{"header":{}}');
        });
      });
    });
    const body = '{"revision":5}';
    assert.deepEqual(await seen, ['GET', '/members/hashkv', 'cdef', 'application/json', body]);
  });

  it('zeros that Go leaves out, and fields that are none of ours -> read', async () => {
    const zeros = { currentRevision: 0, hash: 0, compactRevision: 0, hashRevision: 0 };
    assert.deepEqual(await asking(answering('{}')), zeros);
    const more = '{"header":{"cluster_id":18446744073709551615,"revision":3},"x":[1],"hash":1}\n';
    const found = { ...zeros, currentRevision: 3, hash: 1 };
    assert.deepEqual(await asking(answering(more)), found);
  });

  const bad: readonly (readonly [string, RequestListener])[] = [
    ['no JSON', answering('hash')],
    ['a list', answering('[]')],
    ['null', answering('null')],
    ['a hash that is no number', answering('{"hash":"1"}')],
    ['a fraction', answering('{"hash":1.5}')],
    ['a header that is none', answering('{"header":7}')],
    ['a revision beyond all', answering('{"header":{"revision":1e300}}')],
    ['another status', answering('{}', 503)],
    ['a redirection', answering('{}', 302, { location: 'http://127.0.0.1:1/' })],
    ['remoteAnswerBytesMax', answering(`{}${' '.repeat(remoteAnswerBytesMax)}`)],
    ['no answer', () => undefined],
    ['half an answer', (_request, response) => void response.write('{')],
    ['a connection that breaks', (request) => void request.socket.destroy()],
  ];
  for (const [name, listener] of bad) {
    it(`${name} -> rejects`, () => assert.rejects(asking(listener, 200)));
  }

  it('a long refusal -> its beginning', () =>
    assert.rejects(asking(answering('x'.repeat(10_000), 500)), {
      code: 'CORRUPTION_NO_HASH',
      message: `unknown error: ${'x'.repeat(200)}`,
    }));
});
