import { assert, unreachable } from '../../base/assert.ts';
import type { Revision } from '../../base/ids.ts';
import { CatchUpQueue } from './catch-up-queue.ts';
import type { Outlet, Watcher } from './watcher.ts';
import { WatcherIndex } from './watcher-index.ts';

/** The one place where watchers change state; see {@link WatcherState}. */
export class WatcherGroups {
  /** Watchers in state `synced`. */
  readonly synced: WatcherIndex = new WatcherIndex();
  /** Watchers in state `queued`. */
  readonly queue: CatchUpQueue = new CatchUpQueue();
  /** Newest revision that the synced watchers have got, or passed over. */
  revision: Revision = 0;
  /** Events delivered to watchers, over all streams there have been. */
  eventsSent = 0;

  /** Puts a watcher that is in no group where `next` and its stream say that it belongs. */
  place(watcher: Watcher): void {
    if (watcher.next > this.revision) {
      watcher.state = 'synced';
      this.synced.add(watcher);
    } else if (watcher.outlet.isFull) {
      watcher.state = 'lagging';
      watcher.outlet.lagging.add(watcher);
    } else {
      watcher.state = 'queued';
      this.queue.add(watcher);
    }
  }

  /** A synced watcher could not be given the events of the current revision. */
  fallBehind(watcher: Watcher): void {
    this.synced.remove(watcher);
    watcher.next = this.revision;
    this.place(watcher);
  }

  /** The watchers of the next pass, in state `reading`: to be placed again when it ends. */
  takeForReading(): Watcher[] {
    const taken = this.queue.take();
    for (const watcher of taken) watcher.state = 'reading';
    return taken;
  }

  /** The stream has room again. */
  resume(outlet: Outlet): void {
    const lagging = [...outlet.lagging];
    outlet.lagging.clear();
    for (const watcher of lagging) this.place(watcher);
  }

  /** The store jumped to `revision`: what was synced has to be read for. */
  jump(revision: Revision, watchers: Iterable<Watcher>): void {
    const former = this.revision;
    this.revision = revision;
    for (const watcher of watchers) {
      if (watcher.state !== 'synced') continue;
      this.synced.remove(watcher);
      watcher.next = Math.max(watcher.next, former + 1);
      this.place(watcher);
    }
  }

  /** Takes the watcher out of its group, for good. */
  retire(watcher: Watcher, state: 'compacted' | 'closed'): void {
    switch (watcher.state) {
      case 'synced':
        this.synced.remove(watcher);
        break;
      case 'queued':
        this.queue.remove(watcher);
        break;
      case 'lagging':
        watcher.outlet.lagging.delete(watcher);
        break;
      case 'reading':
      case 'compacted':
      case 'closed':
        break;
      default:
        unreachable(watcher.state);
    }
    watcher.state = state;
  }

  /** `watchers` are those of all open streams. */
  checkInvariants(watchers: Iterable<Watcher>): void {
    this.synced.checkInvariants();
    this.queue.checkInvariants();
    const counts = { synced: 0, queued: 0, reading: 0, lagging: 0, compacted: 0, closed: 0 };
    for (const watcher of watchers) {
      const { state, outlet } = watcher;
      counts[state]++;
      assert(outlet.lagging.has(watcher) === (state === 'lagging'), 'watch: lagging set is off');
      assert(state !== 'lagging' || outlet.isFull, 'watch: lagging behind a stream with room');
      const behind = state === 'queued' || state === 'lagging';
      assert(!behind || watcher.next <= this.revision, 'watch: behind, yet nothing to read');
    }
    assert(counts.synced === this.synced.size, 'watch: synced index is off');
    assert(counts.queued === this.queue.size, 'watch: queue is off');
    assert(counts.closed === 0, 'watch: a stream keeps a closed watcher');
  }
}
