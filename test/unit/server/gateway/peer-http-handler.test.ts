import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { peerHttpHandler } from '../../../../src/server/gateway/peer-http-handler.ts';
import { ETCD_VERSION } from '../../../../src/server/version.ts';

const server = createServer(peerHttpHandler({ clusterVersion: '3.6.0', storageVersion: '3.6.0' }));

async function ask(path: string, method = 'GET'): Promise<[number, string, string | null]> {
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return [answer.status, await answer.text(), answer.headers.get('allow')];
}

describe('peer http handler', () => {
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
  });

  it('GATEWAY-I2: /version -> as on the client port', async () => {
    const body = `{"etcdserver":"${ETCD_VERSION}","etcdcluster":"3.6.0","storage":"3.6.0"}`;
    assert.deepEqual(await ask('/version'), [200, body, null]);
    assert.deepEqual(await ask('/version', 'POST'), [405, 'Method Not Allowed\n', 'GET']);
  });

  for (const path of ['/', '/health', '/metrics', '/version/', '/v3/kv/range']) {
    it(`${path} -> 404`, async () => {
      assert.deepEqual(await ask(path), [404, '404 page not found\n', null]);
    });
  }
});
