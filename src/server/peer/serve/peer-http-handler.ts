/** HTTP/1.1 on the peer port: raft between members, and what members ask of each other. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { InvariantError } from '../../../base/assert.ts';
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
    void answer({ ...ports, request, response, path: url.pathname });
  };
}

async function answer(call: PeerCall): Promise<void> {
  const { request, response, path, transport, onHandlerError } = call;
  try {
    await routeOf(path)(call);
  } catch (error) {
    response.destroy();
    if (isBrokenOff(request, error)) {
      const fields = { path, error: reasonOf(error) };
      transport.quietLog.warn('failed to read a request of a peer', fields);
    } else {
      onHandlerError(error, path);
    }
  }
}

/** Whether it failed for what the peer did: its request ends before its end. */
function isBrokenOff(request: IncomingMessage, error: unknown): boolean {
  return !request.complete && !(error instanceof InvariantError);
}

function routeOf(path: string): Route {
  const route = ROUTES.get(path);
  if (route !== undefined) return route;
  if (path.startsWith(STREAM_PREFIX)) return answerStream;
  if (path.startsWith(PROMOTE_PREFIX)) return answerPromote;
  return ({ response }) => plainText(response, 404, '404 page not found\n');
}
