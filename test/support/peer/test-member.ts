/** A transport with its peer port on a free port, and a member behind it that writes all down. */
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { MemberId } from '../../../src/base/ids.ts';
import type { Clock } from '../../../src/base/ports/clock.ts';
import type {
  OutgoingSnapshot,
  PeerEvents,
  SnapshotExchange,
} from '../../../src/base/ports/peer-transport.ts';
import type { Scheduler } from '../../../src/base/ports/scheduler.ts';
import type { Message } from '../../../src/pb/index.ts';
import { HttpPeerTransport } from '../../../src/server/peer/http-peer-transport.ts';
import { peerHttpHandler } from '../../../src/server/peer/serve/peer-http-handler.ts';
import type { PeerServices } from '../../../src/server/peer/serve/peer-services.ts';
import { RecordingLogger } from '../wal-fixture.ts';

export interface SavedSnapshot {
  readonly message: Message;
  readonly database: Buffer;
}

/** Snapshots in memory: `database` is what is sent. */
export class MemorySnapshots implements SnapshotExchange<Message> {
  readonly saved: SavedSnapshot[] = [];
  readonly failures: unknown[] = [];
  opened = 0;
  closed = 0;
  /** What the body of an outgoing snapshot is made of. */
  body: () => AsyncIterable<Uint8Array> = async function* () {
    yield Buffer.from('database');
  };

  open(message: Message): Promise<OutgoingSnapshot<Message>> {
    this.opened++;
    const close = (): Promise<void> => {
      this.closed++;
      return Promise.resolve();
    };
    return Promise.resolve({ message, body: this.body(), close });
  }

  async save(message: Message, body: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of body) chunks.push(chunk);
    } catch (error) {
      this.failures.push(error);
      throw error;
    }
    this.saved.push({ message, database: Buffer.concat(chunks) });
  }
}

export class RecordedEvents implements PeerEvents<Message> {
  readonly messages: Message[] = [];
  /** All other events as words. */
  readonly others: string[] = [];
  onMessages: (messages: readonly Message[]) => void = () => undefined;

  received(messages: readonly Message[]): void {
    this.messages.push(...messages);
    this.onMessages(messages);
  }

  unreachable(id: MemberId): void {
    this.others.push(`unreachable ${id}`);
  }

  snapshotSent(id: MemberId, isSaved: boolean): void {
    this.others.push(`snapshot to ${id} ${isSaved ? 'saved' : 'lost'}`);
  }

  removed(): void {
    this.others.push('removed');
  }

  becameActive(id: MemberId): void {
    this.others.push(`active ${id}`);
  }
}

/** A service that nobody should need. */
export const NO_SERVICES: PeerServices = {
  version: { clusterVersion: '3.6.0', storageVersion: '3.6.0' },
  membership: { members: () => [], promote: unavailable },
  hashes: { hashAt: unavailable },
  leases: { whenApplied: unavailable, renew: unavailable, timeToLive: () => undefined },
  downgradeEnabled: unavailable,
};

function unavailable(): Promise<never> {
  return Promise.reject(new TypeError('not served here'));
}

export interface TestMemberOptions {
  readonly time: Clock & Scheduler;
  readonly clusterId?: bigint;
  readonly services?: PeerServices;
  readonly isRemoved?: (id: MemberId) => boolean;
  readonly peerURLs?: readonly string[];
  readonly port?: number;
  readonly tls?: { readonly server: TlsOptions; readonly client: () => ConnectionOptions };
}

export class TestMember {
  readonly id: MemberId;
  readonly url: string;
  readonly transport: HttpPeerTransport;
  readonly events: RecordedEvents;
  readonly snapshots: MemorySnapshots;
  readonly logger: RecordingLogger;
  readonly server: Server;
  readonly handlerErrors: unknown[] = [];

  private constructor(id: MemberId, server: Server, options: TestMemberOptions) {
    const { time } = options;
    const { port } = server.address() as AddressInfo;
    this.id = id;
    this.server = server;
    this.url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    this.events = new RecordedEvents();
    this.snapshots = new MemorySnapshots();
    this.logger = new RecordingLogger();
    const identity = {
      memberId: id,
      clusterId: options.clusterId ?? 0xcdefn,
      peerURLs: options.peerURLs ?? [this.url],
    };
    const ports = { clock: time, scheduler: time, logger: this.logger, snapshots: this.snapshots };
    this.transport = new HttpPeerTransport(
      { ...identity, dialTimeoutMs: 1000, tls: options.tls?.client },
      { ...ports, events: this.events, isRemoved: options.isRemoved ?? (() => false) },
    );
    const services = options.services ?? NO_SERVICES;
    const onHandlerError = (error: unknown): void => void this.handlerErrors.push(error);
    const { transport } = this;
    server.on('request', peerHttpHandler({ ...ports, transport, services, onHandlerError }));
  }

  static async start(id: MemberId, options: TestMemberOptions): Promise<TestMember> {
    const { tls } = options;
    const server = tls === undefined ? createServer() : createHttpsServer(tls.server);
    await new Promise<void>((resolve) => {
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return new TestMember(id, server, options);
  }

  async stop(): Promise<void> {
    this.transport.checkInvariants();
    await this.transport.stop();
    await this.stopServing();
  }

  /** The peer port is gone; the transport goes on. */
  async stopServing(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
  }
}
