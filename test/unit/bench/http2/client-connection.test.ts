/** The client connection against Node's own HTTP/2 server, in settings that real servers avoid. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { BenchError, type BenchErrorCode } from '../../../../bench/bench-error.ts';
import { ClientConnection } from '../../../../bench/http2/client-connection.ts';
import { ClientStream } from '../../../../bench/http2/client-stream.ts';
import { framedMessage } from '../../../../bench/http2/message-reader.ts';

type Serve = (stream: ServerHttp2Stream, body: Buffer) => void;

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

/** Answers a call with `message` and status 0. */
function answer(stream: ServerHttp2Stream, message: Uint8Array, headers = {}): void {
  stream.respond({ ...GRPC, ...headers }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(message);
}

const echo: Serve = (stream, body) => answer(stream, body);

class Harness {
  readonly #server: Http2Server;
  session: ServerHttp2Session | undefined;
  connection: ClientConnection | undefined;
  readonly failure: Promise<unknown>;
  #fail: (error: unknown) => void = () => undefined;

  constructor(serve: Serve, options: ServerOptions = {}) {
    this.#server = createServer(options);
    this.#server.on('session', (session) => {
      this.session = session;
    });
    this.#server.on('stream', (stream) => {
      const parts: Buffer[] = [];
      stream.on('error', () => undefined);
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => serve(stream, Buffer.concat(parts)));
    });
    this.failure = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  async open(): Promise<ClientConnection> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    const connection: ClientConnection = new ClientConnection({
      host: '127.0.0.1',
      port,
      onFailure: this.#fail,
      onOutput: () => undefined,
      onInputTaken: () => connection.flush(),
    });
    this.connection = connection;
    return connection;
  }

  /** Makes a call; resolves with the messages of the answer, rejects when the connection fails. */
  async call(message: Uint8Array): Promise<Buffer[]> {
    const connection = this.connection ?? (await this.open());
    const messages: Buffer[] = [];
    const ended = new Promise<void>((resolve) => {
      const stream = new ClientStream({
        onMessage: (bytes, start, end) => messages.push(Buffer.from(bytes.slice(start, end))),
        onEnd: resolve,
      });
      connection.begin(stream, '/a.B/C');
      connection.send(stream, { bytes: message, start: 0, end: message.length }, true);
      connection.flush();
    });
    const failed = await Promise.race([ended, this.failure.then((error) => ({ error }))]);
    if (failed !== undefined) throw failed.error;
    return messages;
  }

  close(): void {
    this.connection?.close();
    this.session?.destroy();
    this.#server.close();
  }
}

