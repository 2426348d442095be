/** Connections and streams that are open and at rest: what one of them costs the server. */
import { ClosedLoop } from '../load/closed-loop.ts';
import { ConnectionGroup, type Endpoint } from '../load/connection-group.ts';
import { RequestSet } from '../load/request-set.ts';
import { WatchLoop } from '../load/watch-loop.ts';
import { KeySpace } from './key-space.ts';
import { absentRequests, putRequests } from './requests.ts';
import type { HoldingSession, LoadOptions, MemoryWorkload } from './workload.ts';

/** Connections opened at once: fewer than any server's backlog of connections to accept. */
const OPENED_AT_ONCE = 100;
const WATCH_STREAMS_PER_CONNECTION = 100;
/** Puts in flight: far from what etcd refuses as too many. */
const PUT_STREAMS_PER_CONNECTION = 1;

const IDLE_CONNECTIONS: MemoryWorkload = {
  kind: 'memory',
  name: 'idle-connections',
  about: 'connections that have made one call each, at rest',
  unit: 'connections',
  prepare(options) {
    const count = options.idleConnections;
    const requests = new RequestSet(1, absentRequests(spaceOf(options, 1)));
    return {
      count,
      connections: count,
      open: (endpoints) => openConnections(endpoints, count, requests),
    };
  },
};

async function openConnections(
  endpoints: readonly Endpoint[],
  count: number,
  requests: RequestSet,
): Promise<HoldingSession> {
  const groups: ConnectionGroup[] = [];
  const close = (): void => {
    for (const group of groups) group.close();
  };
  const callOnEach = (group: ConnectionGroup): Promise<number> =>
    new ClosedLoop(group, 1, requests).run(group.connections.length);
  try {
    for (let left = count; left > 0; left -= OPENED_AT_ONCE) {
      const group = new ConnectionGroup(endpoints, Math.min(left, OPENED_AT_ONCE));
      groups.push(group);
      await callOnEach(group);
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    async verify() {
      for (const group of groups) await callOnEach(group);
    },
    close,
  };
}

const WATCH_STREAMS: MemoryWorkload = {
  kind: 'memory',
  name: 'watch-streams',
  about: `watch streams at rest, ${WATCH_STREAMS_PER_CONNECTION} per connection, a key each`,
  unit: 'streams',
  prepare(options) {
    const count = options.watchStreams;
    const connections = Math.ceil(count / WATCH_STREAMS_PER_CONNECTION);
    const space = spaceOf(options, count);
    const loopOptions = {
      putStreams: PUT_STREAMS_PER_CONNECTION,
      watchStreams: WATCH_STREAMS_PER_CONNECTION,
      watchedKeys: Array.from({ length: count }, (_, watcher) => space.present(watcher)),
      fanOut: 1,
      puts: new RequestSet(count, putRequests(space)),
    };
    return {
      count,
      connections,
      async open(endpoints) {
        const group = new ConnectionGroup(endpoints, connections);
        const loop = new WatchLoop(group, loopOptions);
        try {
          await loop.open();
        } catch (error) {
          group.close();
          throw error;
        }
        return { verify: () => loop.run(count), close: () => group.close() };
      },
    };
  },
};

function spaceOf({ keyBytes, valueBytes }: LoadOptions, keys: number): KeySpace {
  return new KeySpace({ keys, keyBytes, valueBytes });
}

export const MEMORY_WORKLOADS: readonly MemoryWorkload[] = [IDLE_CONNECTIONS, WATCH_STREAMS];
