/**
 * The transport of one simulated member. Peers greet each other now and then: who was heard from
 * lately is reachable. Messages cross as bytes, so that members share nothing.
 */
import type { ClusterId, MemberId } from '../../../src/base/ids.ts';
import type {
  PeerEvents,
  PeerTransport,
  SnapshotExchange,
} from '../../../src/base/ports/peer-transport.ts';
import type { Timer } from '../../../src/base/ports/scheduler.ts';
import { Message, MessageType } from '../../../src/pb/index.ts';
import type { Host, SimNetwork } from './sim-network.ts';
import { IncomingSnapshot, sendSnapshot } from './snapshot-transfer.ts';

export interface SimPeerIdentity {
  readonly member: MemberId;
  readonly cluster: ClusterId;
}

export interface SimPeerPorts {
  readonly network: SimNetwork;
  readonly host: Host;
  readonly events: PeerEvents<Message>;
  readonly snapshots: SnapshotExchange<Message>;
  readonly isRemoved: (id: MemberId) => boolean;
  /** What else than its sender has kept a snapshot from being saved. */
  readonly onSaveError?: (error: unknown) => void;
}

interface Peer {
  /** Undefined where nobody is found at the URLs. */
  host: Host | undefined;
  /** Undefined while it is not reachable. */
  activeSinceMs: number | undefined;
  heardMs: number;
  greetedMs: number;
}

const LOOK_MS = 250;
/** Between two greetings of a peer that is reachable. */
const GREETING_MS = 1500;
/** After that long a silence a peer is not reachable. */
const SILENCE_MS = 5000;
/** How long it may take to find out that a message was lost. */
const TOLD_MS = 50;
/** How often a loss is found out at all. */
const TOLD_PERMILLE = 300;

export class SimPeerTransport implements PeerTransport<Message> {
  readonly clusterId: ClusterId;
  readonly #id: MemberId;
  readonly #ports: SimPeerPorts;
  readonly #peers = new Map<MemberId, Peer>();
  readonly #remotes = new Map<MemberId, Host>();
  readonly #timer: Timer;
  #isStopped = false;

  /** Listens at its host from now on. */
  constructor(identity: SimPeerIdentity, ports: SimPeerPorts) {
    this.#id = identity.member;
    this.clusterId = identity.cluster;
    this.#ports = ports;
    this.#timer = ports.host.time.every(LOOK_MS, () => this.#look());
    ports.host.transport = this;
  }

