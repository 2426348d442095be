import { SimNetwork } from '../sim/network/sim-network.ts';
import { SimPeerTransport } from '../sim/network/sim-peer-transport.ts';
import { ProcessTime } from '../sim/process-time.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import { SimTime } from '../sim/sim-time.ts';
import { SimTrace } from '../sim/sim-trace.ts';
import { MemorySnapshots, RecordedEvents } from '../support/peer/recorded-events.ts';
import type { ConnectedMember } from './peer-transport-suite.ts';
import { peerTransportSuite } from './peer-transport-suite.ts';

/** More than any of these tests takes. */
const STEPS_MAX = 10_000;

peerTransportSuite('simulated', () => {
  const random = new SeededRandom(1);
  const time = new SimTime(random.fork());
  const network = new SimNetwork(random.fork(), new SimTrace(time));
  const start = (id: bigint): ConnectedMember => {
    const url = `http://member-${id}`;
    const host = network.join(`m${id}`, new ProcessTime(time), [url]);
    const events = new RecordedEvents();
    const snapshots = new MemorySnapshots();
    const ports = { network, host, events, snapshots, isRemoved: () => false };
    return {
      id,
      url,
      events,
      snapshots,
      transport: new SimPeerTransport({ member: id, cluster: 1n }, ports),
    };
  };
  return {
    start: () => Promise.resolve([start(1n), start(2n)]),
    async until(isSo) {
      for (let steps = 0; !isSo(); steps++) {
        if (steps === STEPS_MAX) throw new TypeError('it never came true');
        await time.step();
      }
    },
    async settle() {
      for (let steps = 0; steps < 100; steps++) await time.step();
    },
    stop: () => Promise.resolve(),
  };
});
