/** Checks what the clients of a run saw against one another and against what really happened. */
import { checkByRevision } from '../check/by-revision.ts';
import { checkCompactions } from '../check/compactions.ts';
import type { Revision, Violation } from '../check/history.ts';
import type { HistoryRecorder } from '../check/history-recorder.ts';
import { Timeline } from '../check/timeline.ts';
import type { WatchClient } from '../clients/watch-client.ts';

export interface Run {
  readonly recorder: HistoryRecorder;
  readonly revisions: readonly Revision[];
  readonly watchers: readonly WatchClient[];
}

export interface RunChecks {
  /** The promises that were broken, as a text; undefined if none were. */
  readonly violation: string | undefined;
  /** Searches that had to be given up. */
  readonly undecided: number;
}

/** So many violations are shown: the first ones say most. */
const SHOWN_MAX = 10;

export function checkRun({ recorder, revisions }: Run): RunChecks {
  const operations = recorder.history();
  const timeline = new Timeline(revisions);
  const { violations } = checkByRevision(operations, timeline);
  const all = [...violations, ...checkCompactions(operations)];
  return { violation: all.length === 0 ? undefined : textOf(all), undecided: 0 };
}

function textOf(violations: readonly Violation[]): string {
  const shown = violations.slice(0, SHOWN_MAX).map(({ rule, text }) => `${rule}: ${text}`);
  const more = violations.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}
