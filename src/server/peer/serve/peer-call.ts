import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../base/ports/clock.ts';
import type { Logger } from '../../../base/ports/logger.ts';
import type { SnapshotExchange } from '../../../base/ports/peer-transport.ts';
import type { Scheduler } from '../../../base/ports/scheduler.ts';
import type { Message } from '../../../pb/index.ts';
import type { HttpPeerTransport } from '../http-peer-transport.ts';
import type { PeerServices } from './peer-services.ts';

export interface PeerHandlerPorts {
  readonly transport: HttpPeerTransport;
  readonly snapshots: SnapshotExchange<Message>;
  readonly services: PeerServices;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  /** Told of exceptions that escape a handler; the connection of its request is cut. */
  readonly onHandlerError: (error: unknown, path: string) => void;
}

/** One request on the peer port and what answers it. */
export interface PeerCall extends PeerHandlerPorts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
}
