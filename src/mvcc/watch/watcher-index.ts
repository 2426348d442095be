import { assert } from '../../base/assert.ts';
import type { Interest } from '../ports.ts';
import { IntervalTree } from './interval-tree.ts';
import type { Watcher } from './watcher.ts';

/** Watchers of one key, or of one interval of keys. */
class Group {
  readonly watchers = new Set<Watcher>();
  prevKvWanted = 0;

  add(watcher: Watcher): void {
    this.watchers.add(watcher);
    if (watcher.options.withPrevKv) this.prevKvWanted++;
  }

  remove(watcher: Watcher): void {
    assert(this.watchers.delete(watcher), 'watcher index: removed watcher is not there');
    if (watcher.options.withPrevKv) this.prevKvWanted--;
  }
}

/**
 * Watchers by the keys they watch: single keys in a map, ranges in an interval tree, so that a
 * change finds those it concerns without looking at the others. Keys are latin1 strings.
 */
export class WatcherIndex {
  readonly #singles = new Map<string, Group>();
  readonly #ranges = new IntervalTree<Group>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher): void {
    const { key, range } = watcher.options;
    let group: Group | undefined;
    if (range === 'single') {
      group = this.#singles.get(key);
      if (group === undefined) this.#singles.set(key, (group = new Group()));
    } else {
      const end = range === 'open' ? undefined : range.end;
      group = this.#ranges.get(key, end);
      if (group === undefined) this.#ranges.add(key, end, (group = new Group()));
    }
    group.add(watcher);
    this.#size++;
  }

  remove(watcher: Watcher): void {
    const { key, range } = watcher.options;
    const end = range === 'open' || range === 'single' ? undefined : range.end;
    const group = range === 'single' ? this.#singles.get(key) : this.#ranges.get(key, end);
    assert(group !== undefined, 'watcher index: removed watcher has no group');
    group.remove(watcher);
    this.#size--;
    if (group.watchers.size > 0) return;
    if (range === 'single') this.#singles.delete(key);
    else this.#ranges.remove(key, end);
  }

  /** What the watchers of `key` want to know of a change, without looking at each of them. */
  interest(key: string): Interest {
    let found = false;
    let prevKvWanted = 0;
    this.#visit(key, (group) => {
      found = true;
      prevKvWanted += group.prevKvWanted;
    });
    if (prevKvWanted > 0) return 'event-with-prev';
    return found ? 'event' : 'none';
  }

  /** Visits each watcher of `key`; `visit` must not change the index. */
  match(key: string, visit: (watcher: Watcher) => void): void {
    this.#visit(key, (group) => {
      for (const watcher of group.watchers) visit(watcher);
    });
  }

  #visit(key: string, visit: (group: Group) => void): void {
    const single = this.#singles.get(key);
    if (single !== undefined) visit(single);
    this.#ranges.stab(key, visit);
  }

  checkInvariants(): void {
    this.#ranges.checkInvariants();
    let size = 0;
    const check = (group: Group): void => {
      const wanted = [...group.watchers].filter((watcher) => watcher.options.withPrevKv).length;
      assert(group.watchers.size > 0, 'watcher index: empty group');
      assert(group.prevKvWanted === wanted, 'watcher index: prev_kv count is off');
      size += group.watchers.size;
    };
    for (const group of this.#singles.values()) check(group);
    this.#ranges.forEach(check);
    assert(size === this.#size, 'watcher index: size is off');
  }
}
