/** What a member says of itself in each request to a peer, as Go writes the names. */
import { hexId } from '../../membership/member.ts';
import { ETCD_VERSION } from '../../version.ts';
import type { PeerIdentity } from '../peer-context.ts';
import { MIN_CLUSTER_VERSION } from '../versions.ts';

export function requestHeaders(identity: PeerIdentity): Record<string, string | number> {
  return {
    'X-Etcd-Cluster-Id': hexId(identity.clusterId),
    'X-Min-Cluster-Version': MIN_CLUSTER_VERSION,
    'X-Peerurls': identity.peerURLs.join(','),
    'X-Server-From': hexId(identity.memberId),
    'X-Server-Version': ETCD_VERSION,
  };
}
