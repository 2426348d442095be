import type { Revision } from '../../base/ids.ts';
import type { WatchEvent } from './watch-event.ts';

/** As on the wire: any int64, unique in its stream. */
export type WatchId = bigint;

/**
 * Where a watcher gets its events from.
 *
 *   synced     from commits: nothing below `next` is due to it (its start may be in the future)
 *   queued     from history, when the catch-up comes to it
 *   reading    from history, by the catch-up pass in flight
 *   lagging    from nowhere: its stream is full. It remembers `next` and nothing else
 *   compacted  it was told that its history is gone; keeps its id until cancelled
 *   closed     cancelled, or its stream is
 *
 *   new     -> synced | queued | lagging       synced  -> lagging | queued (store replaced)
 *   queued  -> reading                         lagging -> queued (stream drained)
 *   reading -> synced | queued | lagging | compacted          any -> closed
 */
export type WatcherState = 'synced' | 'queued' | 'reading' | 'lagging' | 'compacted' | 'closed';

/** What a client asked for, checked. Keys are latin1 strings. */
export interface WatcherOptions {
  readonly key: string;
  /** Watches [key, end), all keys from `key` on, or `key` alone. */
  readonly range: { readonly end: string } | 'open' | 'single';
  /** As asked for; 0 = from now on. */
  readonly startRevision: Revision;
  readonly dropsPuts: boolean;
  readonly dropsDeletes: boolean;
  readonly withPrevKv: boolean;
  readonly isFragmented: boolean;
  readonly notifiesProgress: boolean;
}

/** The stream of a watcher, as those see it who have events for the watcher. */
export interface Outlet {
  /** Nothing can be delivered until the stream is drained. */
  readonly isFull: boolean;
  /** Its watchers in state `lagging`. */
  readonly lagging: Set<Watcher>;
  /** Sends events, at least one, in a response stamped `revision`; the stream is not full. */
  deliver(watcher: Watcher, revision: Revision, events: readonly WatchEvent[]): void;
  /** Tells that revisions below `compactRevision` are gone; the stream is not full. */
  deliverCompacted(watcher: Watcher, compactRevision: Revision): void;
}

/** One watch of one stream: a few hundred bytes and its keys, however far behind it is. */
export class Watcher {
  readonly id: WatchId;
  readonly options: WatcherOptions;
  readonly outlet: Outlet;
  state: WatcherState = 'closed';
  /** Events of lower revisions are not, or no longer, due to it. */
  next: Revision;
  /** No event went out since the last tick of the progress interval. */
  isIdle = true;

  constructor(id: WatchId, options: WatcherOptions, outlet: Outlet, next: Revision) {
    this.id = id;
    this.options = options;
    this.outlet = outlet;
    this.next = next;
  }

  /** Whether the event, on a key of this watcher, is due to it. */
  wants(event: WatchEvent): boolean {
    if (event.revision < this.next) return false;
    return event.isDelete ? !this.options.dropsDeletes : !this.options.dropsPuts;
  }
}
