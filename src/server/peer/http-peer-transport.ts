/** etcd's transport between members, rafthttp: streams, posts and snapshots over HTTP/1.1. */
import { assert } from '../../base/assert.ts';
import type { MemberId } from '../../base/ids.ts';
import type { Clock } from '../../base/ports/clock.ts';
import type { Logger } from '../../base/ports/logger.ts';
import type {
  PeerEvents,
  PeerTransport,
  SnapshotExchange,
} from '../../base/ports/peer-transport.ts';
import type { Scheduler } from '../../base/ports/scheduler.ts';
import { type Message, MessageType } from '../../pb/index.ts';
import { ConfigError } from '../config/errors.ts';
import type { MemberUrl } from '../config/member-url.ts';
import { hexId } from '../membership/member.ts';
import { DeferredEvents } from './deferred-events.ts';
import { PeerClient, type PeerClientOptions } from './dial/peer-client.ts';
import { parsePeerUrls } from './dial/url-picker.ts';
import { Inbox } from './inbox.ts';
import { messageTypeName } from './message-type-name.ts';
import { Peer } from './peer.ts';
import type { PeerContext, PeerIdentity, PeerView } from './peer-context.ts';
import { type PeerCounters, PeerMeters } from './peer-meters.ts';
import { PeerStatus } from './peer-status.ts';
import { QuietLog } from './quiet-log.ts';
import { Remote } from './remote.ts';
import type { StreamSink } from './stream-writer.ts';
import { EntryRuns } from './wire/entry-runs.ts';
import type { StreamKind } from './wire/stream-codec.ts';

/** Anybody on the network can name a remote; further ones are ignored. */
export const remotesMax = 64;

export interface PeerTransportOptions extends PeerIdentity, PeerClientOptions {}

export interface PeerTransportPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly events: PeerEvents<Message>;
  readonly snapshots: SnapshotExchange<Message>;
  /** Whether a member with that id was removed from the cluster. */
  readonly isRemoved: (id: MemberId) => boolean;
}

