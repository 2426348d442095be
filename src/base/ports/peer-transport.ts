/**
 * How members talk to one another: over etcd's HTTP streams in a real cluster, over a queue with
 * seeded faults in the simulator. `Message` is raft's; here only its bearer is known.
 *
 * Delivery is at most once and in no guaranteed order between kinds of messages: raft asks for no
 * more. What is lost is told where the transport knows of it ({@link PeerEvents.unreachable}).
 */
import type { MemberId } from '../ids.ts';

/** Calls never block and never throw; those after `stop` do nothing. */
export interface PeerTransport<Message> {
  /**
   * Sends each message to the member it is addressed to. One that cannot be queued is dropped and
   * its receiver reported unreachable; one to a member that nobody has named is dropped silently.
   * The messages belong to the transport from now on. Of several append answers in one batch to
   * one member the last is sent: it says what the others say.
   */
  send(messages: readonly Message[]): void;
  /** A member of the cluster. `urls` are its peer URLs, at least one; a known id stays as it is. */
  addPeer(id: MemberId, urls: readonly string[]): void;
  /** Somebody who is no member as far as we know, but gets answers: it may know more than we. */
  addRemote(id: MemberId, urls: readonly string[]): void;
  updatePeer(id: MemberId, urls: readonly string[]): void;
  removePeer(id: MemberId): void;
  removeAllPeers(): void;
  /** Monotonic milliseconds since when the peer is reachable; undefined while it is not. */
  activeSince(id: MemberId): number | undefined;
  /** Peers that are reachable now. */
  readonly activePeers: number;
  /** Ends all connections; resolves when nothing is under way any more. Nothing is reported after. */
  stop(): Promise<void>;
}

/** What a transport tells its member, each call in a turn of its own. */
export interface PeerEvents<Message> {
  /** Messages to this member, in the order of one connection; their bytes belong to the receiver. */
  received(messages: readonly Message[]): void;
  /** A message to `id` was lost. */
  unreachable(id: MemberId): void;
  /** The snapshot that was sent to `id` is saved there, or was lost. */
  snapshotSent(id: MemberId, isSaved: boolean): void;
  /** A peer says that this member was removed from the cluster for ever. */
  removed(): void;
  /** `id` is reachable (again). */
  becameActive(id: MemberId): void;
}

/** Where the database that goes with a snapshot message comes from and goes to. */
export interface SnapshotExchange<Message> {
  /**
   * Called when a snapshot message is about to leave. What is sent in its place may be newer.
   * Rejects when there is none; the message then counts as lost.
   */
  open(message: Message): Promise<OutgoingSnapshot<Message>>;
  /**
   * Saves the database that came with `message`; resolves when it is on disk. The message itself
   * is delivered after that. `body` throws when the sender breaks off, and then nothing is kept.
   */
  save(message: Message, body: AsyncIterable<Uint8Array>): Promise<void>;
}

export interface OutgoingSnapshot<Message> {
  readonly message: Message;
  /** The database, of a length nobody knows before its end. Chunks are read before the next one is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Called once when the snapshot is sent or given up; `body` is not read any more. */
  close(): Promise<void>;
}
