/**
 * Puts through several members of a cluster, one after the other at a fixed pace whether answered or
 * not, as the users of a cluster do. A put that fails is unknown, never absent.
 */
import assert from 'node:assert/strict';
import { type GrpcClient, KV } from './grpc-client.ts';

const PACE_MS = 10;
/** For longer than any election lasts. */
const RESUME_TRIES = 1000;

interface Answered {
  readonly key: string;
  readonly startedAtMs: number;
  readonly answeredAtMs: number;
}

export class SteadyWriters {
  readonly #prefix: string;
  readonly #answered: Answered[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #puts = 0;

  /** Puts a key that begins with `prefix` through each client every `paceMs`, until it is stopped. */
  constructor(clients: readonly GrpcClient[], prefix: string, paceMs: number = PACE_MS) {
    this.#prefix = prefix;
    this.#timer = setInterval(() => {
      for (const client of clients) this.#put(client);
    }, paceMs);
    // A test that fails meanwhile ends all the same.
    this.#timer.unref();
  }

  /** How long after `sinceMs` the first put was answered that began after it; Infinity: none. */
  resumedMs(sinceMs: number): number {
    const later = this.#answered.filter(({ startedAtMs }) => startedAtMs > sinceMs);
    return Math.min(...later.map(({ answeredAtMs }) => answeredAtMs)) - sinceMs;
  }

  /** The same, once that is known. */
  async untilResumed(sinceMs: number): Promise<number> {
    for (let tries = 0; tries < RESUME_TRIES; tries++) {
      const resumedMs = this.resumedMs(sinceMs);
      if (resumedMs < Infinity) return Math.round(resumedMs);
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
    return assert.fail('no put was answered any more');
  }

  /** The longest time without an answer between the first and the last one. */
  get longestGapMs(): number {
    const times = this.#answered.map(({ answeredAtMs }) => answeredAtMs);
    return Math.max(...times.slice(1).map((at, before) => at - (times[before] ?? at)));
  }

  /** Waits for what is still running, which may take a member's request time-out. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
  }

  /** Every put that was answered is there. */
  async checkNoneLost(client: GrpcClient): Promise<void> {
    assert.ok(this.#answered.length > 0, 'puts were answered');
    const found = new Set(await KV.keys(client, Buffer.from(this.#prefix)));
    const lost = this.#answered.filter(({ key }) => !found.has(key));
    assert.deepEqual(lost, []);
  }

  #put(client: GrpcClient): void {
    const key = `${this.#prefix}${this.#puts++}`;
    const startedAtMs = performance.now();
    const put = KV.put(client, Buffer.from(key), Buffer.from('v')).then(
      () => void this.#answered.push({ key, startedAtMs, answeredAtMs: performance.now() }),
      () => undefined,
    );
    this.#running.add(put);
    void put.then(() => this.#running.delete(put));
  }
}
