/** Checks what the clients of a run saw against one another and against what really happened. */
import { checkByRevision } from '../check/by-revision.ts';
import { checkBySearch } from '../check/by-search.ts';
import { Compactions, checkCompactions } from '../check/compactions.ts';
import type { Revision, Violation } from '../check/history.ts';
import type { HistoryRecorder } from '../check/history-recorder.ts';
import { checkLeaseKeys } from '../check/lease-keys.ts';
import { checkLeases, type LeaseBounds, type LeaseFact } from '../check/leases.ts';
import { checkSubscription } from '../check/subscription-check.ts';
import { Timeline } from '../check/timeline.ts';
import { sightingsOf } from '../check/watch-check.ts';
import type { WatchClient } from '../clients/watch-client.ts';

export interface Run {
  readonly recorder: HistoryRecorder;
  readonly revisions: readonly Revision[];
  readonly watchers: readonly WatchClient[];
  readonly leases: LeaseRecord;
}

export interface LeaseRecord {
  readonly facts: readonly LeaseFact[];
  readonly bounds: LeaseBounds;
}

export interface RunChecks {
  /** The promises that were broken, as a text; undefined if none were. */
  readonly violation: string | undefined;
  /** Searches that had to be given up. */
  readonly undecided: number;
}

/** So many violations are shown: the first ones say most. */
const SHOWN_MAX = 10;
/** Steps of a search before it is given up, for each key and for the whole store. */
const SEARCH_STEPS_MAX = 200_000;

export function checkRun({ recorder, revisions, watchers, leases }: Run): RunChecks {
  const operations = recorder.history();
  const timeline = new Timeline(revisions);
  const compactions = new Compactions(operations);
  const sightings = watchers.flatMap(({ sessions }) => sessions.flatMap(sightingsOf));
  const { violations, causes } = checkByRevision(operations, timeline, sightings);
  const searched = checkBySearch(operations, { stepsMax: SEARCH_STEPS_MAX, causes });
  const all = [
    ...violations,
    ...checkCompactions(operations, sightings),
    ...watchers.flatMap(({ sessions }) =>
      checkSubscription(sessions, { timeline, compactions }, timeline.last),
    ),
    ...checkLeaseKeys(operations, timeline),
    ...checkLeases(leases.facts, leases.bounds),
    ...searched.violations,
  ];
  const { length: undecided } = searched.undecided;
  return { violation: all.length === 0 ? undefined : textOf(all), undecided };
}

function textOf(violations: readonly Violation[]): string {
  const shown = violations.slice(0, SHOWN_MAX).map(({ rule, text }) => `${rule}: ${text}`);
  const more = violations.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}