  get activePeers(): number {
    let active = 0;
    for (const { activeSinceMs } of this.#peers.values()) if (activeSinceMs !== undefined) active++;
    return active;
  }

  activeSince(id: MemberId): number | undefined {
    return this.#peers.get(id)?.activeSinceMs;
  }

  addPeer(id: MemberId, urls: readonly string[]): void {
    if (this.#isStopped || this.#peers.has(id) || id === this.#id) return;
    this.#remotes.delete(id);
    const host = this.#hostAt(urls);
    const peer: Peer = { host, activeSinceMs: undefined, heardMs: 0, greetedMs: 0 };
    this.#peers.set(id, peer);
    this.#greet(peer);
  }

  addRemote(id: MemberId, urls: readonly string[]): void {
    const host = this.#hostAt(urls);
    if (this.#isStopped || host === undefined || id === this.#id) return;
    if (!this.#peers.has(id)) this.#remotes.set(id, host);
  }

  updatePeer(id: MemberId, urls: readonly string[]): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) peer.host = this.#hostAt(urls);
  }

  removePeer(id: MemberId): void {
    this.#peers.delete(id);
  }

  removeAllPeers(): void {
    this.#peers.clear();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer.cancel();
    this.removeAllPeers();
    this.#remotes.clear();
    const { host } = this.#ports;
    if (host.transport === this) host.transport = undefined;
    return Promise.resolve();
  }

  send(messages: readonly Message[]): void {
    if (this.#isStopped) return;
    const lastAnswers = lastAppendAnswers(messages);
    const batches = new Map<MemberId, Message[]>();
    for (const message of messages) {
      const { to, type } = message;
      if (type === MessageType.MsgAppResp && lastAnswers.get(to) !== message) continue;
      if (type === MessageType.MsgSnap) this.#sendSnapshot(message);
      else if (batches.has(to)) batches.get(to)?.push(message);
      else batches.set(to, [message]);
    }
    for (const [to, batch] of batches) this.#sendBatch(to, batch);
  }

  /** A member asks whether we are there, or says so. */
  greeted(from: MemberId, host: Host, isAnswer: boolean): void {
    if (this.#isStopped || this.#refuses(from, host)) return;
    if (!this.#knows(from, host)) return;
    if (!isAnswer) this.#post(host, (transport, own) => transport.greeted(this.#id, own, true));
  }

  /** The snapshot that a member begins to send; `done` says whether it was saved. */
  takeSnapshot(message: Message, done: (isSaved: boolean) => void): IncomingSnapshot | undefined {
    const { host, events, snapshots, isRemoved, onSaveError } = this.#ports;
    if (this.#isStopped || isRemoved(message.from) || message.to !== this.#id) return undefined;
    const incoming = new IncomingSnapshot(host);
    snapshots.save(message, incoming.body()).then(
      () => {
        host.time.defer(() => {
          if (!this.#isStopped) events.received([message]);
          done(true);
        });
      },
      (error: unknown) => {
        host.time.defer(() => done(false));
        if (!incoming.isBroken) onSaveError?.(error);
      },
    );
    return incoming;
  }

  #received(from: MemberId, host: Host, frames: readonly Uint8Array[]): void {
    if (this.#isStopped || this.#refuses(from, host)) return;
    this.#knows(from, host);
    const messages = frames.map((bytes) => Message.decode(bytes));
    const own = messages.filter(({ to }) => to === this.#id);
    if (own.length > 0) this.#ports.events.received(own);
  }

  /** Whoever was removed is told so, and nothing else. */
  #refuses(from: MemberId, host: Host): boolean {
    if (!this.#ports.isRemoved(from)) return false;
    this.#post(host, (transport) => {
      if (!transport.#isStopped && transport.#id === from) transport.#ports.events.removed();
    });
    return true;
  }

  #look(): void {
    const nowMs = this.#ports.host.time.monotonicMs();
    for (const peer of this.#peers.values()) {
      if (peer.activeSinceMs !== undefined && nowMs - peer.heardMs >= SILENCE_MS) {
        peer.activeSinceMs = undefined;
      }
      const isDue = peer.activeSinceMs === undefined || nowMs - peer.greetedMs >= GREETING_MS;
      if (isDue) this.#greet(peer);
    }
  }

  #greet(peer: Peer): void {
    peer.greetedMs = this.#ports.host.time.monotonicMs();
    if (peer.host === undefined) return;
    this.#post(peer.host, (transport, own) => transport.greeted(this.#id, own, false));
  }

  /** Something came from `id`; whether it is a peer. Others get answers, too: they know of us. */
  #knows(id: MemberId, host: Host): boolean {
    const peer = this.#peers.get(id);
    if (peer === undefined) {
      this.#remotes.set(id, host);
      return false;
    }
    const nowMs = this.#ports.host.time.monotonicMs();
    peer.heardMs = nowMs;
    if (peer.activeSinceMs === undefined) {
      peer.activeSinceMs = nowMs;
      this.#ports.events.becameActive(id);
    }
    return true;
  }

  /** Has the transport at `to` take something in, with our host as where it comes from. */
  #post(to: Host, take: (transport: SimPeerTransport, from: Host) => void): void {
    const { network, host } = this.#ports;
    network.post(host, to, () => {
      if (to.transport !== undefined) take(to.transport, host);
    });
  }

  #sendBatch(to: MemberId, batch: readonly Message[]): void {
    const target = this.#peers.get(to)?.host ?? this.#remotes.get(to);
    if (target === undefined) return;
    const { network, host } = this.#ports;
    const frames = batch.map((message) => Message.encode(message));
    const { trace } = network;
    for (const { type, term, index, commit, entries } of batch) {
      trace.note(
        `${host.name}>${target.name} ${type} ${term} ${index} ${commit} ${entries.length}`,
      );
    }
    const { life } = host.time;
    const refused = (): void => this.#unreachable(to);
    const deliver = (): void => {
      if (target.transport !== undefined) target.transport.#received(this.#id, host, frames);
      else network.post(target, host, refused, { once: true, life });
    };
    // A proposal that came twice would be applied twice: connections do not do that.
    const once = batch.some(({ type }) => type === MessageType.MsgProp);
    const fate = network.post(host, target, deliver, { once });
    const isTold = fate === 'refused' || (fate === 'lost' && network.random.chance(TOLD_PERMILLE));
    if (isTold) host.time.after(network.random.below(TOLD_MS), () => this.#unreachable(to));
  }

  #unreachable(id: MemberId): void {
    if (!this.#isStopped) this.#ports.events.unreachable(id);
  }

  #sendSnapshot(message: Message): void {
    const { network, host, snapshots, events } = this.#ports;
    const { to } = message;
    const report = (isSaved: boolean): void => {
      host.time.defer(() => {
        if (!this.#isStopped) events.snapshotSent(to, isSaved);
      });
    };
    const target = this.#peers.get(to)?.host;
    if (target === undefined) return report(false);
    network.trace.note(`${host.name}>${target.name} snapshot`);
    void sendSnapshot(message, snapshots, { network, from: host, to: target }).then(report);
  }

  #hostAt(urls: readonly string[]): Host | undefined {
    return urls.map((url) => this.#ports.network.hostAt(url)).find((host) => host !== undefined);
  }
}

/** By receiver: the answers before the last one say nothing that it does not. */
function lastAppendAnswers(messages: readonly Message[]): ReadonlyMap<MemberId, Message> {
  const last = new Map<MemberId, Message>();
  for (const message of messages) {
    if (message.type === MessageType.MsgAppResp) last.set(message.to, message);
  }
  return last;
}
