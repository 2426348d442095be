/** Over real sockets, with Node's own HTTP/2 client on the other side. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  connect as http2Connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { Timer } from '../../../../src/base/ports/scheduler.ts';
import type { ServiceTable } from '../../../../src/grpc/index.ts';
import { FLUSH_BYTES_MAX } from '../../../../src/http2/connection.ts';
import { FrameFlag, FrameType } from '../../../../src/http2/frame.ts';
import { encodeHeaderBlock } from '../../../../src/http2/hpack/index.ts';
import type { Http2Options } from '../../../../src/http2/index.ts';
import type { Http2ServerPorts } from '../../../../src/server/io/http2-server.ts';
import { realScheduler } from '../../../../src/server/io/real-scheduler.ts';
import { GrpcEndpoint } from '../../../support/grpc/grpc-endpoint.ts';

const MIB = 1024 * 1024;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = frame(FrameType.SETTINGS, 0, 0, Buffer.alloc(0));
/** The largest windows: what holds a server back is the socket. */
const WIDE_SETTINGS = frame(FrameType.SETTINGS, 0, 0, Buffer.from('00047fffffff', 'hex'));
const WIDE_WINDOW = frame(FrameType.WINDOW_UPDATE, 0, 0, Buffer.from('7fff0000', 'hex'));

interface Served {
  readonly endpoint: GrpcEndpoint;
  readonly port: number;
  readonly session: ClientHttp2Session;
  /** The server's ends, in the order of the connections. */
  readonly sockets: readonly Socket[];
}

interface Setup {
  readonly handler?: RequestListener;
  readonly table?: ServiceTable;
  readonly http2?: Partial<Http2Options>;
  readonly time?: Http2ServerPorts;
}

async function withServer(setup: Setup, use: (served: Served) => Promise<void>): Promise<void> {
  const { handler = () => undefined, table = new Map(), ...options } = setup;
  const endpoint = new GrpcEndpoint(table, { ...options, http: createHttpServer(handler) });
  const sockets: Socket[] = [];
  const listener = createServer((socket) => {
    sockets.push(socket);
    endpoint.injectConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  // Node's client resets streams itself when all of them together hold more than this, in MB.
  const session = http2Connect(`http://127.0.0.1:${port}`, { maxSessionMemory: 100 });
  session.on('error', () => undefined);
  try {
    await use({ endpoint, port, session, sockets });
  } finally {
    session.destroy();
    listener.close();
    await endpoint.shutdown(0);
  }
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
  stream.on('response', (received) => {
    headers = received;
  });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { status: headers[':status'], headers, body: Buffer.concat(chunks) };
}

function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: Uint8Array,
): Promise<Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return answerOf(stream);
}

/** Answers with the body of the request. */
const mirror: RequestListener = (request, response) => {
  response.setHeader('x-path', request.url ?? '');
  request.pipe(response);
};

