import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectionGroup } from '../../../../bench/load/connection-group.ts';
import { Latencies } from '../../../../bench/load/latencies.ts';
import { PacedLoop } from '../../../../bench/load/paced-loop.ts';
import { RequestSet } from '../../../../bench/load/request-set.ts';
import type { ServiceMethod, UnaryCall } from '../../../../src/grpc/index.ts';
import { serveStore } from '../../../support/bench/small-store.ts';

const PATH = '/a.B/C';
const PER_SECOND = 10_000;

interface Paced {
  readonly made: number;
  readonly latencies: Latencies;
  readonly ms: number;
}

/** Requests on two streams, until `until` has resolved. */
async function paced(
  handler: (call: UnaryCall) => void,
  until: () => Promise<void>,
): Promise<Paced> {
  const method: ServiceMethod = { kind: 'unary', handler };
  const server = await serveStore({ table: new Map([[PATH, method]]) });
  const group = new ConnectionGroup(server.endpoints, 1);
  const kind = { path: PATH, writes: true, streaming: false, check: () => undefined };
  const requests = new RequestSet(3, (index) => ({ kind, body: Uint8Array.of(index) }));
  const latencies = new Latencies(1);
  const loop = new PacedLoop(group, requests, { streams: 2, perSecond: PER_SECOND });
  try {
    const startedAtMs = performance.now();
    const made = await loop.run(until(), latencies);
    return { made, latencies, ms: performance.now() - startedAtMs };
  } finally {
    group.close();
    await server.dispose();
  }
}

describe('PacedLoop', () => {
  it('answered at once -> no more than its pace, each with a latency, until it is over', async () => {
    let answered = 0;
    let over: () => void = () => undefined;
    const { made, latencies, ms } = await paced(
      (call) => {
        call.reply(new Uint8Array(0));
        if (++answered === 50) over();
      },
      () =>
        new Promise((resolve) => {
          over = resolve;
        }),
    );
    assert.ok(made >= 50 && made <= 1 + (ms * PER_SECOND) / 1000, `${made} in ${ms} ms`);
    assert.equal(made, answered);
    assert.equal(latencies.count, made);
  });

  it('a server that holds its answers -> the requests that were due meanwhile have waited', async () => {
    const held: UnaryCall[] = [];
    const answer = (call: UnaryCall): void => call.reply(new Uint8Array(0));
    let isHeld = true;
    let heldMs = 0;
    const { latencies } = await paced(
      (call) => {
        if (isHeld) held.push(call);
        else answer(call);
      },
      async () => {
        const sinceMs = performance.now();
        // Both streams have one; what falls due now has none.
        while (held.length < 2) await new Promise((resolve) => setImmediate(resolve));
        while (performance.now() - sinceMs < 20)
          await new Promise((resolve) => setImmediate(resolve));
        heldMs = performance.now() - sinceMs;
        isHeld = false;
        for (const call of held) answer(call);
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    );
    // Without that, all but two would be as fast as ever.
    const waited = latencies.percentiles(0.5)[0] ?? 0;
    assert.ok(waited > heldMs / 10, `${waited} ms of ${heldMs} ms`);
    assert.ok(latencies.count > 2);
  });
});
