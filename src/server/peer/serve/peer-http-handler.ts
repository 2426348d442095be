/** HTTP/1.1 on the peer port: raft between members, and what members ask of each other. */
import type { RequestListener } from 'node:http';
import { allowGet } from '../../gateway/allow-get.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { requestUrl } from '../../gateway/request-url.ts';
import { answerVersion } from '../../gateway/version.ts';
import { reasonOf } from '../errors.ts';
import { answerDowngradeEnabled } from './downgrade-enabled.ts';
import { answerHashKv } from './hash-kv.ts';
import { answerLeaseKeepAlive, answerLeaseTimeToLive } from './leases.ts';
import { answerMembers, answerPromote, PROMOTE_PREFIX } from './members.ts';
import type { PeerCall, PeerHandlerPorts } from './peer-call.ts';
import { answerProbe } from './probing.ts';
import { takeMessage } from './raft-message.ts';
import { takeSnapshot } from './raft-snapshot.ts';
import { answerStream, STREAM_PREFIX } from './raft-stream.ts';

type Route = (call: PeerCall) => Promise<void> | void;

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/raft', takeMessage],
  ['/raft/snapshot', takeSnapshot],
  ['/raft/probing', answerProbe],
  ['/members', answerMembers],
  ['/members/hashkv', answerHashKv],
  ['/leases', answerLeaseKeepAlive],
  ['/leases/internal', answerLeaseTimeToLive],
  ['/downgrade/enabled', answerDowngradeEnabled],
  [
    '/version',
    ({ request, response, services }) => {
      if (allowGet(request, response)) answerVersion(response, services.version);
    },
  ],
]);

/** Answers one request; for `node:http`'s request event. */
export function peerHttpHandler(ports: PeerHandlerPorts): RequestListener {
  return (request, response) => {
    const url = requestUrl(request);
    if (url === undefined) {
      plainText(response, 400, '400 Bad Request');
      return;
    }
    const call: PeerCall = { ...ports, request, response, path: url.pathname };
    // A request that fails is the matter of the peer that made it; it is told by the connection.
    Promise.resolve(routeOf(url.pathname)(call)).catch((error: unknown) => {
      ports.logger.warn('failed to answer a request on the peer port', {
        path: url.pathname,
        error: reasonOf(error),
      });
      response.destroy();
    });
  };
}

function routeOf(path: string): Route {
  const route = ROUTES.get(path);
  if (route !== undefined) return route;
  if (path.startsWith(STREAM_PREFIX)) return answerStream;
  if (path.startsWith(PROMOTE_PREFIX)) return answerPromote;
  return ({ response }) => plainText(response, 404, '404 page not found\n');
}
