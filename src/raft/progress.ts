/**
 * What a leader knows about the log of one member (Raft §5.3: matchIndex and nextIndex).
 *
 * - `probe`: the point where the logs meet is not known yet; one append is under way at a time.
 * - `replicate`: it is known; `next` runs ahead of the answers so that appends are pipelined.
 */
import { assert } from '../base/assert.ts';
import type { LogIndex } from '../base/ids.ts';

export type ProgressState = 'probe' | 'replicate';

export class Progress {
  #state: ProgressState = 'probe';
  #match: LogIndex;
  #next: LogIndex;
  /** In `probe`: an append is under way and neither answered nor known to be lost. */
  #probeSent = false;

  /** A leader starts by assuming that a member's log ends where its own does. */
  constructor(match: LogIndex, next: LogIndex) {
    this.#match = match;
    this.#next = next;
    this.checkInvariants();
  }

  get state(): ProgressState {
    return this.#state;
  }

  /** Highest index known to be on the member's disk and equal to the leader's log there. */
  get match(): LogIndex {
    return this.#match;
  }

  /** Index of the next entry to send. */
  get next(): LogIndex {
    return this.#next;
  }

  /** Whether no append may be sent now. */
  get isPaused(): boolean {
    return this.#state === 'probe' && this.#probeSent;
  }

  /** Notes an append with `count` entries from `next` on. */
  sent(count: number): void {
    assert(!this.isPaused, 'nothing is sent to a paused member');
    if (this.#state === 'replicate') this.#next += count;
    else this.#probeSent = true;
  }

  /** The member has everything up to `index`; returns whether that is news. */
  accepted(index: LogIndex): boolean {
    // The probe that found where the logs meet may carry nothing new, yet it ends the probing.
    if (index < this.#match) return false;
    const isNews = index > this.#match;
    this.#match = index;
    if (this.#state === 'probe') this.#become('replicate', index + 1);
    else this.#next = Math.max(this.#next, index + 1);
    return isNews;
  }

  /**
   * The member refused an append after `rejected`; `hint` is the highest index where the logs can
   * still agree. Returns false for an answer that later ones have overtaken.
   */
  rejected(rejected: LogIndex, hint: LogIndex): boolean {
    if (this.#state === 'replicate') {
      if (rejected <= this.#match) return false;
      this.#become('probe', this.#match + 1);
      return true;
    }
    if (rejected !== this.#next - 1) return false;
    this.#become('probe', Math.max(Math.min(rejected, hint + 1), this.#match + 1));
    return true;
  }

  /** The member lives, so an unanswered probe is taken for lost. */
  heartbeatAnswered(): void {
    this.#probeSent = false;
  }

  #become(state: ProgressState, next: LogIndex): void {
    this.#state = state;
    this.#next = next;
    this.#probeSent = false;
    this.checkInvariants();
  }

  checkInvariants(): void {
    assert(this.#match >= 0, '0 <= match');
    assert(this.#match < this.#next, 'match < next');
    assert(this.#state === 'probe' || !this.#probeSent, 'only a probe waits for its answer');
  }
}