describe('ClientConnection', () => {
  const harnesses: Harness[] = [];
  afterEach(() => {
    for (const harness of harnesses.splice(0)) harness.close();
  });

  const start = (serve: Serve, options?: ServerOptions): Harness => {
    const harness = new Harness(serve, options);
    harnesses.push(harness);
    return harness;
  };
  const failsWith = async (harnessed: Harness, code: BenchErrorCode, text: RegExp) => {
    await assert.rejects(harnessed.call(framedMessage(Buffer.from('x'))), (error) => {
      assert.ok(error instanceof BenchError);
      assert.equal(error.code, code);
      assert.match(error.message, text);
      return true;
    });
  };

  it('many calls at once -> each its own answer', async () => {
    const served = start(echo);
    await served.open();
    const bodies = Array.from({ length: 200 }, (_, at) => Buffer.from(`message ${at}`));
    const answers = await Promise.all(bodies.map((body) => served.call(framedMessage(body))));
    assert.deepEqual(answers.flat(), bodies);
  });

  it('messages larger than windows, frames and buffers, both ways -> whole', async () => {
    for (const initialWindowSize of [1000, 65_535]) {
      const served = start(echo, { settings: { initialWindowSize } });
      await served.open();
      const body = Buffer.alloc(700_000, 'large');
      const answers = await Promise.all([1, 2].map(() => served.call(framedMessage(body))));
      assert.ok(answers.flat().every((answered) => answered.equals(body)));
    }
  });

  it('more than the receive window over time -> the server is let go on', async () => {
    const served = start((stream) => answer(stream, framedMessage(Buffer.alloc(5 << 20))));
    const ask = framedMessage(Buffer.from('x'));
    for (let turn = 0; turn < 8; turn++) assert.equal((await served.call(ask))[0]?.length, 5 << 20);
  });

  it('no header table -> calls go on, literally', async () => {
    const served = start(echo, { settings: { headerTableSize: 0 } });
    for (const text of ['one', 'two', 'three']) {
      assert.deepEqual(await served.call(framedMessage(Buffer.from(text))), [Buffer.from(text)]);
    }
  });

  it('padded frames, long headers in CONTINUATION -> understood', async () => {
    const serve: Serve = (stream, body) => answer(stream, body, { 'x-long': 'z'.repeat(30_000) });
    const served = start(serve, { paddingStrategy: constants.PADDING_STRATEGY_MAX });
    const body = Buffer.from('padded');
    assert.deepEqual(await served.call(framedMessage(body)), [body]);
  });

  it('PING -> answered', async () => {
    const served = start(echo);
    await served.call(framedMessage(Buffer.from('x')));
    const payload = Buffer.from('12345678');
    const echoed = await new Promise<Buffer>((resolve, reject) => {
      served.session?.ping(payload, (error, _ms, back) => (error ? reject(error) : resolve(back)));
    });
    assert.deepEqual(echoed, payload);
  });

  it('another grpc-status, none, or another HTTP status -> BENCH_STATUS', async () => {
    const failing = (headers: object): Serve => {
      return (stream) => stream.respond({ ...GRPC, ...headers }, { endStream: true });
    };
    const refused = failing({ 'grpc-status': '8', 'grpc-message': 'too many' });
    await failsWith(start(refused), 'BENCH_STATUS', /C ended with grpc-status 8.*too many/);
    await failsWith(start(failing({})), 'BENCH_STATUS', /grpc-status missing/);
    const http = failing({ ':status': 503, 'grpc-status': '0' });
    await failsWith(start(http), 'BENCH_STATUS', /HTTP status 503/);
  });

  it('RST_STREAM -> BENCH_STATUS', async () => {
    const resetting: Serve = (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM);
    await failsWith(start(resetting), 'BENCH_STATUS', /reset with HTTP\/2 error 7/);
  });

  it('GOAWAY, a closed connection, or none -> BENCH_CONNECTION', async () => {
    const leaving = start(() => leaving.session?.goaway(11, 0, Buffer.from('too_many_pings')));
    await failsWith(leaving, 'BENCH_CONNECTION', /error 11: too_many_pings/);
    const gone = start(() => gone.session?.socket.destroySoon());
    await failsWith(gone, 'BENCH_CONNECTION', /closed|GOAWAY|ECONNRESET/);
    const failure = new Promise((resolve) => {
      const ignore = (): void => undefined;
      const options = { host: '127.0.0.1', port: 1, onOutput: ignore, onInputTaken: ignore };
      void new ClientConnection({ ...options, onFailure: resolve });
    });
    const error = await failure;
    assert.ok(error instanceof BenchError && error.code === 'BENCH_CONNECTION');
  });

  it('more streams than the server allows -> BENCH_CONNECTION', async () => {
    const served = start(echo, { settings: { maxConcurrentStreams: 1 } });
    await served.call(framedMessage(Buffer.from('x')));
    const calls = [1, 2].map(() => served.call(framedMessage(Buffer.from('x'))));
    const outcomes = await Promise.allSettled(calls);
    const reasons = outcomes.map((one) => (one.status === 'rejected' ? String(one.reason) : ''));
    assert.match(reasons.join(), /allows 1 streams/);
  });

  it('a message cut off by the end of the call -> BENCH_PROTOCOL', async () => {
    const cut: Serve = (stream) => answer(stream, Buffer.from([0, 0, 0, 0, 9, 1]));
    await failsWith(start(cut), 'BENCH_PROTOCOL', /ended inside a message/);
  });
});
