/** Watches, and the puts that feed them. */
import { ConnectionGroup } from '../load/connection-group.ts';
import type { Latencies } from '../load/latencies.ts';
import { RequestSet } from '../load/request-set.ts';
import { WatchLoop } from '../load/watch-loop.ts';
import { KeySpace } from './key-space.ts';
import { putRequests } from './requests.ts';
import type { LoadOptions, LoadWorkload, RunResult } from './workload.ts';

/** A workload where put i goes to watched key i, counted round `keysOf` distinct keys. */
function watching(
  name: string,
  about: string,
  distinctKeys: (options: LoadOptions) => number,
): LoadWorkload {
  return {
    kind: 'store',
    name,
    about,
    unit: 'events',
    prepare(options) {
      const space = new KeySpace(options);
      const distinct = distinctKeys(options);
      const fanOut = options.watchers / distinct;
      const watched = Array.from({ length: options.watchers }, (_, i) =>
        space.present(i % distinct),
      );
      const put = putRequests(space, distinct);
      const puts = new RequestSet(options.keys, put);
      return async (endpoints) => {
        const group = new ConnectionGroup(endpoints, options.connections);
        const loop = new WatchLoop(group, {
          putStreams: options.streams,
          watchStreams: options.streams,
          watchedKeys: watched,
          fanOut,
          puts,
        });
        try {
          await loop.open();
        } catch (error) {
          group.close();
          throw error;
        }
        return {
          async run(operations: number, latencies?: Latencies): Promise<RunResult> {
            const writes = Math.ceil(operations / fanOut);
            await loop.run(writes, latencies);
            return { operations: writes * fanOut, writes };
          },
          close() {
            group.close();
          },
        };
      };
    },
  };
}

export const WATCH_WORKLOADS: readonly LoadWorkload[] = [
  watching('watch-one-key', 'all watchers on one key: every Put is an event for each', () => 1),
  watching(
    'watch-disjoint',
    'each watcher on a key of its own: every Put is one event',
    (options) => options.watchers,
  ),
];
