/** A member that neither sends nor takes in snapshots. */
import type { SnapshotExchange } from '../../base/ports/peer-transport.ts';
import type { Message } from '../../pb/index.ts';
import { PeerError } from './errors.ts';

export const NO_SNAPSHOTS: SnapshotExchange<Message> = {
  open: refuse,
  save: refuse,
};

function refuse(): Promise<never> {
  return Promise.reject(
    new PeerError('PEER_REFUSED', 'snapshots between members are not built yet'),
  );
}
