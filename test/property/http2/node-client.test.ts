/**
 * Node's own HTTP/2 client as the other side: whatever the bodies, the windows and the order, each
 * request is answered in full, or was given up by one side, and the connection ends empty.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Stream, constants } from 'node:http2';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeHeaderBlock } from '../../../src/http2/hpack/index.ts';
import {
  ErrorCode,
  type Http2Stream,
  type StreamAcceptor,
  type StreamUser,
} from '../../../src/http2/index.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { nodeSession } from '../../support/http2/node-session.ts';

/** `timeout`: an exchange that hangs is a failure like any other. */
const PARAMETERS = {
  seed: Number(process.env['SEED'] ?? 20261120),
  numRuns: 60,
  timeout: 10_000,
};
const HEADERS = encodeHeaderBlock([[':status', '200']]);
const TRAILERS = encodeHeaderBlock([['verdict', 'fine']]);
const BODY_BYTES_MAX = 150_000;

/** What the path of a request asks of the server. */
type Manner = 'echo' | 'collect' | 'early' | 'reset';
const MANNERS: readonly Manner[] = ['echo', 'echo', 'collect', 'collect', 'early', 'reset'];
const EARLY = Uint8Array.from({ length: 70_000 }, (_, at) => at);

/** Answers as its manner is; counts how often it was told of an end. */
class Answerer implements StreamUser {
  readonly #stream: Http2Stream;
  readonly #manner: Manner;
  /** What it was given and has not credited. */
  readonly #held: Uint8Array[] = [];
  #isPaused = false;
  ends = 0;
  cancels = 0;

  constructor(stream: Http2Stream, manner: Manner, length: number) {
    this.#stream = stream;
    this.#manner = manner;
    if (manner === 'collect') stream.expect(length);
    else stream.sendHeaders(HEADERS);
    if (manner !== 'early') return;
    stream.send(EARLY);
    stream.endWithTrailers(TRAILERS);
  }

  onData(bytes: Uint8Array): void {
    if (this.#manner === 'reset') this.#stream.reset(ErrorCode.INTERNAL_ERROR);
    this.#held.push(bytes);
    if (this.#manner === 'echo' && !this.#isPaused) this.#echo();
  }

  onEnd(): void {
    this.ends++;
    if (this.#manner === 'collect') this.#stream.sendHeaders(HEADERS);
    this.#echo();
    this.#stream.endWithTrailers(TRAILERS);
  }

  onCancel(): void {
    this.cancels++;
  }

  onDrain(): void {
    this.#isPaused = false;
    if (this.#manner === 'echo') this.#echo();
  }

  #echo(): void {
    for (const bytes of this.#held.splice(0)) {
      this.#isPaused = !this.#stream.send(bytes);
      this.#stream.credit(bytes.length);
    }
  }
}

class Answerers implements StreamAcceptor {
  readonly all: Answerer[] = [];

  accept(...[stream, request]: Parameters<StreamAcceptor['accept']>): StreamUser {
    const [, manner, length] = request.path.split('/');
    const answerer = new Answerer(stream, manner as Manner, Number(length));
    this.all.push(answerer);
    return answerer;
  }
}

interface Exchange {
  readonly manner: Manner;
  readonly body: Uint8Array;
  readonly isCancelled: boolean;
}

/** Resolves when the request has been answered, or has been given up. */
async function carryOut(stream: ClientHttp2Stream, exchange: Exchange): Promise<void> {
  const { manner, body, isCancelled } = exchange;
  const got: Buffer[] = [];
  let verdict: unknown;
  stream.on('data', (bytes: Buffer) => got.push(bytes));
  stream.on('trailers', (trailers) => {
    verdict = trailers['verdict'];
  });
  stream.on('error', () => undefined);
  // Node keeps a stream that was cut off by NO_ERROR until what it has to send is gone.
  if (manner === 'early') stream.on('end', () => stream.destroy());
  const closed = new Promise((resolve) => stream.on('close', resolve));
  const half = body.length >> 1;
  stream.write(body.subarray(0, half), () => {
    if (isCancelled) stream.close(constants.NGHTTP2_CANCEL);
    else stream.end(body.subarray(half));
  });
  await closed;
  if (isCancelled) return;
  if (manner === 'reset') {
    const code = body.length > 0 ? ErrorCode.INTERNAL_ERROR : ErrorCode.NO_ERROR;
    assert.equal(stream.rstCode, code);
    return;
  }
  assert.equal(stream.rstCode, ErrorCode.NO_ERROR);
  assert.equal(verdict, 'fine');
  assert.deepEqual(Buffer.concat(got), Buffer.from(manner === 'early' ? EARLY : body));
}

function randomExchange(random: SeededRandom): Exchange {
  const length = random.below(3) === 0 ? random.below(BODY_BYTES_MAX) : random.below(300);
  return {
    manner: MANNERS[random.below(MANNERS.length)] ?? 'echo',
    body: new Uint8Array(length).map((_, at) => at + length),
    isCancelled: random.below(8) === 0,
  };
}

test('http2: H2-I2 random exchanges with Node’s client -> each is answered or given up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = new SeededRandom(seed);
      const acceptor = new Answerers();
      const { session, connection } = nodeSession(acceptor, {
        initialWindowSize: [200, 1000, 65_535, 1_000_000][random.below(4)] ?? 0,
        headerTableSize: [0, 100, 4096, 65_536][random.below(4)] ?? 0,
        maxFrameSize: 16_384 * (1 + random.below(4)),
        enablePush: false,
      });
      const exchanges = Array.from({ length: 1 + random.below(20) }, () => randomExchange(random));
      await Promise.all(
        exchanges.map(async (exchange) => {
          const { manner, body } = exchange;
          const stream = session.request({
            ':method': 'POST',
            ':path': `/${manner}/${body.length}`,
            'x-noise': `${random.below(3)}`.repeat(random.below(100)),
            ...(exchange.isCancelled ? {} : { 'content-length': String(body.length) }),
          });
          await carryOut(stream, exchange);
        }),
      );
      const gone = once(session, 'close');
      connection.shutdown();
      await gone;
      assert.equal(connection.streamCount, 0);
      assert.ok(connection.isClosed);
      connection.checkInvariants();
      for (const { ends, cancels } of acceptor.all) assert.ok(ends + cancels <= 2 && cancels <= 1);
    }),
    PARAMETERS,
  );
});
