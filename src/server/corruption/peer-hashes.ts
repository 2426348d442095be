/** The hashes of the other members: asked of all at once, each at its URLs one after the other. */
import type { ClusterId, MemberId, Revision } from '../../base/ids.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type { Cluster } from '../membership/cluster.ts';
import { hexId, type Member } from '../membership/member.ts';
import { reasonOf } from '../peer/errors.ts';
import type { PeerHash } from '../peer/serve/peer-services.ts';

/** What a member is asked for. */
export interface HashQuestion {
  /** Members of another one refuse. */
  readonly cluster: ClusterId;
  readonly revision: Revision;
}

export interface RemoteHashes {
  /**
   * The hash of the member behind a peer URL. Rejects with {@link CorruptionError} when it gives
   * none, with anything else when it cannot be asked.
   */
  hashAt(peerURL: string, asked: HashQuestion): Promise<PeerHash>;
}

/** What became of asking one member. */
export interface PeerReply {
  readonly id: MemberId;
  readonly peerURLs: readonly string[];
  /** Undefined when none of its URLs gave one. */
  readonly hash: PeerHash | undefined;
  /** What the last of its URLs failed with, then. */
  readonly error: unknown;
}

/** Never rejects; leaves out members that nobody knows a URL of. */
export type AskPeers = (cluster: Cluster, revision: Revision) => Promise<readonly PeerReply[]>;

export function askPeersOver(remote: RemoteHashes, logger: Logger): AskPeers {
  return (cluster, revision) => {
    const asked = { cluster: cluster.id, revision };
    const failed = (peerURL: string, error: unknown): void =>
      logger.warn('failed hash kv request', {
        'local-member-id': hexId(cluster.localId),
        'requested-revision': revision,
        'remote-peer-endpoint': peerURL,
        error: reasonOf(error),
      });
    const others = cluster.members.filter(
      ({ id, peerURLs }) => id !== cluster.localId && peerURLs.length > 0,
    );
    return Promise.all(
      others.map((member) =>
        firstHash(member, async (peerURL) => {
          try {
            return { hash: await remote.hashAt(peerURL, asked), error: undefined };
          } catch (error) {
            failed(peerURL, error);
            return { hash: undefined, error };
          }
        }),
      ),
    );
  };
}

type Attempt = Pick<PeerReply, 'hash' | 'error'>;

async function firstHash(
  { id, peerURLs }: Member,
  ask: (peerURL: string) => Promise<Attempt>,
): Promise<PeerReply> {
  let last: Attempt = { hash: undefined, error: undefined };
  for (const peerURL of peerURLs) {
    last = await ask(peerURL);
    if (last.hash !== undefined) break;
  }
  return { id, peerURLs, ...last };
}
