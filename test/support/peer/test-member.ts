/** A transport with its peer port on a free port, and a member behind it that writes all down. */
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { MemberId } from '../../../src/base/ids.ts';
import type { Clock } from '../../../src/base/ports/clock.ts';
import type { Scheduler } from '../../../src/base/ports/scheduler.ts';
import { HttpPeerTransport } from '../../../src/server/peer/http-peer-transport.ts';
import { peerHttpHandler } from '../../../src/server/peer/serve/peer-http-handler.ts';
import type { PeerServices } from '../../../src/server/peer/serve/peer-services.ts';
import { RecordingLogger } from '../recording-logger.ts';
import { MemorySnapshots, RecordedEvents } from './recorded-events.ts';

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
