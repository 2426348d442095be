/**
 * How often a client may send PING, by the rules of grpc-go's server, which clients know: a ping
 * that comes too early is a strike, an answer sent since the last ping forgives all strikes.
 */

/** With one strike more the connection ends by ENHANCE_YOUR_CALM, "too_many_pings". */
export const PING_STRIKES_MAX = 2;
/** Least time between the pings of a client without a stream. */
export const IDLE_PING_INTERVAL_MIN_MS = 7_200_000;

export class PingPolicy {
  readonly #intervalMinMs: number;
  #lastMs = -Infinity;
  #strikes = 0;
  #isForgiven = false;

  /** `intervalMinMs`: least time between the pings of a client that has streams. */
  constructor(intervalMinMs: number) {
    this.#intervalMinMs = intervalMinMs;
  }

  /** Headers or data of an answer were written. */
  forgive(): void {
    this.#isForgiven = true;
  }

  /** Returns false when the client has gone too far. */
  onPing(nowMs: number, hasStreams: boolean): boolean {
    const sinceMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (this.#isForgiven) {
      this.#isForgiven = false;
      this.#strikes = 0;
      return true;
    }
    const intervalMinMs = hasStreams ? this.#intervalMinMs : IDLE_PING_INTERVAL_MIN_MS;
    if (sinceMs < intervalMinMs) this.#strikes++;
    return this.#strikes <= PING_STRIKES_MAX;
  }
}
