import type { Change } from './history.ts';
import { includes } from './span.ts';
import type { Timeline } from './timeline.ts';
import type { WatchSession } from './watch-history.ts';

/** A change that a watcher is to see. */
export interface ExpectedEvent extends Change {
  readonly revision: number;
}

/** What a watcher that begins at `start` is to see, in order. */
export function expectedEvents(
  { span, sees }: Pick<WatchSession, 'span' | 'sees'>,
  timeline: Timeline,
  start: number,
): ExpectedEvent[] {
  return timeline.revisions
    .filter(({ revision }) => revision >= start)
    .flatMap(({ revision, changes }) =>
      changes
        .filter(({ key }) => includes(span, key))
        .filter(({ row }) => sees === 'all' || (sees === 'puts') === (row !== undefined))
        .map((change) => ({ revision, ...change })),
    );
}
