/** HTTP/1.1 requests to peers: connections, TLS and the time a connection may take to come about. */
import { type ClientRequest, request as startRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Scheduler } from '../../../base/ports/scheduler.ts';
import { isSecure } from '../../config/listen-points.ts';
import type { MemberUrl } from '../../config/member-url.ts';
import { PeerError } from '../errors.ts';
import { type DialTls, PeerAgents } from './peer-agents.ts';

export interface PeerClientOptions {
  /** For the connection, and the TLS handshake on it. */
  readonly dialTimeoutMs: number;
  readonly tls?: DialTls | undefined;
}

export interface PeerRequest {
  readonly url: MemberUrl;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  /** `stream`: a connection of its own. `pooled`: one that is kept for the next request. */
  readonly connection: 'stream' | 'pooled';
}

/** A member closes a connection that was silent for 5 s; a request must not meet that moment. */
const IDLE_CONNECTION_MS = 4500;
/** How long until the system looks after the other side of a silent connection, as Go has it. */
const TCP_KEEPALIVE_MS = 30_000;

export class PeerClient {
  readonly #options: PeerClientOptions;
  readonly #scheduler: Scheduler;
  readonly #agents: Readonly<Record<PeerRequest['connection'], PeerAgents>>;
  readonly #open = new Set<ClientRequest>();

  constructor(options: PeerClientOptions, scheduler: Scheduler) {
    this.#options = options;
    this.#scheduler = scheduler;
    this.#agents = {
      stream: new PeerAgents(options.tls),
      pooled: new PeerAgents(options.tls, { keepAlive: true, timeout: IDLE_CONNECTION_MS }),
    };
  }

  /** The caller writes the body, ends the request, and hears of all errors as its `error` event. */
  open(asked: PeerRequest): ClientRequest {
    const { url, method, path, headers, connection } = asked;
    const request = startRequest({ ...this.#agents[connection].to(url), method, path, headers });
    this.#open.add(request);
    request.once('close', () => this.#open.delete(request));
    this.#limitDial(request, isSecure(url) ? 'secureConnect' : 'connect');
    return request;
  }

  /** Ends all connections; resolves when no request is open any more. */
  async close(): Promise<void> {
    const closed = [...this.#open].map(
      async (request) => new Promise<void>((resolve) => void request.once('close', resolve)),
    );
    for (const request of this.#open) request.destroy();
    await Promise.all(closed);
    for (const agents of Object.values(this.#agents)) agents.destroy();
  }

  #limitDial(request: ClientRequest, connected: 'secureConnect' | 'connect'): void {
    const timer = this.#scheduler.after(this.#options.dialTimeoutMs, () => {
      request.destroy(new PeerError('PEER_UNREACHABLE', 'dial timed out'));
    });
    request.once('close', () => timer.cancel());
    request.once('socket', (socket: Socket | TLSSocket) => {
      socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
      if (socket.connecting) {
        socket.once(connected, () => timer.cancel());
      } else {
        timer.cancel();
      }
    });
  }
}
