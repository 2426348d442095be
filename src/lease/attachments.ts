/**
 * Which keys are tied to which lease: a key to at most one, a lease to any number.
 *
 * Keys are latin1 strings, one per key, shared by both directions. Most leases hold a single
 * key, so a lease keeps that one bare and gets a set only with the second: a million leases
 * with a key each then cost one string and one map entry per key.
 */
import { assert } from '../base/assert.ts';
import { fromLatin1 } from '../base/bytes.ts';

/** What a lease holds; changed by {@link Attachments} alone. */
export interface KeyHolder {
  keys: string | Set<string> | undefined;
}

export class Attachments<Holder extends KeyHolder> {
  readonly #holderOf = new Map<string, Holder>();

  /** Number of tied keys. */
  get size(): number {
    return this.#holderOf.size;
  }

  /** Ties `key` to `holder`, releasing it from any other. */
  attach(holder: Holder, key: string): void {
    const former = this.#holderOf.get(key);
    if (former === holder) return;
    if (former !== undefined) forget(former, key);
    this.#holderOf.set(key, holder);
    if (holder.keys === undefined) holder.keys = key;
    else if (typeof holder.keys === 'string') holder.keys = new Set([holder.keys, key]);
    else holder.keys.add(key);
  }

  /** Releases `key`, if it is tied. */
  detach(key: string): void {
    const holder = this.#holderOf.get(key);
    if (holder === undefined) return;
    this.#holderOf.delete(key);
    forget(holder, key);
  }

  /** Releases every key of `holder`. */
  releaseAll(holder: Holder): void {
    for (const key of keysOf(holder)) this.#holderOf.delete(key);
    holder.keys = undefined;
  }

  clear(): void {
    this.#holderOf.clear();
  }

  /** `holders` are all that exist. */
  checkInvariants(holders: Iterable<Holder>): void {
    let held = 0;
    for (const holder of holders) {
      for (const key of keysOf(holder)) {
        held++;
        assert(this.#holderOf.get(key) === holder, 'lease: a held key names another holder');
      }
    }
    assert(held === this.#holderOf.size, 'lease: a tied key is held by no existing lease');
  }
}

/** Owned copies of the holder's keys, in byte order. */
export function sortedKeys(holder: KeyHolder): Uint8Array[] {
  // The default order of strings is that of their units, here the bytes of the key.
  return [...keysOf(holder)].sort().map(fromLatin1);
}

function keysOf(holder: KeyHolder): Iterable<string> {
  if (holder.keys === undefined) return [];
  return typeof holder.keys === 'string' ? [holder.keys] : holder.keys;
}

function forget(holder: KeyHolder, key: string): void {
  if (typeof holder.keys === 'string') {
    assert(holder.keys === key, 'lease: a released key was not held');
    holder.keys = undefined;
  } else {
    assert(holder.keys?.delete(key) === true, 'lease: a released key was not held');
  }
}
