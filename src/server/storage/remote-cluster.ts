/** What members that run already say to one that starts, over the peer port. */
import type { ClusterId } from '../../base/ids.ts';
import type { Member } from '../membership/member.ts';
import type { MemberVersions } from '../membership/versions.ts';

export interface FoundCluster {
  readonly id: ClusterId;
  /** Never empty; by ascending id. */
  readonly members: readonly Member[];
}

/** Questions to the member behind a peer URL. Each rejects when there is no proper answer in time. */
export interface RemoteCluster {
  cluster(peerURL: string, timeoutMs: number): Promise<FoundCluster>;
  versions(peerURL: string, timeoutMs: number): Promise<MemberVersions>;
}

/** The first proper answer, of the URLs in their order; undefined when there is none. */
export async function firstAnswer<T>(
  peerURLs: readonly string[],
  ask: (peerURL: string) => Promise<T>,
): Promise<T | undefined> {
  for (const url of peerURLs) {
    try {
      return await ask(url);
    } catch {
      // The next one may answer; whoever asks says what it means that none does.
    }
  }
  return undefined;
}
