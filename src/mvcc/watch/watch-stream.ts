import { assert } from '../../base/assert.ts';
import { latin1 } from '../../base/bytes.ts';
import type { Revision } from '../../base/ids.ts';
import { FilterType, type WatchCreateRequest, type WatchRequest } from '../../pb/index.ts';
import type { ResponseEncoder } from './response-encoder.ts';
import type { WatchEvent } from './watch-event.ts';
import { type Outlet, Watcher, type WatcherOptions, type WatchId } from './watcher.ts';
import type { WatcherGroups } from './watcher-groups.ts';

/** The way to the client. */
export interface ResponseSink {
  /**
   * Takes one encoded WatchResponse, whose bytes others may share; false when it wants no more
   * until {@link WatchStream.drained}. It must not call the stream or the hub from inside.
   */
  send(response: Uint8Array): boolean;
}

/** Watch id of a response that is about no watcher, or about all. */
const NO_WATCHER: WatchId = -1n;
/** Watch id of a create request that leaves the choice to us. */
const PICK_ID: WatchId = 0n;

const CancelReason = {
  compacted: 'etcdserver: mvcc: required revision has been compacted',
  duplicateId: 'mvcc: duplicate watch ID provided on the WatchStream',
  emptyRange: 'mvcc: watcher range is empty',
} as const;

/**
 * The watchers of one client stream: answers its requests and carries their events, in the
 * order in which they happen.
 *
 * Nothing is ever queued here. While the sink is full, requests are refused, progress
 * notifications are dropped and events are left in the store, to be read when there is room: a
 * client that does not read costs what its watchers cost, and what its sink chose to hold.
 */
export class WatchStream implements Outlet {
  readonly lagging: Set<Watcher> = new Set();
  readonly #sink: ResponseSink;
  readonly #encoder: ResponseEncoder;
  readonly #groups: WatcherGroups;
  readonly #onClose: (stream: WatchStream) => void;
  readonly #watchers = new Map<WatchId, Watcher>();
  #isFull = false;
  #isClosed = false;
  /** Where the search for a free id starts. */
  #nextId: WatchId = 0n;

