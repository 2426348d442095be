import type { MemberId } from '../../base/ids.ts';

/** What the transport knows of the connections to the other members. */
export interface PeerActivity {
  /** Monotonic ms since when member `id` has been connected; undefined while it is not. */
  activeSince(id: MemberId): number | undefined;
  /** Members that are connected now. */
  readonly activePeers: number;
}

/** A member that no transport connects to others. */
export const NO_PEERS: PeerActivity = { activeSince: () => undefined, activePeers: 0 };