describe('Http2Server: HTTP requests', () => {
  it('pages -> bridged; gRPC beside them on the same connection', async () => {
    const table: ServiceTable = new Map([
      ['/t.T/Echo', { kind: 'unary', handler: (call, bytes) => call.reply(bytes) }],
    ]);
    await withServer({ table, handler: mirror }, async ({ session }) => {
      const grpc = {
        ':method': 'POST',
        ':path': '/t.T/Echo',
        'content-type': 'application/grpc+proto',
        te: 'trailers',
      };
      const message = Buffer.from([0, 0, 0, 0, 2, 104, 105]);
      const [page, call] = await Promise.all([
        ask(session, { ':path': '/page' }),
        ask(session, grpc, message),
      ]);
      assert.deepEqual([page.status, page.headers['x-path']], [200, '/page']);
      assert.equal(page.headers['connection'], undefined);
      assert.equal(page.headers['transfer-encoding'], undefined);
      assert.deepEqual(call.body, message);
    });
  });

  it('large bodies both ways, many at a time -> whole', async () => {
    const body = Buffer.alloc(3 * MIB, 'abcdefg');
    await withServer({ handler: mirror }, async ({ session }) => {
      const asked = Array.from({ length: 8 }, (_, at) => {
        const length = at % 2 === 0 ? {} : { 'content-length': body.length };
        return ask(session, { ':method': 'POST', ':path': `/${at}`, ...length }, body);
      });
      for (const [at, answer] of (await Promise.all(asked)).entries()) {
        assert.equal(answer.headers['x-path'], `/${at}`);
        assert.ok(answer.body.equals(body));
      }
    });
  });

  it('500 requests at once -> those beyond the limit of the bridge are refused, none is lost', async () => {
    await withServer({ handler: mirror }, async ({ session }) => {
      const asked = Array.from({ length: 500 }, () => ask(session, { ':path': '/' }));
      const ends = await Promise.allSettled(asked);
      const served = ends.filter(({ status }) => status === 'fulfilled');
      const refused = ends.filter(
        (end) =>
          end.status === 'rejected' && /NGHTTP2_REFUSED_STREAM/.test((end.reason as Error).message),
      );
      assert.ok(served.length >= 250, `${served.length} were served`);
      assert.equal(served.length + refused.length, 500);
    });
  });

  it('a client that cancels -> the handler is told', async () => {
    let closed: Promise<unknown> | undefined;
    const handler: RequestListener = (_request, response) => {
      closed = once(response, 'close');
      response.write('begun');
    };
    await withServer({ handler }, async ({ session }) => {
      const stream = session.request({ ':path': '/' });
      await once(stream, 'data');
      stream.close(constants.NGHTTP2_CANCEL);
      await closed;
    });
  });
});

describe('Http2Server: connections', () => {
  it('a client that does not read -> the handler is held back; it reads -> all comes', async () => {
    const PIECE = Buffer.alloc(65_536, 'x');
    const PIECES = 512;
    let written = 0;
    const handler: RequestListener = (_request, response) => {
      const writeOn = (): void => {
        while (written < PIECES) {
          written += 1;
          if (!response.write(PIECE)) return void response.once('drain', writeOn);
        }
        response.end();
      };
      writeOn();
    };
    await withServer({ handler }, async ({ port, sockets }) => {
      const socket = connect(port, '127.0.0.1').pause();
      socket.write(Buffer.concat([PREFACE, WIDE_SETTINGS, WIDE_WINDOW, get(1)]));
      let before = -1;
      while (written === 0 || written > before) {
        before = written;
        for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      }
      assert.ok(written < PIECES, `${written} of ${PIECES} pieces were written`);
      const waiting = sockets[1]?.writableLength ?? 0;
      assert.ok(waiting > 0 && waiting <= 2 * FLUSH_BYTES_MAX, `${waiting} bytes wait`);
      let bodyBytes = 0;
      const frames = new FrameSplitter((type, payload) => {
        if (type === FrameType.DATA) bodyBytes += payload.length;
      });
      for await (const chunk of socket) {
        frames.add(chunk as Buffer);
        if (bodyBytes >= PIECES * PIECE.length) break;
      }
      assert.equal(bodyBytes, PIECES * PIECE.length);
    });
  });

  it('the client goes, by half-close or reset -> its streams are cancelled, the connection is let go', async () => {
    for (const leave of ['end', 'destroy'] as const) {
      let told: Promise<unknown> | undefined;
      const handler: RequestListener = (_request, response) => {
        told = once(response, 'close');
      };
      await withServer({ handler }, async ({ port, session, endpoint, sockets }) => {
        await once(session, 'connect');
        const socket = connect(port, '127.0.0.1').resume();
        socket.write(Buffer.concat([PREFACE, SETTINGS, get(1)]));
        while (told === undefined) await new Promise(setImmediate);
        socket[leave]();
        await told;
        if (sockets[1]?.closed === false) await once(sockets[1], 'close');
        assert.equal(endpoint.connectionCount, 1);
      });
    }
  });

  it('a peer that does not keep to the rules -> GOAWAY, then closed; others go on', async () => {
    await withServer({ handler: mirror }, async ({ port, session }) => {
      const socket = connect(port, '127.0.0.1');
      socket.end(Buffer.concat([PREFACE, SETTINGS, Buffer.from('no frame at all '.repeat(9))]));
      const { types, closed } = receivedFrames(socket);
      await closed;
      assert.ok(types.includes(FrameType.GOAWAY));
      assert.equal((await ask(session, { ':path': '/' })).status, 200);
    });
  });

  it('a silent client is pinged, and closed when it does not answer', async () => {
    let nowMs = 0;
    let tick: () => void = () => undefined;
    const every = (_periodMs: number, task: () => void): Timer => {
      tick = task;
      return { cancel: () => undefined };
    };
    const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs };
    const time = { clock, scheduler: { ...realScheduler, every } };
    const http2 = { keepaliveIntervalMs: 60_000, keepaliveTimeoutMs: 10_000 };
    await withServer({ handler: mirror, http2, time }, async ({ port, session, endpoint }) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(Buffer.concat([PREFACE, SETTINGS]));
      const { types, closed } = receivedFrames(socket);
      const isSettings = (type: number): boolean => type === FrameType.SETTINGS;
      // The second one acknowledges ours.
      while (types.filter(isSettings).length < 2) await once(socket, 'data');
      tick();
      nowMs = 60_000;
      tick();
      // Node's client answers the PING of its connection.
      await ask(session, { ':path': '/' });
      nowMs = 70_000;
      tick();
      await closed;
      assert.ok(types.includes(FrameType.PING));
      assert.equal(endpoint.connectionCount, 1);
    });
  });
});

