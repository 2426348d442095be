import { isSameRow } from './agreement.ts';
import type { Change, Row, Violation } from './history.ts';
import { applied } from './store-model.ts';
import { MapView } from './store-view.ts';
import type { Timeline } from './timeline.ts';

/**
 * The true history in itself: revisions without gaps, each key changed once in each, every row
 * the successor of the row before it, and every value written once.
 */
export function checkTimeline(timeline: Timeline): Violation[] {
  const violations: Violation[] = [];
  const state = new Map<string, Row>();
  const writtenAt = new Map<string, number>();
  let expected = 2;
  for (const { revision, changes } of timeline.revisions) {
    const found = (rule: string, text: string): void => {
      violations.push({ rule, text: `revision ${revision}: ${text}` });
    };
    if (revision !== expected) found('gap-free', `follows ${expected - 1}`);
    if (changes.length === 0) found('gap-free', 'nothing happened');
    expected = revision + 1;
    const keys = new Set(changes.map(({ key }) => key));
    if (keys.size < changes.length) found('history', 'a key changes twice');
    for (const change of changes) {
      if (!follows(state, change, revision)) found('history', `${change.key} does not follow`);
      const { key, row } = change;
      if (row === undefined) {
        state.delete(key);
        continue;
      }
      state.set(key, row);
      const before = writtenAt.get(row.value);
      if (before !== undefined) found('once', `${row.value} was written at ${before} already`);
      writtenAt.set(row.value, revision);
    }
  }
  return violations;
}

function follows(state: ReadonlyMap<string, Row>, { key, row }: Change, revision: number): boolean {
  if (row === undefined) return state.has(key);
  const { value, lease } = row;
  const put = { kind: 'put', key, value, lease } as const;
  return isSameRow(row, applied(new MapView(state), put, revision).changes[0]?.row);
}
