import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { ConnectionGroup } from '../../../../bench/load/connection-group.ts';
import { RequestSet } from '../../../../bench/load/request-set.ts';
import { WatchLoop } from '../../../../bench/load/watch-loop.ts';
import { KeySpace } from '../../../../bench/workloads/key-space.ts';
import { putRequests } from '../../../../bench/workloads/requests.ts';
import { SmallStore, serveStore } from '../../../support/bench/small-store.ts';

const STALL_MS = 50;

describe('ConnectionGroup', () => {
  it('an event that never comes -> BENCH_STALLED, and so does what follows', async () => {
    const server = await serveStore(new SmallStore({ dropEvent: 7 }));
    const space = new KeySpace({ keys: 20, keyBytes: 32, valueBytes: 8 });
    const group = new ConnectionGroup(server.endpoints, 1, STALL_MS);
    const loop = new WatchLoop(group, {
      putStreams: 2,
      watchStreams: 2,
      watchedKeys: [space.present(0)],
      fanOut: 1,
      puts: new RequestSet(20, putRequests(space, 1)),
    });
    const stalled = (error: unknown): boolean =>
      error instanceof BenchError && error.code === 'BENCH_STALLED';
    await loop.open();
    await assert.rejects(loop.run(20), stalled);
    await assert.rejects(loop.run(1), stalled);
    await server.dispose();
  });

  it('a server that goes away -> BENCH_CONNECTION', async () => {
    const server = await serveStore(new SmallStore());
    const group = new ConnectionGroup(server.endpoints, 2);
    const lost = group.run(
      () => undefined,
      () => 0,
    );
    await server.dispose();
    await assert.rejects(
      lost,
      (error) => error instanceof BenchError && error.code === 'BENCH_CONNECTION',
    );
  });
});
