import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { parseMemberUrl } from '../../../../../src/server/config/member-url.ts';
import { type DialTls, PeerAgents } from '../../../../../src/server/peer/dial/peer-agents.ts';
import { PeerError } from '../../../../../src/server/peer/errors.ts';
import { Authority } from '../../../../support/tls/certificates.ts';

const authority = await Authority.make('ca');
const pair = await authority.signServer();
const trusting: DialTls = () => ({ ca: authority.certificate });

interface Peer {
  readonly url: string;
  /** Connections that it took. */
  readonly connections: readonly Socket[];
  readonly server: Server;
}

async function peer(scheme: 'http' | 'https'): Promise<Peer> {
  const answer: RequestListener = (_request, response) => response.end('answer');
  const own = { cert: pair.certificate, key: pair.key };
  const server = scheme === 'http' ? createServer(answer) : createHttpsServer(own, answer);
  const connections: Socket[] = [];
  server.on('connection', (socket: Socket) => connections.push(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `${scheme}://127.0.0.1:${port}`, connections, server };
}

/** The socket that an answer came through. */
async function ask(agents: PeerAgents, url: string): Promise<TLSSocket> {
  const asked = request({ ...agents.to(parseMemberUrl(url)), path: '/' }).end();
  const [answer] = await once(asked, 'response');
  const { socket } = answer;
  answer.resume();
  await once(answer, 'end');
  return socket;
}

describe('PeerAgents', () => {
  it('http and https -> as the URL says', async () => {
    const [plain, secure] = [await peer('http'), await peer('https')];
    const agents = new PeerAgents(trusting);
    assert.equal((await ask(agents, plain.url)).encrypted, undefined);
    assert.equal((await ask(agents, secure.url)).encrypted, true);
    agents.destroy();
    for (const { server } of [plain, secure]) server.close();
  });

  it('asked for TLS at each connection, and for no request on a kept one', async () => {
    const { url, server, connections } = await peer('https');
    let asked = 0;
    const tls: DialTls = () => {
      asked++;
      return trusting();
    };
    const pooled = new PeerAgents(tls, { keepAlive: true });
    await ask(pooled, url);
    await new Promise((resolve) => setImmediate(resolve));
    await ask(pooled, url);
    assert.deepEqual([asked, connections.length], [1, 1]);
    pooled.destroy();
    const single = new PeerAgents(tls);
    // A resumed session would be verified by nobody.
    for (let at = 0; at < 3; at++) {
      assert.equal((await ask(single, url)).isSessionReused(), false);
    }
    assert.deepEqual([asked, connections.length], [4, 4]);
    server.close();
  });

  it('files that cannot be used -> the request fails with that, and nobody is connected to', async () => {
    const { url, server, connections } = await peer('https');
    const failure = new PeerError('PEER_UNREACHABLE', 'no such file');
    const agents = new PeerAgents(() => {
      throw failure;
    });
    const asked = request({ ...agents.to(parseMemberUrl(url)), path: '/' });
    asked.end();
    const failures: unknown[] = [];
    asked.on('error', (error) => failures.push(error));
    await new Promise((resolve) => void asked.once('close', resolve));
    assert.deepEqual([failures, connections.length], [[failure], 0]);
    server.close();
  });
});
