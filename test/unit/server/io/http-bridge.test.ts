import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import {
  type RequestHead,
  SEND_BUFFER_BYTES,
  type StreamUser,
} from '../../../../src/http2/index.ts';
import {
  BRIDGED_REQUESTS_MAX,
  BridgedSocket,
  HttpBridge,
} from '../../../../src/server/io/http-bridge.ts';
import { FakeAnswerStream } from '../../../support/server/fake-answer-stream.ts';

const MIB = 1024 * 1024;
const ORIGIN = { peer: '192.0.2.1:50000', clientCommonName: 'alice', isTls: true };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Asked {
  readonly stream: FakeAnswerStream;
  readonly user: StreamUser;
}

interface Question {
  readonly head?: Partial<RequestHead>;
  /** The whole body; unset: none. */
  readonly body?: Uint8Array;
}

function bridgeTo(handler: Handler): HttpBridge {
  return new HttpBridge(createServer(handler), ORIGIN);
}

function headOf(head: Partial<RequestHead> = {}): RequestHead {
  return { method: 'GET', scheme: 'http', authority: 'a:1', path: '/', fields: [], ...head };
}

function ask(bridge: HttpBridge, { head, body }: Question = {}): Asked {
  const stream = new FakeAnswerStream();
  const user = bridge.accept(stream, headOf(head), body === undefined);
  if (body !== undefined && body.length > 0) user.onData(body);
  user.onEnd();
  return { stream, user };
}

function begin(bridge: HttpBridge, head: Partial<RequestHead> = {}): Asked {
  const stream = new FakeAnswerStream();
  return { stream, user: bridge.accept(stream, headOf({ method: 'POST', ...head }), false) };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Answers with what it was asked, as JSON. */
const echo: Handler = (request, response) => {
  void bodyOf(request).then((body) => {
    const { method, url, headers, httpVersion } = request;
    response.end(JSON.stringify({ method, url, headers, httpVersion, body: body.length }));
  });
};

async function echoed(question: Question): Promise<Record<string, unknown>> {
  const { stream } = ask(bridgeTo(echo), question);
  assert.equal(await stream.ended(), 'complete');
  assert.equal(stream.status, '200');
  return JSON.parse(stream.body.toString()) as Record<string, unknown>;
}

describe('HttpBridge: requests', () => {
  it('method, path, authority, fields -> an HTTP/1.1 request of the same', async () => {
    const fields = [
      { name: 'x-one', value: '1' },
      { name: 'accept', value: 'caf\xe9' },
    ];
    const head = { method: 'DELETE', path: '/a/b?c=d%20e', fields };
    assert.deepEqual(await echoed({ head }), {
      method: 'DELETE',
      url: '/a/b?c=d%20e',
      headers: { host: 'a:1', 'x-one': '1', accept: 'caf\xe9', connection: 'close' },
      httpVersion: '1.1',
      body: 0,
    });
  });

  it('no authority -> the host field; both -> the authority', async () => {
    const fields = [{ name: 'host', value: 'b:2' }];
    const hostOf = async (authority: string): Promise<unknown> =>
      ((await echoed({ head: { authority, fields } }))['headers'] as { host: string }).host;
    assert.equal(await hostOf(''), 'b:2');
    assert.equal(await hostOf('a:1'), 'a:1');
  });

  it('cookie crumbs -> one field; fields of the connection and expect -> left out', async () => {
    const fields = [
      { name: 'cookie', value: 'a=1' },
      { name: 'te', value: 'trailers' },
      { name: 'cookie', value: 'b=2' },
      { name: 'expect', value: '100-continue' },
      { name: 'upgrade', value: 'websocket' },
    ];
    const { headers } = await echoed({ head: { fields } });
    assert.deepEqual(headers, { host: 'a:1', cookie: 'a=1; b=2', connection: 'close' });
  });

  for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
    it(`${method} with a body, with its length and without -> framed, not taken for another request (BRIDGE-I1)`, async () => {
      const body = Buffer.from('GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n');
      const length = [{ name: 'content-length', value: String(body.length) }];
      for (const fields of [[], length]) {
        const seen = await echoed({ head: { method, fields }, body });
        assert.deepEqual([seen['method'], seen['body']], [method, body.length]);
      }
      const empty = await echoed({ head: { method }, body: new Uint8Array(0) });
      assert.equal(empty['body'], 0);
    });
  }

  it('a POST without a body -> a length of zero', async () => {
    const { headers } = await echoed({ head: { method: 'POST' } });
    assert.deepEqual(headers, { host: 'a:1', 'content-length': '0', connection: 'close' });
  });

  it('every character that HTTP/2 lets pass in a path or a value -> carried, or refused by 400', async () => {
    for (let unit = 0x21; unit <= 0xff; unit++) {
      if (unit === 0x7f) continue;
      const character = String.fromCharCode(unit);
      const { headers } = await echoed({ head: { fields: [{ name: 'x', value: character }] } });
      assert.equal((headers as { x?: string }).x, character);
      const { stream } = ask(bridgeTo(echo), { head: { path: `/${character}` } });
      assert.equal(await stream.ended(), 'complete');
      assert.equal(stream.status, unit < 0x7f ? '200' : '400');
    }
  });

  it('the handler sees who asks', async () => {
    const { stream } = ask(
      bridgeTo(({ socket }, response) => {
        assert.ok((socket as unknown) instanceof BridgedSocket);
        response.end(JSON.stringify((socket as unknown as BridgedSocket).origin));
      }),
    );
    await stream.ended();
    assert.deepEqual(JSON.parse(stream.body.toString()), ORIGIN);
  });
});

