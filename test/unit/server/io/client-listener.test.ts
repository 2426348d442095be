import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { Agent, createServer, get, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ServiceTable } from '../../../../src/grpc/index.ts';
import { parseMemberUrl } from '../../../../src/server/config/member-url.ts';
import { ClientListener } from '../../../../src/server/io/client-listener.ts';
import { ListenError } from '../../../../src/server/io/listen-error.ts';
import { BytesClient } from '../../../support/grpc/bytes-client.ts';
import { GrpcEndpoint } from '../../../support/grpc/grpc-endpoint.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** An empty SETTINGS frame: what a client sends next, and what a server answers first. */
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

const ECHO: ServiceTable = new Map([
  ['/t.T/Echo', { kind: 'unary', handler: (call, bytes) => call.reply(bytes) }],
  ['/t.T/Peer', { kind: 'unary', handler: (call) => call.reply(Buffer.from(call.peer)) }],
]);

interface Ports {
  readonly listener: ClientListener;
  readonly port: number;
  /** Destroyed at the end, if they are not closed then. */
  readonly dial: () => Socket;
}

interface Setup {
  readonly urls?: readonly string[];
  readonly readHeaderTimeoutMs?: number;
}

async function withListener(setup: Setup, use: (ports: Ports) => Promise<void>): Promise<void> {
  const grpc = new GrpcEndpoint(ECHO);
  const http = createServer((incoming, response) => {
    incoming.resume().on('end', () => response.end(`${incoming.method} ${incoming.url}`));
  });
  const listener = await ClientListener.open({
    urls: (setup.urls ?? ['http://127.0.0.1:0']).map(parseMemberUrl),
    readHeaderTimeoutMs: setup.readHeaderTimeoutMs ?? 60_000,
    onAcceptError: () => undefined,
  });
  listener.serve({ grpc, http });
  const port = listener.addresses[0]?.port ?? 0;
  const sockets: Socket[] = [];
  try {
    await use({
      listener,
      port,
      dial: () => {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        sockets.push(socket);
        return socket;
      },
    });
  } finally {
    listener.checkInvariants();
    for (const socket of sockets) socket.destroy();
    await listener.close();
    listener.checkInvariants();
    await grpc.shutdown(0);
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}

async function httpGet(port: number, path: string, agent?: Agent): Promise<string> {
  const options = { port, path, host: '127.0.0.1', ...(agent === undefined ? {} : { agent }) };
  const [response] = (await once(get(options), 'response')) as [IncomingMessage];
  return bodyOf(response);
}

/** Everything the server sends until it closes. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  await once(socket, 'close');
  return text;
}

describe('ClientListener: protocols', () => {
  it('gRPC and HTTP/1 on one port, also at the same time', async () => {
    await withListener({}, async ({ port }) => {
      const client = new BytesClient(port);
      const [rpc, page] = await Promise.all([
        client.unary('/t.T/Echo', 'hello'),
        httpGet(port, '/version'),
      ]);
      assert.deepEqual([rpc.messages, page], [['hello'], 'GET /version']);
      client.close();
    });
  });

  it('HTTP/1: several requests on one connection, and a body behind the header', async () => {
    await withListener({}, async ({ port }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      assert.equal(await httpGet(port, '/a', agent), 'GET /a');
      assert.equal(await httpGet(port, '/b', agent), 'GET /b');
      const post = request({ port, host: '127.0.0.1', path: '/c', method: 'POST', agent });
      post.end(Buffer.alloc(200_000));
      const [response] = (await once(post, 'response')) as [IncomingMessage];
      assert.equal(await bodyOf(response), 'POST /c');
      agent.destroy();
    });
  });

  it('HTTP/1: a client that half-closes after its request -> is answered', async () => {
    await withListener({}, async (ports) => {
      const socket = ports.dial();
      socket.end('GET /x HTTP/1.0\r\n\r\n');
      assert.match(await received(socket), /GET \/x$/);
    });
  });

  for (const [name, opening, isAnswer] of [
    ['HTTP/2', Buffer.concat([Buffer.from(PREFACE), SETTINGS]), (first: Buffer) => first[3] === 4],
    [
      'HTTP/1',
      Buffer.from('PROPFIND /slow HTTP/1.1\r\nhost: a\r\n\r\n'),
      (first: Buffer) => first.indexOf('HTTP/1.1 ') === 0,
    ],
  ] as const) {
    it(`${name}: byte by byte -> recognised, no byte lost`, async () => {
      await withListener({}, async (ports) => {
        const socket = ports.dial().setNoDelay(true);
        await once(socket, 'connect');
        const answered = once(socket, 'data') as Promise<[Buffer]>;
        for (const byte of opening) {
          socket.write(Uint8Array.of(byte));
          await new Promise(setImmediate);
        }
        const [first] = await answered;
        assert.ok(isAnswer(first), first.toString('latin1'));
      });
    });
  }

  it('first bytes that are no protocol -> 400, closed; others are served', async () => {
    await withListener({}, async (ports) => {
      const socket = ports.dial();
      socket.write('\u0016\u0003\u0001 no such thing\r\n\r\n');
      assert.match(await received(socket), /^HTTP\/1\.1 400 /);
      assert.equal(await httpGet(ports.port, '/ok'), 'GET /ok');
    });
  });

  it('the preface and then nonsense -> the connection is closed; others are served', async () => {
    await withListener({}, async (ports) => {
      const socket = ports.dial();
      socket.write(`${PREFACE}${'\u00ff'.repeat(64)}`);
      await received(socket);
      assert.equal(await httpGet(ports.port, '/ok'), 'GET /ok');
    });
  });

  it('a client that ends before it has said what it speaks -> closed', async () => {
    await withListener({}, async (ports) => {
      for (const opening of ['', 'P', 'PRI * HTTP']) {
        const socket = ports.dial();
        socket.end(opening);
        assert.equal(await received(socket), '');
      }
    });
  });
});

describe('ClientListener: header timeout', () => {
  for (const opening of ['', 'PRI *', 'GET / HTTP/1.1\r\nhost:']) {
    it(`${JSON.stringify(opening)} and then silence -> closed`, async () => {
      await withListener({ readHeaderTimeoutMs: 30 }, async (ports) => {
        const socket = ports.dial();
        socket.write(opening);
        assert.equal(await received(socket), '');
      });
    });
  }

  it('connections whose header came in time -> stay open after it', async () => {
    await withListener({ readHeaderTimeoutMs: 150 }, async (ports) => {
      const client = new BytesClient(ports.port);
      const { messages: peer } = await client.unary('/t.T/Peer', '');
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      await httpGet(ports.port, '/a', agent);
      const late = ports.dial();
      await received(late);
      // Both older connections have outlived the time limit when the silent one is cut off.
      assert.deepEqual((await client.unary('/t.T/Peer', '')).messages, peer);
      assert.equal(Object.values(agent.freeSockets).flat()[0]?.destroyed, false);
      assert.equal(await httpGet(ports.port, '/b', agent), 'GET /b');
      agent.destroy();
      client.close();
    });
  });
});

describe('ClientListener: before it serves', () => {
  it('a client that comes early -> waits, and is served when serving begins', async () => {
    const listener = await ClientListener.open({
      urls: [parseMemberUrl('http://127.0.0.1:0')],
      readHeaderTimeoutMs: 60_000,
      onAcceptError: () => undefined,
    });
    const port = listener.addresses[0]?.port ?? 0;
    const answer = once(get({ host: '127.0.0.1', port }), 'response');
    const other = connect(port, '127.0.0.1');
    await once(other, 'connect');
    listener.checkInvariants();
    const http = createServer((_request, response) => response.end('late but served'));
    listener.serve({ grpc: { injectConnection: (socket) => socket.destroy() }, http });
    const [response] = (await answer) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    response.destroy();
    listener.checkInvariants();
    await listener.close();
  });
});

describe('ClientListener: ports', () => {
  const open = async (urls: readonly string[]): Promise<ClientListener> =>
    ClientListener.open({
      urls: urls.map(parseMemberUrl),
      readHeaderTimeoutMs: 60_000,
      onAcceptError: () => undefined,
    });

  it('several URLs -> all of them are served', async () => {
    const urls = ['http://127.0.0.1:0', 'http://localhost:0'];
    await withListener({ urls }, async ({ listener }) => {
      for (const { address, port } of listener.addresses) {
        const [response] = (await once(get({ host: address, port }), 'response')) as [
          IncomingMessage,
        ];
        assert.equal(await bodyOf(response), 'GET /');
      }
      assert.equal(listener.addresses.length, 2);
    });
  });

  it('a busy port -> LISTEN_ADDRESS_IN_USE, and no port of the others stays bound', async () => {
    const first = await open(['http://127.0.0.1:0']);
    const busy = `http://127.0.0.1:${first.addresses[0]?.port}`;
    const free = await open(['http://127.0.0.1:0']);
    const freeUrl = `http://127.0.0.1:${free.addresses[0]?.port}`;
    await free.close();
    await assert.rejects(
      open([freeUrl, busy]),
      (error) =>
        error instanceof ListenError &&
        error.code === 'LISTEN_ADDRESS_IN_USE' &&
        error.message.startsWith(busy),
    );
    const again = await open([freeUrl]);
    await again.close();
    await first.close();
  });

  it('an address of another machine -> LISTEN_ADDRESS_UNAVAILABLE', async () => {
    await assert.rejects(open(['http://192.0.2.1:2379']), { code: 'LISTEN_ADDRESS_UNAVAILABLE' });
  });

  it('a unix socket -> served, also where a dead process left its socket file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'etcd-ts-socket-'));
    const path = join(folder, 'client.sock');
    for (let life = 0; life < 2; life++) {
      // The second life finds a file that nobody listens on.
      if (life === 1) leaveSocketFile(path);
      await withListener({ urls: [`unix://${path}`] }, async () => {
        const [response] = (await once(
          get({ socketPath: path, path: '/x', agent: false }),
          'response',
        )) as [IncomingMessage];
        assert.equal(await bodyOf(response), 'GET /x');
      });
    }
    rmSync(folder, { recursive: true });
  });

  it('stopAccepting -> the port is free, undecided connections go, others are served', async () => {
    await withListener({}, async ({ listener, port, dial }) => {
      const client = new BytesClient(port);
      await client.unary('/t.T/Echo', 'a');
      const silent = dial();
      await once(silent, 'connect');
      // Answered behind `silent`: the listener has accepted that one by then.
      await httpGet(port, '/');
      listener.stopAccepting();
      await received(silent);
      assert.equal((await client.unary('/t.T/Echo', 'b')).code, 0);
      const reopened = await open([`http://127.0.0.1:${port}`]);
      await reopened.close();
      client.close();
    });
  });

  it('close -> every connection is cut; again -> no harm', async () => {
    await withListener({}, async ({ listener, dial }) => {
      const socket = dial();
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
      await once(socket, 'data');
      await listener.close();
      await received(socket);
      await listener.close();
    });
  });
});

/** What a listening process leaves behind that is killed. */
function leaveSocketFile(path: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () =>
    process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  assert.ok(statSync(path).isSocket());
}
