/**
 * Where every change of the store meets everyone who watches.
 *
 * Synced watchers get each change as it is committed. The others (started in the past, or
 * behind a slow client) are brought up to date from the store, in passes that the caller runs
 * when {@link WatchHub.needsCatchUp} says so. The hub itself has no clock and no timer.
 */
import { assert, defined } from '../../base/assert.ts';
import { latin1 } from '../../base/bytes.ts';
import type { Revision } from '../../base/ids.ts';
import type { Change, ChangeSink, History, Interest } from '../ports.ts';
import { CatchUpPass } from './catch-up.ts';
import { EventBatches } from './event-batches.ts';
import { ResponseEncoder, type ResponseEncoderOptions } from './response-encoder.ts';
import { WatchEvent } from './watch-event.ts';
import { type ResponseSink, WatchStream } from './watch-stream.ts';
import type { Watcher } from './watcher.ts';
import { WatcherGroups } from './watcher-groups.ts';

export type WatchHubOptions = ResponseEncoderOptions;

export interface WatchCounts {
  readonly streams: number;
  readonly watchers: number;
  /** Watchers that miss events which have happened. */
  readonly slowWatchers: number;
}

export class WatchHub implements ChangeSink {
  readonly #groups = new WatcherGroups();
  readonly #encoder: ResponseEncoder;
  readonly #streams = new Set<WatchStream>();
  #history: History | undefined;
  #isReading = false;

  constructor(options: WatchHubOptions) {
    this.#encoder = new ResponseEncoder(options);
  }

  /** Plugs in the store, once it is restored and before its first commit. */
  attach(history: History): void {
    assert(this.#history === undefined, 'watch hub: history attached twice');
    this.#history = history;
    this.#groups.revision = history.currentRevision;
  }

  /** A stream that answers into `sink`, until it is closed. */
  openStream(sink: ResponseSink): WatchStream {
    assert(this.#history !== undefined, 'watch hub: stream opened before the store');
    const shared = { encoder: this.#encoder, groups: this.#groups };
    const stream = new WatchStream(sink, shared, (closed) => this.#streams.delete(closed));
    this.#streams.add(stream);
    return stream;
  }

  interest(key: Uint8Array): Interest {
    if (this.#groups.synced.size === 0) return 'none';
    return this.#groups.synced.interest(latin1(key));
  }

  committed(revision: Revision, changes: readonly Change[]): void {
    assert(revision === this.#groups.revision + 1, 'watch hub: a revision is missing');
    this.#groups.revision = revision;
    if (changes.length === 0) return;
    const batches = new EventBatches(this.#groups.synced);
    for (const change of changes) batches.add(latin1(change.key), new WatchEvent(revision, change));
    for (const [watcher, events] of batches.entries()) {
      if (watcher.outlet.isFull) this.#groups.fallBehind(watcher);
      else watcher.outlet.deliver(watcher, revision, events);
    }
  }

  /** Nothing is due at once: who needs what is gone is told when its turn to be read for comes. */
  compacted(): void {}

  /**
   * A store of the same history, as far or further, has taken the place of the one attached: what
   * lies between is read for all who watch, unless it is compacted there. The former one may end
   * once what it is reading is read.
   */
  restored(history: History): void {
    const revision = history.currentRevision;
    assert(revision >= this.#groups.revision, 'watch hub: the store went back');
    this.#history = history;
    this.#groups.jump(revision, this.#watchers());
  }

  /** Events handed to streams so far. */
  get eventsSent(): number {
    return this.#groups.eventsSent;
  }

  /** Looks at every watcher. */
  counts(): WatchCounts {
    let watchers = 0;
    let slowWatchers = 0;
    for (const { state } of this.#watchers()) {
      watchers++;
      if (state === 'queued' || state === 'reading' || state === 'lagging') slowWatchers++;
    }
    return { streams: this.#streams.size, watchers, slowWatchers };
  }

  /** Whether watchers wait to be read for and no pass is in flight. */
  get needsCatchUp(): boolean {
    return !this.#isReading && this.#groups.queue.size > 0;
  }

  /**
   * Runs one pass, or none when {@link needsCatchUp} is false. It ends at once when all it reads
   * is in memory, and is in flight until the promise resolves otherwise. Rejects when the store
   * cannot be read: the member must stop.
   */
  async catchUp(): Promise<void> {
    if (!this.needsCatchUp) return;
    this.#isReading = true;
    try {
      const pass = new CatchUpPass(this.#groups, () => this.#store());
      await pass.run();
    } finally {
      this.#isReading = false;
    }
  }

  #store(): History {
    return defined(this.#history, 'watch hub: used before the store is attached');
  }

  *#watchers(): Iterable<Watcher> {
    for (const stream of this.#streams) yield* stream.watchers;
  }

  checkInvariants(): void {
    this.#groups.checkInvariants(this.#watchers());
  }
}
