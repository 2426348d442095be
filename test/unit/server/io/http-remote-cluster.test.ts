import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { HttpRemoteCluster } from '../../../../src/server/io/http-remote-cluster.ts';
import { remoteAnswerBytesMax } from '../../../../src/server/io/peer-answer.ts';

/** Asks a server that answers so. */
async function asking<T>(
  listener: RequestListener,
  ask: (remote: HttpRemoteCluster, url: string) => Promise<T>,
): Promise<T> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await ask(new HttpRemoteCluster(), `http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const MEMBERS =
  '[{"id":18446744073709551615,"peerURLs":["http://b:1"],"isLearner":true},' +
  '{"id":9223372036854775809,"peerURLs":["http://a:1"],"name":"a \\"id\\":1","clientURLs":["http://a:2"]}]\n';

const answering =
  (body: string, headers: Record<string, string> = {}, status = 200): RequestListener =>
  (request, response) => {
    response.writeHead(status, { ...headers, 'x-path': request.url });
    response.end(body);
  };

describe('http remote cluster', () => {
  it('/members -> ids with all their bits, in order', async () => {
    const listener = answering(MEMBERS, { 'X-Etcd-Cluster-ID': 'cdf818194e3a8c32' });
    const found = await asking(listener, (remote, url) => remote.cluster(url, 1000));
    assert.equal(found.id, 0xcdf8_1819_4e3a_8c32n);
    assert.deepEqual(found.members, [
      {
        id: 2n ** 63n + 1n,
        peerURLs: ['http://a:1'],
        isLearner: false,
        name: 'a "id":1',
        clientURLs: ['http://a:2'],
      },
      { id: 2n ** 64n - 1n, peerURLs: ['http://b:1'], isLearner: true, name: '', clientURLs: [] },
    ]);
  });

  it('/version', async () => {
    const body = '{"etcdserver":"3.5.30","etcdcluster":"3.5.0"}';
    const versions = await asking(answering(body), (remote, url) => remote.versions(url, 1000));
    assert.deepEqual(versions, { server: '3.5.30', cluster: '3.5.0' });
  });

  const ID = { 'X-Etcd-Cluster-ID': '1' };
  const bad: readonly (readonly [string, RequestListener])[] = [
    ['no JSON', answering('members', ID)],
    ['no list', answering('{}', ID)],
    ['no members', answering('[]', ID)],
    ['no cluster id', answering(MEMBERS)],
    ['a cluster id that is none', answering(MEMBERS, { 'X-Etcd-Cluster-ID': 'x' })],
    ['another status', answering(MEMBERS, ID, 503)],
    ['a redirection', answering(MEMBERS, { ...ID, location: 'http://127.0.0.1:1/' }, 302)],
    ['remoteAnswerBytesMax', answering(MEMBERS + ' '.repeat(remoteAnswerBytesMax), ID)],
    ['no answer', () => undefined],
    ['half an answer', (_, response) => void response.write('[')],
    ['a connection that breaks', (request) => request.socket.destroy()],
  ];
  for (const [name, listener] of bad) {
    it(`${name} -> rejects`, () =>
      assert.rejects(asking(listener, (remote, url) => remote.cluster(url, 200))));
  }

  it('nobody there, or no URL -> rejects', async () => {
    const remote = new HttpRemoteCluster();
    await assert.rejects(remote.cluster('http://127.0.0.1:1', 1000), { code: 'ECONNREFUSED' });
    await assert.rejects(remote.cluster('nonsense', 1000));
  });
});
