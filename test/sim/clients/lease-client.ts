/**
 * A client with a lease: grants it, lets others put keys under it, keeps it alive for a while, then
 * revokes it or lets it end. Knows until when it must not end by itself.
 */
import { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from '../../../src/pb/index.ts';
import type { ClientStream } from '../network/client-connection.ts';
import { SimClient } from './sim-client.ts';

const TTL_S_MIN = 2;
const TTL_S_BOUND = 4;
/** Time for which a lease is kept alive, up to so long. */
const KEPT_MS = 12_000;
/** So much faster a clock may run: a lease then ends a little earlier for everybody else. */
export const CLOCK_RATE_MAX = 1.02;

interface Held {
  readonly lease: bigint;
  readonly ttlSeconds: number;
  /** Common time until which the lease must not end by itself. */
  aliveUntilMs: number;
  isRevoked: boolean;
}

export class LeaseClient extends SimClient {
  /** Leases of this client by id, those that are over, too. */
  readonly #all = new Map<bigint, Held>();
  #stream: ClientStream | undefined;
  #keepAlives = 0;

  /** Answered keep-alives. */
  get keepAlives(): number {
    return this.#keepAlives;
  }

  /** A text when the revocation of `lease`, which has just been applied, is too early. */
  revoked(lease: bigint): string | undefined {
    const held = this.#all.get(lease);
    const nowMs = this.#nowMs;
    if (held === undefined || held.isRevoked || nowMs >= held.aliveUntilMs) return undefined;
    const earlyMs = Math.round(held.aliveUntilMs - nowMs);
    return `lease ${lease} of ${held.ttlSeconds} s ended ${earlyMs} ms before its time`;
  }

  protected act(): void {
    const { random, state } = this.ports;
    const lease = state.freshLease();
    const ttlSeconds = TTL_S_MIN + random.below(TTL_S_BOUND);
    const held: Held = { lease, ttlSeconds, aliveUntilMs: 0, isRevoked: false };
    const startMs = this.#nowMs;
    this.#all.set(lease, held);
    this.perform({ kind: 'grant', lease, ttlSeconds }, (answer) => {
      if (answer === undefined) return this.next();
      state.leases.push(lease);
      this.#aliveFrom(held, startMs, ttlSeconds);
      this.#keepAlive(held, startMs + random.upTo(KEPT_MS));
    });
  }

  get #nowMs(): number {
    return this.ports.host.time.time.nowMs;
  }

  #aliveFrom(held: Held, startMs: number, ttlSeconds: number): void {
    const untilMs = startMs + (ttlSeconds * 1000) / CLOCK_RATE_MAX;
    held.aliveUntilMs = Math.max(held.aliveUntilMs, untilMs);
  }

  #keepAlive(held: Held, endMs: number): void {
    const { host, random } = this.ports;
    if (this.isStopped || this.#nowMs >= endMs) return this.#over(held);
    const startMs = this.#nowMs;
    let isAnswered = false;
    const answered = (ttlSeconds: number): void => {
      if (isAnswered) return;
      isAnswered = true;
      this.#keepAlives++;
      if (ttlSeconds <= 0) return this.#over(held);
      this.#aliveFrom(held, startMs, ttlSeconds);
      host.time.after(random.upTo((held.ttlSeconds * 1000) / 2), () =>
        this.#keepAlive(held, endMs),
      );
    };
    const failed = (): void => {
      if (isAnswered) return;
      isAnswered = true;
      this.leave();
      host.time.after(random.upTo(200), () => this.#keepAlive(held, endMs));
    };
    this.#stream?.cancel();
    this.#stream = this.connection().stream('/etcdserverpb.Lease/LeaseKeepAlive', {
      message: (bytes) => answered(LeaseKeepAliveResponse.decode(bytes).TTL),
      ended: failed,
    });
    this.#stream.send(LeaseKeepAliveRequest.encode({ ID: held.lease }));
    host.time.after(this.options.timeoutMs, failed);
  }

  /** Nobody needs the lease any more. */
  #over(held: Held): void {
    const { random, state } = this.ports;
    this.#stream?.cancel();
    this.#stream = undefined;
    const at = state.leases.indexOf(held.lease);
    if (at >= 0) state.leases.splice(at, 1);
    if (random.below(3) > 0) return this.next();
    held.isRevoked = true;
    this.perform({ kind: 'revoke', lease: held.lease }, () => this.next());
  }
}