export class HttpPeerTransport implements PeerTransport<Message> {
  readonly identity: PeerIdentity;
  readonly meters = new PeerMeters();
  readonly inbox: Inbox;
  /** For what strangers cause. */
  readonly quietLog: QuietLog;
  readonly #ports: PeerTransportPorts;
  readonly #client: PeerClient;
  readonly #events: DeferredEvents;
  readonly #entryRuns = new EntryRuns();
  readonly #context: PeerContext;
  readonly #peers = new Map<MemberId, Peer>();
  readonly #remotes = new Map<MemberId, Remote>();
  /** Peers that were removed, until nothing of them is under way any more. */
  readonly #stopping = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: PeerTransportOptions, ports: PeerTransportPorts) {
    const { memberId, clusterId, peerURLs, dialTimeoutMs, tls } = options;
    const { clock, scheduler, logger } = ports;
    this.identity = { memberId, clusterId, peerURLs };
    this.#ports = ports;
    this.#client = new PeerClient({ dialTimeoutMs, tls }, scheduler);
    this.#events = new DeferredEvents(ports.events, scheduler);
    this.quietLog = new QuietLog(logger, clock);
    this.inbox = new Inbox(memberId, {
      quietLog: this.quietLog,
      isRemoved: ports.isRemoved,
      received: (messages) => this.#events.received(messages),
    });
    this.#context = {
      identity: this.identity,
      clock,
      scheduler,
      logger,
      client: this.#client,
      events: this.#events,
      snapshots: ports.snapshots,
      entryRuns: this.#entryRuns,
      receive: (messages) => this.inbox.receive(messages),
    };
  }

  get activePeers(): number {
    let active = 0;
    for (const { status } of this.#peers.values()) if (status.isActive) active++;
    return active;
  }

  activeSince(id: MemberId): number | undefined {
    return this.#peers.get(id)?.status.activeSinceMs;
  }

  send(messages: readonly Message[]): void {
    const lastAnswers = lastAppendAnswers(messages);
    for (const message of messages) {
      const { to, type } = message;
      if (type === MessageType.MsgAppResp && lastAnswers.get(to) !== message) continue;
      const peer = this.#peers.get(to);
      if (peer === undefined) this.#sendElsewhere(message);
      else peer.send(message);
    }
    for (const peer of this.#peers.values()) peer.flush();
    this.#entryRuns.clear();
  }

  addPeer(id: MemberId, urls: readonly string[]): void {
    if (this.#isStopped || this.#peers.has(id) || id === this.identity.memberId) return;
    const parsed = this.#parsed(id, urls);
    if (parsed === undefined) return;
    this.#remotes.get(id)?.stop();
    this.#remotes.delete(id);
    this.#peers.set(id, new Peer(this.#viewOf(id), parsed, this.#context));
    this.#say('added remote peer', id, urls);
  }

  addRemote(id: MemberId, urls: readonly string[]): void {
    if (this.#isStopped || id === this.identity.memberId || this.#ports.isRemoved(id)) return;
    if (this.hasPeer(id) || this.#remotes.has(id) || this.#remotes.size >= remotesMax) return;
    const parsed = this.#parsed(id, urls);
    if (parsed === undefined) return;
    this.#remotes.set(id, new Remote(this.#viewOf(id), parsed, this.#context));
    this.#say('added new remote peer', id, urls);
  }

  updatePeer(id: MemberId, urls: readonly string[]): void {
    const peer = this.#peers.get(id);
    const parsed = this.#parsed(id, urls);
    if (peer === undefined || parsed === undefined) return;
    peer.update(parsed);
    this.#ports.logger.info('updated remote peer', {
      'local-member-id': hexId(this.identity.memberId),
      'updated-remote-peer-id': hexId(id),
      'updated-remote-peer-urls': urls,
    });
  }

  removePeer(id: MemberId): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    this.#peers.delete(id);
    const stopped: Promise<void> = peer.stop().finally(() => this.#stopping.delete(stopped));
    this.#stopping.add(stopped);
    this.#ports.logger.info('removed remote peer', {
      'local-member-id': hexId(this.identity.memberId),
      'removed-remote-peer-id': hexId(id),
    });
  }

  removeAllPeers(): void {
    for (const id of this.#peers.keys()) this.removePeer(id);
  }

  hasPeer(id: MemberId): boolean {
    return this.#peers.has(id);
  }

  isRemoved(id: MemberId): boolean {
    return this.#ports.isRemoved(id);
  }

  /** Of somebody who says to be `id`; for all whom we do not know the same ones. */
  countersOf(id: MemberId): PeerCounters {
    const isKnown = this.#peers.has(id) || this.#remotes.has(id);
    return isKnown ? this.meters.of(id) : this.meters.unknownSender;
  }

  /** A peer has dialled a stream; what it waits for is written to `sink`. */
  attach(id: MemberId, kind: StreamKind, sink: StreamSink): void {
    const peer = this.#peers.get(id);
    assert(peer !== undefined, 'only a peer has streams');
    peer.attach(kind, sink);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#events.stop();
    for (const remote of this.#remotes.values()) remote.stop();
    this.#remotes.clear();
    this.removeAllPeers();
    await Promise.all(this.#stopping);
    await this.#client.close();
  }

  checkInvariants(): void {
    for (const peer of this.#peers.values()) peer.checkInvariants();
    for (const id of this.#remotes.keys()) assert(!this.#peers.has(id), 'a peer is no remote');
    assert(this.#remotes.size <= remotesMax, 'remotes are bounded');
  }

  #sendElsewhere(message: Message): void {
    const remote = this.#remotes.get(message.to);
    if (remote !== undefined) {
      remote.send(message);
      return;
    }
    if (message.type === MessageType.MsgSnap) this.#events.snapshotSent(message.to, false);
    this.#ports.logger.debug('ignored message send request; unknown remote peer target', {
      type: messageTypeName(message.type),
      'unknown-target-peer-id': hexId(message.to),
    });
  }

  #viewOf(id: MemberId): PeerView {
    const { clock, logger } = this.#ports;
    const counters = this.meters.of(id);
    const quietLog = new QuietLog(logger, clock);
    const becameActive = (): void => this.#events.becameActive(id);
    const status = new PeerStatus(id, counters, { clock, logger, quietLog, becameActive });
    return { id, status, counters, quietLog };
  }

  /** Undefined for URLs that cannot be used: those of a remote are what a stranger says. */
  #parsed(id: MemberId, urls: readonly string[]): readonly MemberUrl[] | undefined {
    try {
      const parsed = parsePeerUrls(urls);
      if (parsed.length > 0) return parsed;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
    this.#ports.logger.warn('ignored the URLs of a remote peer', {
      'remote-peer-id': hexId(id),
      'remote-peer-urls': urls,
    });
    return undefined;
  }

  #say(message: string, id: MemberId, urls: readonly string[]): void {
    this.#ports.logger.info(message, {
      'local-member-id': hexId(this.identity.memberId),
      'remote-peer-id': hexId(id),
      'remote-peer-urls': urls,
    });
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
