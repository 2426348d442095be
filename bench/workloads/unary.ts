/** Workloads of unary calls: what differs between them is the requests. */
import { ClosedLoop } from '../load/closed-loop.ts';
import { ConnectionGroup } from '../load/connection-group.ts';
import { RequestSet } from '../load/request-set.ts';
import { KeySpace } from './key-space.ts';
import {
  absentRequests,
  type BuildRequest,
  mixed,
  putRequests,
  rangeRequests,
  txnRequests,
} from './requests.ts';
import type { LoadWorkload, WorkloadSession } from './workload.ts';

/** A workload of `requests` by a closed loop, on `--conns` times `connectionFactor` connections. */
export function closedLoop(
  described: Omit<LoadWorkload, 'prepare'>,
  requests: (space: KeySpace) => BuildRequest,
  connectionFactor = 1,
): LoadWorkload {
  return {
    ...described,
    prepare(options) {
      const set = new RequestSet(options.keys, requests(new KeySpace(options)));
      return (endpoints) => {
        const group = new ConnectionGroup(endpoints, options.connections * connectionFactor);
        return Promise.resolve(sessionOf(group, new ClosedLoop(group, options.streams, set)));
      };
    },
  };
}

/** A session that is one closed loop. */
export function sessionOf(group: ConnectionGroup, loop: ClosedLoop): WorkloadSession {
  return {
    async run(operations, latencies) {
      return { operations, writes: await loop.run(operations, latencies) };
    },
    close() {
      group.close();
    },
  };
}

function unary(
  name: string,
  about: string,
  requests: (space: KeySpace) => BuildRequest,
): LoadWorkload {
  return closedLoop({ kind: 'store', name, about, unit: 'requests' }, requests);
}

function putsAndRanges(puts: number, ranges: number): (space: KeySpace) => BuildRequest {
  return (space) =>
    mixed(
      { build: putRequests(space), share: puts },
      { build: rangeRequests(space, false), share: ranges },
    );
}

export const UNARY_WORKLOADS: readonly LoadWorkload[] = [
  unary('put', 'Put to a present key', putRequests),
  unary('range', 'linearizable Range of one present key', (s) => rangeRequests(s, false)),
  unary('range-serializable', 'serializable Range of one present key', (s) =>
    rangeRequests(s, true),
  ),
  unary('range-absent', 'linearizable Range of one absent key', absentRequests),
  unary('txn', 'Txn: if the key exists, put it', txnRequests),
  unary('mix-1-4', '1 Put to 4 linearizable Ranges', putsAndRanges(1, 4)),
  unary('mix-4-1', '4 Puts to 1 linearizable Range', putsAndRanges(4, 1)),
];