describe('HttpBridge: answers', () => {
  it('status, fields and body -> as given, without those of the connection', async () => {
    const { stream } = ask(
      bridgeTo((_request, response) => {
        response.sendDate = false;
        response.writeHead(418, [
          ['X-Tea', 'green'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
          ['Keep-Alive', 'timeout=5'],
        ] as never);
        response.write('short and ');
        response.end('stout');
      }),
    );
    assert.equal(await stream.ended(), 'complete');
    assert.deepEqual(stream.fields, [
      [':status', '418'],
      ['x-tea', 'green'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
    assert.equal(stream.body.toString(), 'short and stout');
  });

  for (const [name, method, status] of [
    ['HEAD', 'HEAD', 200],
    ['204', 'GET', 204],
    ['304', 'GET', 304],
  ] as const) {
    it(`${name} -> no body`, async () => {
      const { stream } = ask(
        bridgeTo((_request, response) => {
          if (method === 'HEAD') response.setHeader('Content-Length', 5);
          response.writeHead(status).end('hello');
        }),
        { head: { method } },
      );
      assert.equal(await stream.ended(), 'complete');
      assert.deepEqual([stream.status, stream.body.length], [String(status), 0]);
      assert.equal(stream.field('content-length'), method === 'HEAD' ? '5' : undefined);
    });
  }

  it('interim answers are not passed on', async () => {
    const { stream } = ask(
      bridgeTo((_request, response) => {
        response.writeProcessing();
        response.end('ok');
      }),
    );
    await stream.ended();
    assert.deepEqual([stream.status, stream.body.toString()], ['200', 'ok']);
  });

  it('a piece at a time -> each leaves before the next is written', async () => {
    const { stream } = ask(
      bridgeTo((_request, response) => {
        response.write('first');
        void stream.headers().then(() => response.end(' second'));
      }),
    );
    await stream.ended();
    assert.equal(stream.body.toString(), 'first second');
  });

  it('answered before the body is complete -> complete; what comes of the body is ignored', async () => {
    const bridge = bridgeTo((_request, response) => response.writeHead(413).end('too much'));
    const { stream, user } = begin(bridge);
    user.onData(new Uint8Array(100_000));
    assert.equal(await stream.ended(), 'complete');
    user.onData(new Uint8Array(100_000));
    user.onEnd();
    assert.deepEqual([stream.status, stream.body.toString()], ['413', 'too much']);
  });

  it('a handler that gives up, before its answer or within -> reset', async () => {
    for (const isBegun of [false, true]) {
      const bridge = bridgeTo((_request, response) => {
        if (isBegun) response.write('some');
        setImmediate(() => response.destroy());
      });
      const { stream } = ask(bridge);
      assert.equal(await stream.ended(), 'INTERNAL_ERROR');
      assert.equal(stream.body.toString(), isBegun ? 'some' : '');
    }
  });

  it('CONNECT -> reset, as the server takes none', async () => {
    const { stream } = begin(bridgeTo(echo), { method: 'CONNECT', path: '', scheme: '' });
    assert.equal(await stream.ended(), 'INTERNAL_ERROR');
  });
});

describe('HttpBridge: flow control', () => {
  it('a large body -> whole, credited as the handler takes it', async () => {
    const { stream, user } = begin(bridgeTo(echo));
    for (let at = 0; at < 64; at++) user.onData(new Uint8Array(65_536));
    user.onEnd();
    assert.equal(await stream.ended(), 'complete');
    assert.equal((JSON.parse(stream.body.toString()) as { body: number }).body, 4 * MIB);
    assert.equal(stream.credited, 4 * MIB);
  });

  it('a piece of what the socket read -> the handler gets a copy, which pins nothing', async () => {
    const sizes: number[] = [];
    const { stream, user } = begin(
      bridgeTo((request, response) => {
        request.on('data', (chunk: Buffer) => sizes.push(chunk.buffer.byteLength));
        request.on('end', () => response.end());
      }),
    );
    const chunk = new Uint8Array(MIB);
    user.onData(chunk.subarray(5, 9));
    user.onEnd();
    await stream.ended();
    assert.ok(sizes.length > 0 && Math.max(...sizes) < MIB);
  });

  it('a handler that does not read -> the client is held back, until it reads (BRIDGE-I2)', async () => {
    let asked: IncomingMessage | undefined;
    const arrived = new Promise<void>((resolve) => {
      const bridge = bridgeTo((request, response) => {
        asked = request;
        request.on('end', () => response.end());
        request.pause();
        resolve();
      });
      const { stream, user } = begin(bridge);
      void (async () => {
        for (let at = 0; at < 64; at++) user.onData(new Uint8Array(16_384));
        user.onEnd();
        for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
        assert.ok(stream.credited <= 128 * 1024, `${stream.credited} bytes were credited`);
        asked?.resume();
        await stream.ended();
        assert.equal(stream.credited, MIB);
      })();
    });
    await arrived;
  });

  it('a client that does not read -> the handler is held back, until it reads (BRIDGE-I2)', async () => {
    const PIECE = Buffer.alloc(16_384, 'x');
    const PIECES = 256;
    let written = 0;
    const bridge = bridgeTo((_request, response) => {
      const writeOn = (): void => {
        while (written < PIECES) {
          written += 1;
          if (!response.write(PIECE)) return void response.once('drain', writeOn);
        }
        response.end();
      };
      writeOn();
    });
    const stream = new FakeAnswerStream();
    stream.isOpen = false;
    const user = bridge.accept(stream, headOf(), true);
    user.onEnd();
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    assert.equal(stream.waitingMost, SEND_BUFFER_BYTES);
    assert.ok(written <= 16, `${written} pieces were written`);
    stream.isOpen = true;
    user.onDrain();
    assert.equal(await stream.ended(), 'complete');
    assert.equal(stream.body.length, PIECES * PIECE.length);
  });
});

describe('HttpBridge: cancellation and limits', () => {
  for (const [name, act] of [
    ['before it has answered', () => undefined],
    ['within its answer', (response: ServerResponse) => void response.write('some')],
    [
      'while it does not read',
      (_: ServerResponse, request: IncomingMessage) => void request.pause(),
    ],
  ] as const) {
    it(`the client cancels, ${name} -> the handler is told (BRIDGE-I2)`, async () => {
      let told: Promise<unknown> | undefined;
      await new Promise<void>((resolve) => {
        const bridge = bridgeTo((request, response) => {
          request.on('error', () => undefined);
          told = once(response, 'close');
          act(response, request);
          setImmediate(() => asked.user.onCancel());
          resolve();
        });
        const asked = begin(bridge);
        asked.user.onData(new Uint8Array(50_000));
      });
      await told;
    });
  }

  it(`more than ${BRIDGED_REQUESTS_MAX} at a time -> refused, until one is done`, async () => {
    const waiting: ServerResponse[] = [];
    const bridge = bridgeTo((_request, response) => void waiting.push(response));
    const asked = Array.from({ length: BRIDGED_REQUESTS_MAX }, () => ask(bridge));
    const refused = begin(bridge);
    refused.user.onData(new Uint8Array(1));
    refused.user.onEnd();
    assert.equal(refused.stream.end, 'REFUSED_STREAM');
    while (waiting.length < BRIDGED_REQUESTS_MAX) await new Promise(setImmediate);
    waiting[0]?.end();
    asked[1]?.user.onCancel();
    await asked[0]?.stream.ended();
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    assert.equal(ask(bridge).stream.end, undefined);
    assert.equal(ask(bridge).stream.end, undefined);
    assert.equal(ask(bridge).stream.end, 'REFUSED_STREAM');
    for (const response of waiting) response.end();
    await Promise.all(asked.slice(2).map(({ stream }) => stream.ended()));
  });
});
