import { assert, defined } from '../../base/assert.ts';
import type { Outlet, Watcher } from './watcher.ts';

/** Watchers that one pass serves; the others wait for the next one. */
export const PASS_WATCHERS_MAX = 512;
/** Distinct revisions that one pass covers, so that no response holds more. */
export const PASS_REVISIONS_MAX = 1000;
/** Watchers looked at to fill a pass; at the bound the pass runs with what it has. */
export const PASS_LOOKS_MAX: number = 4 * PASS_WATCHERS_MAX;

/**
 * Watchers waiting to be read for. Streams take turns, and so do the watchers of each, so that
 * neither a stream with many watchers nor a watcher with far to go holds up the others.
 */
export class CatchUpQueue {
  /** In order of turn. Invariant: no stream without watchers. */
  readonly #streams = new Map<Outlet, Set<Watcher>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher): void {
    const waiting = this.#streams.get(watcher.outlet);
    if (waiting === undefined) this.#streams.set(watcher.outlet, new Set([watcher]));
    else waiting.add(watcher);
    this.#size++;
  }

  remove(watcher: Watcher): void {
    const waiting = this.#streams.get(watcher.outlet);
    assert(waiting?.delete(watcher) === true, 'catch-up queue: removed watcher is not there');
    if (waiting.size === 0) this.#streams.delete(watcher.outlet);
    this.#size--;
  }

  /**
   * Takes out the watchers of the next pass: the one whose turn it is, then in turn those of all
   * streams that the same stretch of history serves, [its next, its next + PASS_REVISIONS_MAX).
   */
  take(): Watcher[] {
    const lead = this.#takeLead();
    if (lead === undefined) return [];
    const taken = [lead];
    let looks = 0;
    for (let before = 0; taken.length > before; ) {
      before = taken.length;
      for (const waiting of this.#streams.values()) {
        if (taken.length === PASS_WATCHERS_MAX || ++looks > PASS_LOOKS_MAX) return taken;
        const watcher = firstOf(waiting);
        const ahead = watcher.next - lead.next;
        if (ahead < 0 || ahead >= PASS_REVISIONS_MAX) continue;
        this.remove(watcher);
        taken.push(watcher);
      }
    }
    return taken;
  }

  #takeLead(): Watcher | undefined {
    for (const [outlet, waiting] of this.#streams) {
      // The stream's next turn comes after those of all others.
      this.#streams.delete(outlet);
      this.#streams.set(outlet, waiting);
      const lead = firstOf(waiting);
      this.remove(lead);
      return lead;
    }
    return undefined;
  }

  checkInvariants(): void {
    let size = 0;
    for (const [outlet, waiting] of this.#streams) {
      assert(waiting.size > 0, 'catch-up queue: stream without watchers');
      for (const watcher of waiting) {
        assert(watcher.outlet === outlet, 'catch-up queue: watcher under another stream');
        assert(watcher.state === 'queued', 'catch-up queue: watcher is not queued');
      }
      size += waiting.size;
    }
    assert(size === this.#size, 'catch-up queue: size is off');
  }
}

function firstOf(waiting: Set<Watcher>): Watcher {
  const [watcher] = waiting;
  return defined(watcher, 'catch-up queue: stream without watchers');
}
