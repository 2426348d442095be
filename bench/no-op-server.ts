/**
 * A process that does nothing but gRPC: it answers one method through the transport it is told.
 * `node no-op-server.js TRANSPORT`; prints its port.
 */
import { type AddressInfo, createServer } from 'node:net';
import { BenchError } from './bench-error.ts';
import { TRANSPORTS } from './no-op/transports.ts';

const name = process.argv[2] ?? '';
const transport = TRANSPORTS.get(name)?.();
if (transport === undefined) throw new BenchError('BENCH_OPTIONS', `no transport ${name}`);
const server = createServer({ noDelay: true }, (socket) => {
  // The load goes away when it has its figures.
  socket.on('error', () => socket.destroy());
  transport.serve(socket);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