  constructor(
    sink: ResponseSink,
    shared: { encoder: ResponseEncoder; groups: WatcherGroups },
    onClose: (stream: WatchStream) => void,
  ) {
    this.#sink = sink;
    this.#encoder = shared.encoder;
    this.#groups = shared.groups;
    this.#onClose = onClose;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Watchers that hold an id, those that compaction cancelled among them. */
  get watchers(): Iterable<Watcher> {
    return this.#watchers.values();
  }

  /**
   * Carries out one request. `refusal` is why the caller does not permit it, if it is a create.
   * False when the stream is full: nothing was done, and the request is to be offered again
   * after {@link drained}, before further ones. A request without content is ignored.
   */
  handle(request: WatchRequest, refusal?: string): boolean {
    assert(!this.#isClosed, 'watch stream: request after close');
    if (this.#isFull) return false;
    if (request.createRequest !== undefined) this.#create(request.createRequest, refusal);
    else if (request.cancelRequest !== undefined) this.#cancel(request.cancelRequest.watchId);
    else if (request.progressRequest !== undefined) this.#reportProgress();
    return true;
  }

  /**
   * The sink takes responses again. Whoever holds refused requests offers them now, before the
   * hub's next catch-up, which may well fill the sink again.
   */
  drained(): void {
    this.#isFull = false;
    this.#groups.resume(this);
  }

  /**
   * One progress interval has passed: tells each watcher that asked for it, got no event since
   * the last tick, and misses none, how far it is.
   */
  progressTick(): void {
    for (const watcher of this.#watchers.values()) {
      if (!watcher.options.notifiesProgress) continue;
      if (watcher.isIdle && this.#isUpToDate(watcher)) this.#sendProgress(watcher.id);
      watcher.isIdle = true;
    }
  }

  /** Ends all watchers without a word; the stream must not be used again. */
  close(): void {
    this.#isClosed = true;
    for (const watcher of this.#watchers.values()) this.#groups.retire(watcher, 'closed');
    this.#watchers.clear();
    this.#onClose(this);
  }

  deliver(watcher: Watcher, revision: Revision, events: readonly WatchEvent[]): void {
    assert(!this.#isFull, 'watch stream: events for a full sink');
    const { withPrevKv } = watcher.options;
    const encoded = events.map((event) => event.encoded(withPrevKv));
    // The fragments of one response stay together, whatever the sink says in between.
    for (const response of this.#encoder.events(revision, watcher, encoded)) this.#send(response);
    watcher.isIdle = false;
    this.#groups.eventsSent += events.length;
  }

  deliverCompacted(watcher: Watcher, compactRevision: Revision): void {
    assert(!this.#isFull, 'watch stream: cancellation for a full sink');
    const canceled = { watchId: watcher.id, canceled: true, compactRevision };
    this.#send(this.#encoder.control(0, canceled));
  }

  #create(request: WatchCreateRequest, refusal: string | undefined): void {
    const options = optionsFrom(request);
    const { key, range } = options;
    if (request.startRevision < 0) this.#refuse(CancelReason.compacted);
    else if (refusal !== undefined) this.#refuse(refusal);
    else if (typeof range === 'object' && key >= range.end) this.#refuse(CancelReason.emptyRange);
    else {
      const id = request.watchId === PICK_ID ? this.#freeId() : request.watchId;
      if (this.#watchers.has(id)) this.#refuse(CancelReason.duplicateId);
      else this.#add(id, options);
    }
  }

  #add(id: WatchId, options: WatcherOptions): void {
    const { revision } = this.#groups;
    const next = options.startRevision === 0 ? revision + 1 : options.startRevision;
    const watcher = new Watcher(id, options, this, next);
    this.#watchers.set(id, watcher);
    this.#answer({ watchId: id, created: true });
    this.#groups.place(watcher);
  }

  #freeId(): WatchId {
    while (this.#watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  #refuse(cancelReason: string): void {
    this.#answer({ watchId: NO_WATCHER, created: true, canceled: true, cancelReason });
  }

  #cancel(watchId: WatchId): void {
    const watcher = this.#watchers.get(watchId);
    if (watcher === undefined) return;
    this.#groups.retire(watcher, 'closed');
    this.#watchers.delete(watchId);
    this.#answer({ watchId, canceled: true });
  }

  /** One answer for all watchers, or none while any of them may still get earlier events. */
  #reportProgress(): void {
    if (this.#watchers.size === 0) return;
    for (const watcher of this.#watchers.values()) if (!this.#isUpToDate(watcher)) return;
    this.#sendProgress(NO_WATCHER);
  }

  #isUpToDate(watcher: Watcher): boolean {
    if (watcher.state !== 'synced') return false;
    return watcher.options.startRevision <= this.#groups.revision;
  }

  #sendProgress(watchId: WatchId): void {
    if (!this.#isFull) this.#answer({ watchId });
  }

  #answer(fields: Parameters<ResponseEncoder['control']>[1]): void {
    this.#send(this.#encoder.control(this.#groups.revision, fields));
  }

  #send(response: Uint8Array): void {
    if (!this.#sink.send(response)) this.#isFull = true;
  }
}

/** What an empty end, the end `\0`, and any other end mean. */
function rangeFrom(end: string): WatcherOptions['range'] {
  if (end === '') return 'single';
  return end === '\0' ? 'open' : { end };
}

function optionsFrom(request: WatchCreateRequest): WatcherOptions {
  return {
    // An empty key stands for the smallest one.
    key: request.key.length === 0 ? '\0' : latin1(request.key),
    range: rangeFrom(latin1(request.rangeEnd)),
    startRevision: request.startRevision,
    dropsPuts: request.filters.includes(FilterType.NOPUT),
    dropsDeletes: request.filters.includes(FilterType.NODELETE),
    withPrevKv: request.prevKv,
    isFragmented: request.fragment,
    notifiesProgress: request.progressNotify,
  };
}
