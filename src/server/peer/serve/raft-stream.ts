/** GET /raft/stream/<kind>/<reader>: an answer without end, down which the reader's messages go. */
import type { IncomingMessage } from 'node:http';
import { allowMethod } from '../../gateway/allow-method.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { hexId } from '../../membership/member.ts';
import { ETCD_VERSION } from '../../version.ts';
import type { StreamKind } from '../wire/stream-codec.ts';
import { bodyOf } from './chunked-body.ts';
import type { PeerCall } from './peer-call.ts';
import { field, isOfOurCluster, parseId } from './request-checks.ts';

export const STREAM_PREFIX = '/raft/stream/';
const PATH = /^\/raft\/stream\/(msgapp|message)\/([^/]*)$/;

export function answerStream(call: PeerCall): void {
  const { request, response, path, transport } = call;
  if (!allowMethod(request, response, 'GET')) return;
  response.setHeader('X-Server-Version', ETCD_VERSION);
  if (!isOfOurCluster(call)) return;
  const parts = PATH.exec(path);
  if (parts === null) {
    plainText(response, 404, 'invalid path\n');
    return;
  }
  const reader = parseId(parts[2]);
  const fields = {
    'local-member-id': hexId(transport.identity.memberId),
    'remote-peer-id-from': parts[2] ?? '',
  };
  if (reader === undefined) {
    transport.quietLog.warn('failed to parse path into ID', fields);
    plainText(response, 404, 'invalid from\n');
  } else if (transport.isRemoved(reader)) {
    transport.quietLog.warn('rejected stream from remote peer because it was removed', fields);
    plainText(response, 410, 'removed member\n');
  } else if (!transport.hasPeer(reader)) {
    addReader(call, reader);
    transport.quietLog.warn('failed to find remote peer in cluster', fields);
    plainText(response, 404, 'error sender not found\n');
  } else if (!isForUs(request, transport.identity.memberId)) {
    transport.quietLog.warn('ignored streaming request; ID mismatch', fields);
    plainText(response, 412, 'to field mismatch\n');
  } else {
    response.writeHead(200);
    response.flushHeaders();
    transport.attach(reader, parts[1] as StreamKind, bodyOf(response));
  }
}

/** We may lag behind and not know it yet: then it can help us to catch up. */
function addReader({ request, transport }: PeerCall, reader: bigint): void {
  const urls = field(request, 'x-peerurls');
  if (urls !== undefined) transport.addRemote(reader, urls.split(','));
}

function isForUs(request: IncomingMessage, localId: bigint): boolean {
  return field(request, 'x-raft-to') === hexId(localId);
}
