/** What the headers of a request among members say, and whether it may be served at all. */
import type { IncomingMessage } from 'node:http';
import type { MemberId } from '../../../base/ids.ts';
import { plainText } from '../../gateway/plain-text.ts';
import { hexId } from '../../membership/member.ts';
import { isCompatible, parseVersion } from '../versions.ts';
import type { PeerCall } from './peer-call.ts';

/** One header field; undefined when it is missing or empty. */
export function field(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text === '' ? undefined : text;
}

/** An id in hex, as Go reads it; undefined for anything else. */
export function parseId(text: string | undefined): MemberId | undefined {
  if (text === undefined || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
  const id = BigInt(`0x${text}`);
  return id < 1n << 64n ? id : undefined;
}

/**
 * Whether the sender is of our cluster and of a version that we understand; any other is answered
 * by 412. All answers from here on name our cluster.
 */
export function isOfOurCluster({ request, response, transport }: PeerCall): boolean {
  const { memberId, clusterId } = transport.identity;
  response.setHeader('X-Etcd-Cluster-Id', hexId(clusterId));
  const fields = {
    'local-member-id': hexId(memberId),
    'local-member-cluster-id': hexId(clusterId),
    'remote-peer-server-name': field(request, 'x-server-from') ?? '',
    'remote-peer-server-version': field(request, 'x-server-version') ?? '',
    'remote-peer-server-minimum-cluster-version': field(request, 'x-min-cluster-version') ?? '',
  };
  const server = parseVersion(field(request, 'x-server-version'));
  const minCluster = parseVersion(field(request, 'x-min-cluster-version'));
  if (server === undefined || minCluster === undefined || !isCompatible(server, minCluster)) {
    transport.quietLog.warn('failed version compatibility check', fields);
    plainText(response, 412, 'incompatible version\n');
    return false;
  }
  const theirs = field(request, 'x-etcd-cluster-id') ?? '';
  if (theirs !== hexId(clusterId)) {
    transport.quietLog.warn('request cluster ID mismatch', {
      ...fields,
      'remote-peer-cluster-id': theirs,
    });
    plainText(response, 412, 'cluster ID mismatch\n');
    return false;
  }
  return true;
}

/** Remembers where the sender says it is, in case we have to answer and do not know it. */
export function addSender({ request, transport }: PeerCall): void {
  const sender = parseId(field(request, 'x-server-from'));
  const urls = field(request, 'x-peerurls');
  if (sender !== undefined && urls !== undefined) transport.addRemote(sender, urls.split(','));
}
