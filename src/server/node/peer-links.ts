/** Keeps the transport connected to the members that there are. */
import type { MemberId } from '../../base/ids.ts';
import type { PeerTransport } from '../../base/ports/peer-transport.ts';
import type { Message } from '../../pb/index.ts';
import type { Cluster } from '../membership/cluster.ts';
import type { Member } from '../membership/member.ts';

/** Connects nobody, for a member that is alone in its process. */
export const NO_TRANSPORT: PeerTransport<Message> = {
  send: () => undefined,
  addPeer: () => undefined,
  addRemote: () => undefined,
  updatePeer: () => undefined,
  removePeer: () => undefined,
  removeAllPeers: () => undefined,
  activeSince: () => undefined,
  activePeers: 0,
  stop: () => Promise.resolve(),
};

export class PeerLinks {
  readonly #member: { readonly cluster: Cluster };
  readonly #transport: PeerTransport<Message>;
  /** The URLs that the transport was given, by peer. */
  readonly #urls = new Map<MemberId, string>();

  constructor(member: { readonly cluster: Cluster }, transport: PeerTransport<Message>) {
    this.#member = member;
    this.#transport = transport;
  }

  /** Connects to `others`, whom the log may not name yet, and to all members that it does. */
  begin(others: readonly Member[]): void {
    for (const other of others) {
      if (!this.#member.cluster.isRemoved(other.id)) this.#link(other);
    }
    this.sync();
  }

  /** To be called when the members of the cluster have changed. */
  sync(): void {
    for (const member of this.#member.cluster.members) this.#link(member);
    for (const id of this.#urls.keys()) {
      if (!this.#member.cluster.isRemoved(id)) continue;
      this.#urls.delete(id);
      this.#transport.removePeer(id);
    }
  }

  #link({ id, peerURLs }: Member): void {
    if (id === this.#member.cluster.localId) return;
    const urls = peerURLs.join(',');
    const known = this.#urls.get(id);
    if (known === urls) return;
    this.#urls.set(id, urls);
    if (known === undefined) this.#transport.addPeer(id, peerURLs);
    else this.#transport.updatePeer(id, peerURLs);
  }
}
