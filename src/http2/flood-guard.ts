/**
 * Frames that cost us more than their sender. Each kind has a token bucket: a peer that sends more
 * of them than any real client does, for longer, loses its connection by ENHANCE_YOUR_CALM.
 */
import { assert } from '../base/assert.ts';
import type { Clock } from '../base/ports/clock.ts';
import { Http2Error } from './http2-error.ts';

export interface FloodLimit {
  /** So many are taken at once. */
  readonly burstMax: number;
  /** So many are taken every second, on average. */
  readonly perSecond: number;
}

export type FloodKind =
  /** Streams that the peer resets: a client may cancel all its watches at once. */
  | 'resets'
  /** Requests refused, malformed or cut off. */
  | 'badRequests'
  /** Frames that change nothing: PRIORITY, unknown types, frames of streams that we reset. */
  | 'ignored'
  /** Some clients send two for every answer that they read. */
  | 'windowUpdates'
  /** Go's clients measure the network with them: one for the DATA that has come, as it comes. */
  | 'pings'
  /** One that changes the windows of many streams counts for many. */
  | 'settings'
  /** DATA frames without a byte of body that do not end their stream. */
  | 'emptyData';

/** Ten times and more of what real clients do, at little cost to us. */
export const FLOOD_LIMITS: Readonly<Record<FloodKind, FloodLimit>> = {
  resets: { burstMax: 20_000, perSecond: 2000 },
  badRequests: { burstMax: 20_000, perSecond: 2000 },
  ignored: { burstMax: 20_000, perSecond: 2000 },
  windowUpdates: { burstMax: 200_000, perSecond: 100_000 },
  pings: { burstMax: 1000, perSecond: 100 },
  settings: { burstMax: 1000, perSecond: 10 },
  emptyData: { burstMax: 1000, perSecond: 100 },
};

interface Bucket {
  readonly limit: FloodLimit;
  tokens: number;
  filledAtMs: number;
}

export class FloodGuard {
  readonly #clock: Clock;
  readonly #buckets: Partial<Record<FloodKind, Bucket>> = {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one, or one that costs as much as `times`; throws Http2Error ENHANCE_YOUR_CALM. */
  count(kind: FloodKind, times = 1): void {
    const bucket = this.#buckets[kind] ?? this.#open(kind);
    // The clock is asked only when the burst is used up.
    if (bucket.tokens < times) this.#refill(bucket);
    if (bucket.tokens < times) throw new Http2Error('ENHANCE_YOUR_CALM', `too many: ${kind}`);
    bucket.tokens -= times;
  }

  /** What we have sent makes so many of a kind no flood. */
  allow(kind: FloodKind, times: number): void {
    const bucket = this.#buckets[kind];
    if (bucket !== undefined)
      bucket.tokens = Math.min(bucket.limit.burstMax, bucket.tokens + times);
  }

  checkInvariants(): void {
    for (const { tokens, limit } of Object.values(this.#buckets)) {
      assert(tokens >= 0 && tokens <= limit.burstMax, 'flood guard: a bucket beyond its bounds');
    }
  }

  #open(kind: FloodKind): Bucket {
    const limit = FLOOD_LIMITS[kind];
    const bucket = { limit, tokens: limit.burstMax, filledAtMs: this.#clock.monotonicMs() };
    this.#buckets[kind] = bucket;
    return bucket;
  }

  #refill(bucket: Bucket): void {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - bucket.filledAtMs) * bucket.limit.perSecond) / 1000;
    bucket.tokens = Math.min(bucket.limit.burstMax, bucket.tokens + earned);
    bucket.filledAtMs = nowMs;
  }
}
