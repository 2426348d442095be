import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { ConnectionGroup } from '../../../../bench/load/connection-group.ts';
import { Latencies } from '../../../../bench/load/latencies.ts';
import { IN_FLIGHT_MAX, PacedLoop } from '../../../../bench/load/paced-loop.ts';
import { RequestSet } from '../../../../bench/load/request-set.ts';
import type { ServerStreamCall, ServiceMethod } from '../../../../src/grpc/index.ts';
import { serveStore } from '../../../support/bench/small-store.ts';

const PATH = '/a.B/C';

interface Trial {
  readonly loop: PacedLoop;
  readonly latencies: Latencies;
}

/** Ten requests, of which those with an even number write, to a server with that handler. */
async function withLoop(
  handler: (call: ServerStreamCall) => void,
  options: { readonly perSecond: number; readonly inFlightMax?: number },
  action: (trial: Trial) => Promise<void>,
): Promise<void> {
  const method: ServiceMethod = { kind: 'server-stream', handler };
  const server = await serveStore({ table: new Map([[PATH, method]]) });
  const group = new ConnectionGroup(server.endpoints, 2);
  const kind = { path: PATH, streaming: false, check: () => undefined };
  const requests = new RequestSet(10, (index) => ({
    kind: { ...kind, writes: index % 2 === 0 },
    body: Uint8Array.of(index),
  }));
  const loop = new PacedLoop(group, { ...options, requests });
  const latencies = new Latencies(1);
  loop.measure(latencies);
  try {
    await action({ loop, latencies });
  } finally {
    group.close();
    await server.dispose();
  }
}

const answer = (call: ServerStreamCall): void => {
  call.send(Uint8Array.of(1));
  call.end();
};

describe('PacedLoop', () => {
  it('stopped after so many answers -> all are counted, half of them as writes', async () => {
    let made = 0;
    await withLoop(
      (call) => {
        answer(call);
        made++;
        if (made === 20) stop();
      },
      { perSecond: 2000 },
      async ({ loop, latencies }) => {
        stop = () => loop.stop();
        const writes = await loop.run();
        assert.ok(made >= 20);
        assert.equal(latencies.count, made);
        assert.equal(writes, Math.ceil(made / 2));
      },
    );
  });

  it('answers that come late -> counted from when their requests were due', async () => {
    const held: ServerStreamCall[] = [];
    let release = false;
    await withLoop(
      (call) => {
        held.push(call);
        if (held.length < 30 && !release) return;
        release = true;
        for (const one of held.splice(0)) answer(one);
        stop();
      },
      { perSecond: 1000 },
      async ({ loop, latencies }) => {
        stop = () => loop.stop();
        await loop.run();
        const [least = 0, most = 0] = latencies.percentiles(0, 1);
        // The first of thirty was due 29 ms before the last.
        assert.ok(most - least >= 28, `${least} to ${most} ms`);
      },
    );
  });

  it('no answers at all -> BENCH_STALLED at the bound', async () => {
    assert.ok(IN_FLIGHT_MAX > 5);
    await withLoop(
      () => undefined,
      { perSecond: 5000, inFlightMax: 5 },
      async ({ loop }) => {
        await assert.rejects(
          loop.run(),
          (error) => error instanceof BenchError && error.code === 'BENCH_STALLED',
        );
      },
    );
  });
});

/** Ends the load of the trial that runs. */
let stop = (): void => undefined;