describe('Http2Server: shutdown', () => {
  it('running requests end, new ones are refused, then all is closed', async () => {
    let release: () => void = () => undefined;
    const handler: RequestListener = (_request, response) => {
      response.write('begun ');
      release = () => response.end('done');
    };
    await withServer({ handler }, async ({ session, endpoint }) => {
      const stream = session.request({ ':path': '/' });
      const answer = answerOf(stream);
      await once(stream, 'response');
      const down = endpoint.shutdown(60_000);
      await once(session, 'goaway');
      release();
      assert.equal((await answer).body.toString(), 'begun done');
      await down;
      assert.equal(endpoint.connectionCount, 0);
    });
  });

  it('a request that does not end -> is cut off after the grace; what connects then is closed', async () => {
    const handler: RequestListener = (_request, response) => void response.write('begun');
    await withServer({ handler }, async ({ session, endpoint, port }) => {
      const stream = session.request({ ':path': '/' });
      stream.on('error', () => undefined);
      await once(stream, 'response');
      await endpoint.shutdown(20);
      const late = connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .resume();
      await once(late, 'close');
    });
  });
});

/** A GET of `/` on a stream. */
function get(streamId: number): Buffer {
  const fields = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':authority', 'a'],
    [':path', '/'],
  ] as const;
  const flags = FrameFlag.END_STREAM | FrameFlag.END_HEADERS;
  return frame(FrameType.HEADERS, flags, streamId, encodeHeaderBlock(fields));
}

function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

/** Cuts what a server sends into frames. */
class FrameSplitter {
  readonly #onFrame: (type: number, payload: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onFrame: (type: number, payload: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  add(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (rest.length >= 9) {
      const end = 9 + rest.readUIntBE(0, 3);
      if (rest.length < end) break;
      this.#onFrame(rest[3] as number, rest.subarray(9, end));
      rest = rest.subarray(end);
    }
    this.#rest = rest;
  }
}

interface ReceivedFrames {
  /** Of all frames so far. */
  readonly types: number[];
  readonly closed: Promise<unknown>;
}

function receivedFrames(socket: Socket): ReceivedFrames {
  const types: number[] = [];
  const frames = new FrameSplitter((type) => void types.push(type));
  socket.on('data', (chunk: Buffer) => frames.add(chunk)).on('error', () => undefined);
  return { types, closed: once(socket, 'close') };
}
