/**
 * A client with a lease: grants it, lets others put keys under it, keeps it alive for a while, then
 * revokes it or lets it end.
 */
import { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from '../../../src/pb/index.ts';
import type { LeaseFact } from '../check/leases.ts';
import type { ClientStream } from '../network/client-connection.ts';
import { SimClient } from './sim-client.ts';

const TTL_S_MIN = 2;
const TTL_S_BOUND = 4;
export const LEASE_TTL_MS_MAX: number = (TTL_S_MIN + TTL_S_BOUND) * 1000;
/** Time for which a lease is kept alive, up to so long. */
const KEPT_MS = 20_000;
/** Until a keep-alive that had no answer is sent again, at most. */
const RETRY_MS = 200;
/** How long a request may be under way that nobody waits for any more. */
const UNDER_WAY_MS = 10_000;

interface Held {
  readonly lease: bigint;
  readonly ttlMs: number;
}

export class LeaseClient extends SimClient {
  /** What became of the leases of this client, as far as it was told. */
  readonly facts: LeaseFact[] = [];
  #stream: ClientStream | undefined;

  /** Answered keep-alives and grants. */
  get renewals(): number {
    return this.facts.filter(({ kind }) => kind === 'renewed').length;
  }

  protected act(): void {
    const { random, state } = this.ports;
    const lease = state.freshLease();
    const ttlSeconds = TTL_S_MIN + random.below(TTL_S_BOUND);
    const held: Held = { lease, ttlMs: ttlSeconds * 1000 };
    const sentMs = this.#nowMs;
    this.perform({ kind: 'grant', lease, ttlSeconds }, (answer) => {
      this.#renewed(held, sentMs, answer !== undefined);
      if (answer === undefined) return this.next();
      state.leases.push(lease);
      this.#keepAlive(held, sentMs + random.upTo(KEPT_MS));
    });
  }

  get #nowMs(): number {
    return this.ports.host.time.time.nowMs;
  }

  #renewed({ lease, ttlMs }: Held, sentMs: number, isAnswered: boolean): void {
    const nowMs = this.#nowMs;
    if (isAnswered) this.facts.push({ lease, kind: 'renewed', sentMs, answeredMs: nowMs, ttlMs });
    // It may still be on its way.
    else this.facts.push({ lease, kind: 'maybeRenewed', untilMs: nowMs + UNDER_WAY_MS, ttlMs });
  }

  #keepAlive(held: Held, endMs: number): void {
    const { host, random } = this.ports;
    if (this.isStopped || this.#nowMs >= endMs) return this.#over(held);
    const sentMs = this.#nowMs;
    let isOver = false;
    const ended = (ttlSeconds: number | undefined): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      if (ttlSeconds !== undefined && ttlSeconds <= 0) {
        this.facts.push({ lease: held.lease, kind: 'missing', atMs: this.#nowMs });
        return this.#over(held);
      }
      this.#renewed(held, sentMs, ttlSeconds !== undefined);
      if (ttlSeconds === undefined) this.leave();
      const pauseMs = ttlSeconds === undefined ? RETRY_MS : held.ttlMs / 2;
      host.time.after(random.upTo(pauseMs), () => this.#keepAlive(held, endMs));
    };
    const timer = host.time.after(this.options.timeoutMs, () => ended(undefined));
    this.#stream?.cancel();
    this.#stream = this.connection().stream('/etcdserverpb.Lease/LeaseKeepAlive', {
      message: (bytes) => ended(LeaseKeepAliveResponse.decode(bytes).TTL),
      ended: () => ended(undefined),
    });
    this.#stream.send(LeaseKeepAliveRequest.encode({ ID: held.lease }));
  }

  /** Nobody needs the lease any more. */
  #over({ lease }: Held): void {
    const { random, state } = this.ports;
    this.#stream?.cancel();
    this.#stream = undefined;
    const at = state.leases.indexOf(lease);
    if (at >= 0) state.leases.splice(at, 1);
    if (random.below(3) > 0) return this.next();
    this.facts.push({ lease, kind: 'revoking', sentMs: this.#nowMs });
    this.perform({ kind: 'revoke', lease }, () => this.next());
  }
}
