/** Drawn and recorded traffic is right: Node's own HTTP/2 server has nothing against it. */
import assert from 'node:assert/strict';
import { constants, createServer } from 'node:http2';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { concatBytes } from '../../../src/base/bytes.ts';
import { readCaptures } from '../../fuzz/captures.ts';
import { decodeFrame, encodeFrame, type Frame, FrameCutter, Type } from '../../fuzz/frame.ts';
import type { Step } from '../../fuzz/script.ts';
import { Traffic } from '../../fuzz/traffic.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const CONNECTIONS = 200;

/** The server's end of a connection on which the client sends `input` and then nothing more. */
class ClientBytes extends Duplex {
  readonly received: Uint8Array[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.received.push(chunk);
    done();
  }
}

function sentBytes(steps: readonly Step[]): Uint8Array {
  return concatBytes(
    steps.map((step) => {
      if (step.kind === 'frame') return encodeFrame(step.frame);
      return step.kind === 'raw' ? step.bytes : new Uint8Array();
    }),
  );
}

/** Requests that Node took, and the frames it sent. */
async function served(steps: readonly Step[]): Promise<{ requests: number[]; frames: Frame[] }> {
  const requests: number[] = [];
  const errors: Error[] = [];
  const server = createServer()
    .on('stream', (stream) => {
      requests.push(stream.id ?? 0);
      stream.on('error', () => undefined).resume();
      if (!stream.destroyed) stream.respond({ ':status': 200 }, { endStream: true });
    })
    .on('sessionError', (error) => errors.push(error));
  const connection = new ClientBytes();
  server.emit('connection', connection);
  connection.push(sentBytes(steps));
  connection.push(encodeFrame({ type: Type.PING, flags: 0, streamId: 0, payload: LAST_PING }));
  const cutter = new FrameCutter({ prefaceBytes: 0 });
  const frames: Frame[] = [];
  const answered = (): boolean =>
    frames.some(({ type, payload }) => type === Type.PING && payload[0] === LAST_PING[0]);
  for (let turn = 0; turn < 1000 && !answered() && errors.length === 0; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const chunk of connection.received.splice(0)) frames.push(...cutter.push(chunk));
  }
  connection.destroy();
  assert.deepEqual(errors, []);
  assert.ok(answered(), 'Node answers the last PING');
  return { requests, frames };
}

const LAST_PING = Uint8Array.of(0xfe, 1, 2, 3, 4, 5, 6, 7);

function assertNoComplaint(frames: readonly Frame[]): void {
  const complaints = frames.filter(
    ({ type, payload }) =>
      type === Type.GOAWAY ||
      (type === Type.RST_STREAM && payload[3] !== constants.NGHTTP2_NO_ERROR),
  );
  assert.deepEqual(complaints, []);
}

/** Streams that the client opened and did not reset: of the others, Node tells nobody. */
function requestsOf(steps: readonly Step[]): number[] {
  const idsOf = (type: number): number[] =>
    steps.flatMap((step) =>
      step.kind === 'frame' && step.frame.type === type ? [step.frame.streamId] : [],
    );
  const reset = new Set(idsOf(Type.RST_STREAM));
  return [...new Set(idsOf(Type.HEADERS))].filter((id) => !reset.has(id));
}

function assertServed(requests: readonly number[], steps: readonly Step[]): void {
  const expected = requestsOf(steps);
  const wanted = new Set(expected);
  assert.deepEqual(
    requests.filter((id) => wanted.has(id)),
    expected,
  );
}

describe(`traffic (SEED=${SEED})`, () => {
  it(`${CONNECTIONS} drawn connections -> Node takes each request and complains of none`, async () => {
    const random = new SeededRandom(SEED);
    for (let at = 0; at < CONNECTIONS; at++) {
      const steps = new Traffic(random).connection();
      const { requests, frames } = await served(steps);
      assertNoComplaint(frames);
      assertServed(requests, steps);
    }
  });

  for (const { name, steps } of readCaptures()) {
    it(`${name}: Node takes each request`, async () => {
      // Node takes offence at the GOAWAY of grpc-go, which names a stream of the client's own.
      const { requests } = await served(
        steps.filter((step) => step.kind !== 'frame' || step.frame.type !== Type.GOAWAY),
      );
      assertServed(requests, steps);
      assert.ok(requestsOf(steps).length > 0);
    });
  }
});

describe('frame', () => {
  it('any frame -> encoded and read back the same, whatever the pieces', () => {
    const random = new SeededRandom(SEED);
    const cutter = new FrameCutter({ prefaceBytes: 0 });
    for (const type of Object.values(Type)) {
      const frame = { type, flags: 5, streamId: 7, payload: new Uint8Array(random.below(300)) };
      const bytes = encodeFrame(frame);
      assert.deepEqual(decodeFrame(bytes, 0), frame);
      const at = random.below(bytes.length);
      const read = [...cutter.push(bytes.subarray(0, at)), ...cutter.push(bytes.subarray(at))];
      assert.deepEqual(read, [frame]);
    }
  });
});
