import type { WatchEvent } from './watch-event.ts';
import type { Watcher } from './watcher.ts';
import type { WatcherIndex } from './watcher-index.ts';

/** Sorts events out to the watchers of an index that want them. */
export class EventBatches {
  readonly #index: WatcherIndex;
  readonly #batches = new Map<Watcher, WatchEvent[]>();

  constructor(index: WatcherIndex) {
    this.#index = index;
  }

  /** Adds an event on `key`, in order; tells who wanted it. */
  add(key: string, event: WatchEvent): { wanted: boolean; prevKvWanted: boolean } {
    const found = { wanted: false, prevKvWanted: false };
    this.#index.match(key, (watcher) => {
      if (!watcher.wants(event)) return;
      found.wanted = true;
      found.prevKvWanted ||= watcher.options.withPrevKv;
      const batch = this.#batches.get(watcher);
      if (batch === undefined) this.#batches.set(watcher, [event]);
      else batch.push(event);
    });
    return found;
  }

  /** The watcher's events in the order they were added; undefined for none. */
  of(watcher: Watcher): readonly WatchEvent[] | undefined {
    return this.#batches.get(watcher);
  }

  /** Watchers with events, and these. */
  entries(): Iterable<[Watcher, readonly WatchEvent[]]> {
    return this.#batches;
  }
}
