/**
 * Tokens that this member knows by heart: every member makes the same one when a login is applied,
 * and forgets it some time after its last use. None is ever stored.
 */
import { assert } from '../base/assert.ts';
import type { LogIndex } from '../base/ids.ts';
import type { Clock } from '../base/ports/clock.ts';

/** Tokens known at a time; beyond, those least recently used are forgotten: their users log in anew. */
export const TOKENS_MAX = 1_000_000;

/** What the store tells of logins, and asks. */
export interface Tokens {
  assign(token: string, user: string): void;
  /** Undefined for one that is not known (any more). */
  userOf(token: string): string | undefined;
  dropUser(user: string): void;
  dropAll(): void;
}

/** Of who serves no clients. */
export const NO_TOKENS: Tokens = {
  assign: () => undefined,
  userOf: () => undefined,
  dropUser: () => undefined,
  dropAll: () => undefined,
};

interface Token {
  readonly user: string;
  expiryMs: number;
}

export class SimpleTokens implements Tokens {
  readonly #ttlMs: number;
  readonly #tokensMax: number;
  readonly #clock: Clock;
  /** The least recently used first, which is the order in which they expire. */
  readonly #tokens = new Map<string, Token>();

  constructor(options: { readonly ttlMs: number; readonly tokensMax?: number }, clock: Clock) {
    this.#ttlMs = options.ttlMs;
    this.#tokensMax = options.tokensMax ?? TOKENS_MAX;
    this.#clock = clock;
  }

  get size(): number {
    return this.#tokens.size;
  }

  assign(token: string, user: string): void {
    this.#forgetExpired();
    this.#use(token, { user, expiryMs: 0 });
    for (const [oldest] of this.#tokens) {
      if (this.#tokens.size <= this.#tokensMax) break;
      this.#tokens.delete(oldest);
    }
  }

  /** Whose token it is, whose time then begins anew; undefined for one that is not known (any more). */
  userOf(token: string): string | undefined {
    const found = this.#tokens.get(token);
    if (found === undefined || found.expiryMs <= this.#clock.monotonicMs()) return undefined;
    this.#use(token, found);
    return found.user;
  }

  dropUser(user: string): void {
    for (const [token, found] of this.#tokens) if (found.user === user) this.#tokens.delete(token);
  }

  dropAll(): void {
    this.#tokens.clear();
  }

  #use(token: string, found: Token): void {
    this.#tokens.delete(token);
    found.expiryMs = this.#clock.monotonicMs() + this.#ttlMs;
    this.#tokens.set(token, found);
  }

  #forgetExpired(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [token, { expiryMs }] of this.#tokens) {
      if (expiryMs > nowMs) return;
      this.#tokens.delete(token);
    }
  }

  checkInvariants(): void {
    let last = 0;
    for (const { expiryMs } of this.#tokens.values()) {
      assert(last <= expiryMs, 'tokens: not in the order in which they expire');
      last = expiryMs;
    }
    assert(this.#tokens.size <= this.#tokensMax, 'tokens: too many');
  }
}

/**
 * The token of a login that entry `index` holds. `random` is what the entry has of it; the number
 * is that of the entry before, as etcd reads its index before it moves on.
 */
export function simpleToken(random: string, index: LogIndex): string {
  return `${random}.${index - 1}`;
}

/** The index of the entry that made the token; undefined for what no entry has made. */
export function indexOfToken(token: string): LogIndex | undefined {
  const digits = /^[^.]*\.(\d{1,15})$/.exec(token)?.[1];
  return digits === undefined ? undefined : Number(digits) + 1;
}
