/** What a watcher asked for and was sent. */
import type { KeyRow, Row, Sequence, Span } from './history.ts';

export interface WatchEvent {
  readonly revision: number;
  readonly key: string;
  /** Undefined: deleted. */
  readonly row: Row | undefined;
  readonly previous: KeyRow | undefined;
}

/** One message of the server to one watcher. */
export type WatchResponse = {
  readonly at: Sequence;
  /** The header's. */
  readonly revision: number;
} & (
  | { readonly kind: 'created' }
  /** `isFragment`: the events go on in the next response. */
  | {
      readonly kind: 'events';
      readonly events: readonly WatchEvent[];
      readonly isFragment: boolean;
    }
  /** A progress notification, asked for or not. */
  | { readonly kind: 'bookmark' }
  /** `compactRevision` is 0 unless the watcher fell behind a compaction. */
  | { readonly kind: 'canceled'; readonly compactRevision: number }
);

/** One watcher on one member, from its creation to the end of its stream. */
export interface WatchSession {
  /** For people. */
  readonly name: string;
  readonly span: Span;
  /** 0: from the revision after the current one on. */
  readonly startRevision: number;
  readonly sees: 'all' | 'puts' | 'deletes';
  readonly asksPrevious: boolean;
  readonly mayFragment: boolean;
  readonly responses: readonly WatchResponse[];
}

/**
 * A subscription: the sessions of one client, one after another, each but the first beginning
 * where the one before it ended.
 */
export type Subscription = readonly WatchSession[];
