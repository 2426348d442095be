/** Finds out whether a silent peer is still there: a PING, and then nothing read for too long. */
export interface KeepaliveOptions {
  /** A peer that was silent for so long is sent a PING. */
  readonly keepaliveIntervalMs: number;
  /** A peer that is silent for so long after the PING is gone. */
  readonly keepaliveTimeoutMs: number;
}

export class Keepalive {
  readonly #options: KeepaliveOptions;
  #heardAtMs: number;
  #hasHeard = false;
  #pingedAtMs: number | undefined;

  constructor(options: KeepaliveOptions, nowMs: number) {
    this.#options = options;
    this.#heardAtMs = nowMs;
  }

  /** Something was read. Takes no time: how late it is, `tick` finds out. */
  onRead(): void {
    this.#hasHeard = true;
  }

  /** What is to be done now. */
  tick(nowMs: number): 'nothing' | 'ping' | 'close' {
    if (this.#hasHeard) {
      this.#hasHeard = false;
      this.#heardAtMs = nowMs;
      this.#pingedAtMs = undefined;
      return 'nothing';
    }
    if (this.#pingedAtMs !== undefined) {
      return nowMs - this.#pingedAtMs < this.#options.keepaliveTimeoutMs ? 'nothing' : 'close';
    }
    if (nowMs - this.#heardAtMs < this.#options.keepaliveIntervalMs) return 'nothing';
    this.#pingedAtMs = nowMs;
    return 'ping';
  }
}
