/** Leases kept alive, each request a message on one of the open streams. */
import { LeaseGrantRequest, LeaseKeepAliveRequest, LeaseService } from '../../src/pb/index.ts';
import { checkHeader, checkKeptAlive } from '../load/answers.ts';
import { ClosedLoop } from '../load/closed-loop.ts';
import { ConnectionGroup } from '../load/connection-group.ts';
import { type RequestKind, RequestSet } from '../load/request-set.ts';
import { sessionOf } from './unary.ts';
import type { LoadWorkload } from './workload.ts';

/** As many leases as there are keys, but no more than this. */
export const LEASES_MAX = 10_000;
const TTL_S = 600;
const { LeaseGrant, LeaseKeepAlive } = LeaseService.methods;

export const KEEP_ALIVE: LoadWorkload = {
  kind: 'store',
  name: 'lease-keep-alive',
  about: `LeaseKeepAlive of up to ${LEASES_MAX} leases, one stream per slot`,
  unit: 'requests',
  prepare(options) {
    const leases = Math.min(options.keys, LEASES_MAX);
    // Another run on the same server may have left its leases.
    const firstId = 1 + Math.floor(Math.random() * 2 ** 48);
    const grants = grantRequests(firstId, leases);
    const keepAlives = keepAliveRequests(firstId, leases);
    return async (endpoints) => {
      const group = new ConnectionGroup(endpoints, options.connections);
      try {
        await new ClosedLoop(group, options.streams, grants).run(leases);
      } catch (error) {
        group.close();
        throw error;
      }
      return sessionOf(group, new ClosedLoop(group, options.streams, keepAlives));
    };
  },
};

function grantRequests(firstId: number, leases: number): RequestSet {
  const kind: RequestKind = {
    path: LeaseGrant.path,
    writes: false,
    streaming: false,
    check: checkHeader,
  };
  return new RequestSet(leases, (index) => ({
    kind,
    body: LeaseGrantRequest.encode({ TTL: TTL_S, ID: BigInt(firstId + index) }),
  }));
}

function keepAliveRequests(firstId: number, leases: number): RequestSet {
  const kind: RequestKind = {
    path: LeaseKeepAlive.path,
    writes: false,
    streaming: true,
    check: checkKeptAlive(firstId),
  };
  return new RequestSet(leases, (index) => ({
    kind,
    body: LeaseKeepAliveRequest.encode({ ID: BigInt(firstId + index) }),
  }));
}
