import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Compactions } from '../../../sim/check/compactions.ts';
import { expectedEvents } from '../../../sim/check/expected-events.ts';
import type { Operation, Revision, Violation } from '../../../sim/check/history.ts';
import { ALL_KEYS, oneKey } from '../../../sim/check/span.ts';
import { applied } from '../../../sim/check/store-model.ts';
import { checkSubscription } from '../../../sim/check/subscription-check.ts';
import { Timeline } from '../../../sim/check/timeline.ts';
import { checkSession, sightingsOf } from '../../../sim/check/watch-check.ts';
import type { WatchEvent, WatchResponse, WatchSession } from '../../../sim/check/watch-history.ts';

/** 2: a=1; 3: a=2 and b=3; 4: b deleted; 5: a=4; 6: c=5. */
const TIMELINE = timelineOf([
  [['a', '1']],
  [
    ['a', '2'],
    ['b', '3'],
  ],
  [['b', undefined]],
  [['a', '4']],
  [['c', '5']],
]);
const TRUTH = { timeline: TIMELINE, compactions: new Compactions([]) };
const COMPACTED_AT_4: Operation = {
  client: 0,
  called: 1,
  request: { kind: 'compact', revision: 4 },
  outcome: { kind: 'answered', returned: 2, revision: 6, result: { kind: 'compact' } },
};

function timelineOf(writes: readonly (readonly [string, string | undefined])[][]): Timeline {
  const revisions: Revision[] = [];
  for (const [i, parts] of writes.entries()) {
    const before = new Timeline(revisions).viewAt(i + 1);
    const changes = parts.flatMap(([key, value]) =>
      value === undefined
        ? [{ key, row: undefined }]
        : applied(before, { kind: 'put', key, value, lease: 0n }, i + 2).changes,
    );
    revisions.push({ revision: i + 2, changes });
  }
  return new Timeline(revisions);
}

/** The true events of these revisions, in one response. */
function events(...revisions: number[]): Extract<WatchResponse, { kind: 'events' }> {
  const list = revisions.flatMap((revision) => eventsAt(revision));
  return { kind: 'events', at: 10, revision: 6, events: list, isFragment: false };
}

function eventsAt(revision: number): WatchEvent[] {
  return TIMELINE.changesAt(revision).map(({ key, row }) => {
    const before = TIMELINE.rowAt(key, revision - 1);
    return { revision, key, row, previous: before && { key, ...before } };
  });
}

function bookmark(revision: number): WatchResponse {
  return { kind: 'bookmark', at: 11, revision };
}

const CREATED: WatchResponse = { kind: 'created', at: 9, revision: 1 };

function session(responses: readonly WatchResponse[], fields: Partial<WatchSession> = {}) {
  return {
    name: 'w',
    span: ALL_KEYS,
    startRevision: 2,
    sees: 'all',
    asksPrevious: true,
    mayFragment: false,
    responses: [CREATED, ...responses],
    ...fields,
  } as const;
}

function rules(violations: readonly Violation[]): string[] {
  return violations.map(({ rule }) => rule);
}

function rulesOf(
  responses: readonly WatchResponse[],
  fields: Partial<WatchSession> = {},
): string[] {
  return rules(checkSession(session(responses, fields), TRUTH).violations);
}

