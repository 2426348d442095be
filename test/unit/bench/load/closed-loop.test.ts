import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { ClosedLoop } from '../../../../bench/load/closed-loop.ts';
import { ConnectionGroup } from '../../../../bench/load/connection-group.ts';
import { Latencies } from '../../../../bench/load/latencies.ts';
import { RequestSet } from '../../../../bench/load/request-set.ts';
import type { ServerStreamCall, ServiceMethod } from '../../../../src/grpc/index.ts';
import { serveStore } from '../../../support/bench/small-store.ts';

const PATH = '/a.B/C';

/** Runs `counts` one after the other over 10 requests; request i is the byte i, so is its answer. */
async function run(handler: (call: ServerStreamCall, body: Uint8Array) => void, counts: number[]) {
  const method: ServiceMethod = { kind: 'server-stream', handler };
  const server = await serveStore({ table: new Map([[PATH, method]]) });
  const group = new ConnectionGroup(server.endpoints, 2);
  const check = (bytes: Uint8Array, start: number, end: number, index: number): void => {
    assert.deepEqual([...bytes.subarray(start, end)], [index]);
  };
  const kind = { path: PATH, writes: true, streaming: false, check };
  const requests = new RequestSet(10, (index) => ({ kind, body: Uint8Array.of(index) }));
  const loop = new ClosedLoop(group, 2, requests);
  const latencies = new Latencies(100);
  const writes: number[] = [];
  try {
    for (const count of counts) writes.push(await loop.run(count, latencies));
  } finally {
    group.close();
    await server.dispose();
  }
  return { writes, latencies };
}

const isAnswerError = (error: unknown): boolean =>
  error instanceof BenchError && error.code === 'BENCH_ANSWER';

describe('ClosedLoop', () => {
  it('several runs -> every request before any is made again, all counted', async () => {
    const made: number[] = [];
    const { writes, latencies } = await run(
      (call, body) => {
        made.push(body[0] ?? -1);
        call.send(body);
        call.end();
      },
      [7, 0, 3, 15],
    );
    assert.deepEqual(writes, [7, 0, 3, 15]);
    assert.equal(latencies.count, 25);
    const all = Array.from({ length: 10 }, (_, at) => at);
    assert.deepEqual(
      made.slice(0, 10).sort((a, b) => a - b),
      all,
    );
    assert.equal(made.length, 25);
  });

  it('status OK without an answer, or with two -> BENCH_ANSWER', async () => {
    await assert.rejects(
      run((call) => call.end(), [1]),
      isAnswerError,
    );
    const twice = (call: ServerStreamCall, body: Uint8Array): void => {
      call.send(body);
      call.send(body);
      call.end();
    };
    await assert.rejects(run(twice, [1]), isAnswerError);
  });
});
