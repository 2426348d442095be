/**
 * etcd's guarantees to a watcher, against the true history: ordered, unique, atomic, reliable,
 * bookmarkable, and previous keys that are right. What it is sent has to be a beginning of the
 * events that it asked for, cut only between revisions.
 */
import { isSameRow } from './agreement.ts';
import type { Compactions } from './compactions.ts';
import { type ExpectedEvent, expectedEvents } from './expected-events.ts';
import type { Sighting, Violation } from './history.ts';
import { json } from './operation-text.ts';
import type { Timeline } from './timeline.ts';
import type { WatchEvent, WatchResponse, WatchSession } from './watch-history.ts';

export interface WatchTruth {
  readonly timeline: Timeline;
  readonly compactions: Compactions;
}

export interface SessionReport {
  /** One at most. */
  readonly violations: readonly Violation[];
  /** Where the client has to go on; undefined: it was never told where it is. */
  readonly next: number | undefined;
}

export function checkSession(session: WatchSession, truth: WatchTruth): SessionReport {
  return new SessionCheck(session, truth).run();
}

/** What the responses of a session prove that its client has seen. */
export function sightingsOf({ responses }: WatchSession): Sighting[] {
  return responses
    .filter(({ kind }) => kind !== 'canceled')
    .map(({ at, revision }) => ({ at, revision }));
}

class SessionCheck {
  readonly #session: WatchSession;
  readonly #truth: WatchTruth;
  /** The first one: whatever comes behind a broken promise is broken, too. */
  #violation: Violation | undefined;
  /** What it is to be sent, once it is known where it begins. */
  #expected: readonly ExpectedEvent[] | undefined;
  /** How many of those it was sent. */
  #sent = 0;
  #next: number | undefined;
  #isCanceled = false;
  /** Whether the last response was a fragment: the next one goes on in the same revision. */
  #isOpen = false;

  constructor(session: WatchSession, truth: WatchTruth) {
    this.#session = session;
    this.#truth = truth;
    if (session.startRevision > 0) this.#begin(session.startRevision);
  }

  run(): SessionReport {
    for (const response of this.#session.responses) this.#take(response);
    const violations = this.#violation === undefined ? [] : [this.#violation];
    return { violations, next: this.#next };
  }

  #begin(start: number): void {
    this.#next = start;
    this.#expected = expectedEvents(this.#session, this.#truth.timeline, start);
  }

  #take(response: WatchResponse): void {
    if (this.#isCanceled) this.#broken('canceled', `sent ${json(response)} when it was over`);
    switch (response.kind) {
      case 'created':
        if (this.#expected === undefined) this.#begin(response.revision + 1);
        return;
      case 'events':
        this.#takeEvents(response);
        return;
      case 'bookmark':
        this.#takeBookmark(response.revision);
        return;
      case 'canceled':
        this.#isCanceled = true;
        this.#takeCancel(response);
    }
  }

  #takeEvents({
    at,
    revision,
    events,
    isFragment,
  }: Extract<WatchResponse, { kind: 'events' }>): void {
    if (events.length === 0) this.#broken('atomic', 'a response without events');
    if (isFragment && !this.#session.mayFragment) this.#broken('atomic', 'an unwanted fragment');
    for (const event of events) this.#takeEvent(event, at);
    const last = events.at(-1)?.revision ?? 0;
    if (revision < last) this.#broken('ordered', `header ${revision} with an event of ${last}`);
    const following = this.#expected?.[this.#sent];
    if (!isFragment && following?.revision === last) {
      this.#broken('atomic', `${following.key} of ${last} is missing in its response`);
    }
    this.#isOpen = isFragment;
    const isWhole = following?.revision !== last;
    this.#next = Math.max(this.#next ?? 0, isWhole ? last + 1 : last);
  }

  #takeEvent(event: WatchEvent, at: number): void {
    const expected = this.#expected?.[this.#sent];
    this.#sent += 1;
    if (expected === undefined || !isSameEvent(event, expected)) {
      this.#broken(this.#ruleFor(event), `sent ${json(event)}, expected ${json(expected)}`);
      return;
    }
    this.#checkPrevious(event, at);
  }

  /** Which promise an event breaks that is not the next one. */
  #ruleFor(event: WatchEvent): string {
    const place = (this.#expected ?? []).findIndex((expected) => isSameEvent(event, expected));
    if (place < 0) return 'true';
    return place < this.#sent - 1 ? 'unique' : 'reliable';
  }

  #checkPrevious({ key, revision, previous }: WatchEvent, at: number): void {
    const { timeline, compactions } = this.#truth;
    const before = this.#session.asksPrevious ? timeline.rowAt(key, revision - 1) : undefined;
    // A previous key that was compacted is not to be had any more.
    const mayBeGone = compactions.possibleBefore(at) > revision - 1;
    if (previous === undefined && (before === undefined || mayBeGone)) return;
    if (previous?.key === key && isSameRow(previous, before)) return;
    const text = `${key} of ${revision} has ${json(previous)} before it, not ${json(before)}`;
    this.#broken('previous', text);
  }

  #takeBookmark(revision: number): void {
    if (this.#expected === undefined) return;
    if (this.#isOpen) this.#broken('atomic', 'a bookmark amid fragments');
    const last = this.#expected[this.#sent - 1]?.revision ?? 0;
    if (revision < last) this.#broken('ordered', `bookmark ${revision} behind an event of ${last}`);
    // What the bookmark covers was sent, so nothing of it can come later.
    const missing = this.#expected[this.#sent];
    if (missing !== undefined && missing.revision <= revision) {
      this.#broken('bookmarkable', `${revision} is told before ${json(missing)} was sent`);
    }
    this.#next = Math.max(this.#next ?? 0, revision + 1);
  }

  #takeCancel({ at, compactRevision }: Extract<WatchResponse, { kind: 'canceled' }>): void {
    if (compactRevision === 0) return;
    const isAsked = compactRevision <= this.#truth.compactions.possibleBefore(at);
    const isBehind = (this.#next ?? 0) < compactRevision;
    if (isAsked && isBehind) return;
    this.#broken('canceled', `at ${this.#next}, because of a compaction at ${compactRevision}`);
  }

  #broken(rule: string, text: string): void {
    this.#violation ??= { rule, text: `${this.#session.name}: ${text}` };
  }
}

function isSameEvent(event: WatchEvent, expected: ExpectedEvent): boolean {
  return (
    event.revision === expected.revision &&
    event.key === expected.key &&
    isSameRow(event.row, expected.row)
  );
}