describe('watch check: one session', () => {
  it('all that happened, in any grouping of whole revisions -> accepted', () => {
    assert.deepEqual(rulesOf([events(2), events(3, 4), bookmark(4), events(5, 6)]), []);
    assert.deepEqual(rulesOf([events(2, 3), bookmark(3)]), []);
    assert.equal(checkSession(session([events(2, 3)]), TRUTH).next, 4);
    assert.equal(checkSession(session([events(2, 3, 4), bookmark(4)]), TRUTH).next, 5);
  });

  it('a revision is left out -> reliable', () => {
    assert.deepEqual(rulesOf([events(2), events(4)]), ['reliable']);
  });

  it('events in the wrong order -> reliable', () => {
    assert.deepEqual(rulesOf([events(3), events(2)]), ['reliable']);
    const swapped = { ...events(3), events: eventsAt(3).reverse() };
    assert.deepEqual(rulesOf([events(2), swapped]), ['reliable']);
  });

  it('an event twice -> unique', () => {
    assert.deepEqual(rulesOf([events(2), events(2)]), ['unique']);
  });

  it('a revision in two responses -> atomic, but not as fragments that were asked for', () => {
    const [first, second] = eventsAt(3).map((event) => ({ ...events(), events: [event] }));
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(rulesOf([events(2), first, second]), ['atomic']);
    const fragment = { ...first, isFragment: true };
    assert.deepEqual(rulesOf([events(2), fragment, second]), ['atomic']);
    const asking = { mayFragment: true };
    assert.deepEqual(rulesOf([events(2), fragment, second], asking), []);
    assert.deepEqual(rulesOf([events(2), fragment, bookmark(3)], asking), ['atomic']);
    // A client that lost the stream here has not got revision 3.
    assert.equal(checkSession(session([events(2), fragment], asking), TRUTH).next, 3);
  });

  it('an event that never happened, or shows another row -> true', () => {
    const wrong = eventsAt(2).map((event) => ({ ...event, revision: 3 }));
    assert.deepEqual(rulesOf([{ ...events(), events: wrong }]), ['true']);
    const [event] = eventsAt(2);
    assert.ok(event?.row !== undefined);
    const forged = { ...event, row: { ...event.row, version: 2 } };
    assert.deepEqual(rulesOf([{ ...events(), events: [forged] }]), ['true']);
  });

  it('a bookmark before its events, or behind them -> bookmarkable, ordered', () => {
    assert.deepEqual(rulesOf([events(2), bookmark(3), events(3)]), ['bookmarkable']);
    assert.deepEqual(rulesOf([events(2, 3), bookmark(2)]), ['ordered']);
  });

  it('a header that is older than its events -> ordered', () => {
    assert.deepEqual(rulesOf([{ ...events(2, 3), revision: 2 }]), ['ordered']);
  });

  it('a wrong, missing or unwanted previous key -> previous', () => {
    const change = (previous: WatchEvent['previous']): WatchResponse => ({
      ...events(),
      events: eventsAt(5).map((event) => ({ ...event, previous })),
    });
    const before = [events(2, 3, 4)];
    const [stale] = TIMELINE.rowsAt(oneKey('a'), 2);
    assert.deepEqual(rulesOf([...before, change(stale)]), ['previous']);
    assert.deepEqual(rulesOf([...before, change(undefined)]), ['previous']);
    assert.deepEqual(rulesOf([events(2, 3)], { asksPrevious: false }), ['previous']);
  });

  it('a previous key that may be compacted -> accepted without', () => {
    const bare = eventsAt(3).map((event) => ({ ...event, previous: undefined }));
    const late = session([{ ...events(), events: bare }], { startRevision: 3 });
    const compactions = new Compactions([COMPACTED_AT_4]);
    assert.deepEqual(rules(checkSession(late, TRUTH).violations), ['previous']);
    assert.deepEqual(rules(checkSession(late, { ...TRUTH, compactions }).violations), []);
  });

  it('filters, spans and a start that is left to the server -> what they let through', () => {
    assert.deepEqual(
      expectedEvents({ span: ALL_KEYS, sees: 'deletes' }, TIMELINE, 2).map(({ key }) => key),
      ['b'],
    );
    const ofA = (revision: number): WatchResponse => ({
      ...events(),
      events: eventsAt(revision).filter(({ key }) => key === 'a'),
    });
    const created: WatchResponse = { kind: 'created', at: 9, revision: 2 };
    const fields = { span: oneKey('a'), startRevision: 0 };
    assert.deepEqual(rulesOf([], { ...fields, responses: [created, ofA(3), ofA(5)] }), []);
    assert.deepEqual(rulesOf([], { ...fields, responses: [created, ofA(2)] }), ['true']);
  });

  it('canceled for a compaction that overtook it -> accepted, for one that did not -> canceled', () => {
    const canceled: WatchResponse = { kind: 'canceled', at: 12, revision: 0, compactRevision: 4 };
    const compactions = new Compactions([COMPACTED_AT_4]);
    const check = (responses: WatchResponse[], truth = { ...TRUTH, compactions }): string[] =>
      rules(checkSession(session(responses), truth).violations);
    assert.deepEqual(check([events(2), canceled]), []);
    assert.deepEqual(check([events(2, 3), canceled]), ['canceled']);
    assert.deepEqual(check([events(2), canceled], TRUTH), ['canceled']);
    assert.deepEqual(check([events(2), canceled, events(3)]), ['canceled']);
  });

  it('what it has seen is a sighting', () => {
    assert.deepEqual(sightingsOf(session([events(2)])), [
      { at: 9, revision: 1 },
      { at: 10, revision: 6 },
    ]);
  });
});

describe('watch check: a subscription', () => {
  const first = session([events(2, 3)]);
  const second = session([events(4, 5, 6)], { startRevision: 4 });

  it('goes on where it was, and sees all -> accepted', () => {
    assert.deepEqual(checkSubscription([first, second], TRUTH, 6), []);
  });

  it('goes on elsewhere -> resumable', () => {
    const skipping = session([events(5, 6)], { startRevision: 5 });
    assert.deepEqual(rules(checkSubscription([first, skipping], TRUTH)), ['resumable']);
  });

  it('is never sent the rest -> reliable', () => {
    assert.deepEqual(rules(checkSubscription([first], TRUTH, 6)), ['reliable']);
    assert.deepEqual(rules(checkSubscription([first], TRUTH, 3)), []);
    const silent = session([], { startRevision: 0, responses: [] });
    assert.deepEqual(rules(checkSubscription([silent], TRUTH, 6)), ['reliable']);
  });
});
