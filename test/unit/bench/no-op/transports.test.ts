/** Every transport answers the no-op workloads, as the load sees it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import type { Transport } from '../../../../bench/no-op/method.ts';
import { TRANSPORTS } from '../../../../bench/no-op/transports.ts';
import { runWorkload } from '../../../../bench/run/run-workload.ts';
import type { Server } from '../../../../bench/run/servers.ts';
import { NO_OP_WORKLOADS } from '../../../../bench/workloads/no-op.ts';

const OPTIONS = {
  connections: 1,
  streams: 5,
  keys: 200,
  keyBytes: 32,
  valueBytes: 256,
  watchers: 1,
  idleConnections: 1,
  watchStreams: 1,
  total: 300,
  warmUp: 30,
  rounds: 1,
  settleMs: 0,
};

describe('no-op transports', () => {
  for (const [name, create] of TRANSPORTS) {
    for (const workload of NO_OP_WORKLOADS) {
      it(`${name}: ${workload.name} -> every call is answered`, async () => {
        const { servers } = await runWorkload(workload, OPTIONS, [() => listen(create())]);
        assert.equal(servers[0]?.rounds[0]?.operations, 300);
      });
    }
  }
});

async function listen(transport: Transport): Promise<Server> {
  const listener = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    transport.serve(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    name: 'transport',
    endpoints: [{ host: '127.0.0.1', port: (listener.address() as AddressInfo).port }],
    version: undefined,
    pids: [process.pid],
    log: () => '',
    async dispose() {
      listener.close();
      await transport.close();
    },
  };
}
