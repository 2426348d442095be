/** The HTTP/2 connections of a member: what they share, and how they end together. */
import type { Socket } from 'node:net';
import type { Clock } from '../../base/ports/clock.ts';
import type { Scheduler, Timer } from '../../base/ports/scheduler.ts';
import { type Http2Options, Http2Shared, type StreamAcceptor } from '../../http2/index.ts';
import { Http2Socket } from './http2-socket.ts';

/** How often keepalive and time limits are looked at, for all connections at once. */
const TICK_MS = 1000;

export interface Http2ServerPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

export class Http2Server {
  readonly #shared: Http2Shared;
  readonly #scheduler: Scheduler;
  readonly #connections = new Set<Http2Socket>();
  readonly #ticks: Timer;
  /** Set when the server shuts down; called when the last connection is gone. */
  #onEmpty: (() => void) | undefined;

  constructor(options: Http2Options, { clock, scheduler }: Http2ServerPorts) {
    this.#shared = new Http2Shared(options, { clock, scheduler });
    this.#scheduler = scheduler;
    this.#ticks = scheduler.every(TICK_MS, () => this.#tick(clock.monotonicMs()));
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Takes over a connection, unread, or with what was read of it put back. */
  injectConnection(socket: Socket, acceptor: StreamAcceptor): void {
    if (this.#onEmpty !== undefined || socket.destroyed) {
      socket.destroy();
      return;
    }
    const connection = new Http2Socket(socket, acceptor, this.#shared);
    this.#connections.add(connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#onEmpty?.();
    });
  }

  /** Begins no stream any more and lets those that run end, for at most `graceMs`; then cuts all. */
  async shutdown(graceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cut = this.#scheduler.after(graceMs, () => {
        for (const connection of this.#connections) connection.destroy();
      });
      this.#onEmpty = () => {
        cut.cancel();
        resolve();
      };
      for (const { connection } of this.#connections) connection.shutdown();
      if (this.#connections.size === 0) this.#onEmpty();
    });
    this.#ticks.cancel();
  }

  #tick(nowMs: number): void {
    for (const { connection } of this.#connections) connection.tick(nowMs);
  }
}
