/**
 * What a leader knows about the log of one member (Raft §5.3: matchIndex and nextIndex), and how
 * much it may send to it.
 *
 * - `probe`: the point where the logs meet is not known yet; one append with entries is under way at a
 *   time.
 * - `replicate`: it is known; `next` runs ahead of the answers so that appends are pipelined, as
 *   far as the window goes.
 * - `snapshot`: what the member lacks was compacted away; nothing is sent until the snapshot that
 *   is on its way has arrived or is lost.
 */
import { assert } from '../base/assert.ts';
import type { LogIndex } from '../base/ids.ts';
import { type InflightLimits, InflightWindow } from './inflight-window.ts';

export type ProgressState = 'probe' | 'replicate' | 'snapshot';

export class Progress {
  /** Whether the member was heard from since the leader last asked (CheckQuorum). */
  isActive = false;
  #state: ProgressState = 'probe';
  #match: LogIndex;
  #next: LogIndex;
  /**
   * In `probe`, entries are under way and neither answered nor known to be lost; in `replicate`,
   * the window is full and has been since the member last gave a sign of life.
   */
  #isWaiting = false;
  readonly #window: InflightWindow;
  /** In `snapshot`: up to where the snapshot goes. */
  #snapshotIndex: LogIndex = 0;
  /** The highest commit index that the member was told, as far as the messages arrived. */
  #commitSent: LogIndex = 0;

  /** A leader starts by assuming that a member's log ends where its own does. */
  constructor({ match, next }: { match: LogIndex; next: LogIndex }, limits: InflightLimits) {
    this.#match = match;
    this.#next = next;
    this.#window = new InflightWindow(limits);
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

  /** Of a member that a snapshot is on its way to: the entry that this ends with; else Infinity. */
  get awaitedAfter(): LogIndex {
    return this.#state === 'snapshot' ? this.#snapshotIndex : Infinity;
  }

  /** Whether no append may be sent now, not even an empty one. */
  get isPaused(): boolean {
    return this.#state === 'snapshot' || this.#isWaiting;
  }

  /** Whether an append may hold entries. */
  get hasRoom(): boolean {
    return this.#state !== 'replicate' || !this.#window.isFull;
  }

  /** Notes an append with `count` entries from `next` on, of `bytes` in all. */
  sent(count: number, bytes: number): void {
    assert(!this.isPaused, 'nothing is sent to a paused member');
    if (this.#state === 'probe') {
      this.#isWaiting = count > 0;
      return;
    }
    if (count > 0) {
      this.#next += count;
      this.#window.add(this.#next - 1, bytes);
    }
    this.#isWaiting = this.#window.isFull;
  }

  /** Notes that the member is being told of the commit index. */
  commitSent(commit: LogIndex): void {
    this.#commitSent = commit;
  }

  /** Whether telling the member of `commit` would let it commit more. */
  lacksCommit(commit: LogIndex): boolean {
    return commit > this.#commitSent && this.#commitSent < this.#next - 1;
  }

  /** The member has everything up to `index`; returns false if that changes nothing. */
  accepted(index: LogIndex): boolean {
    // The probe that found where the logs meet may carry nothing new, yet it ends the probing.
    const isNews = index > this.#match || (index === this.#match && this.#state === 'probe');
    if (!isNews) return false;
    this.#match = index;
    this.#next = Math.max(this.#next, index + 1);
    if (this.#state === 'probe') {
      this.#become('replicate', index + 1);
    } else if (this.#state === 'replicate') {
      this.#window.freeTo(index);
      this.#isWaiting = false;
    }
    return true;
  }

  /**
   * The member refused an append after `rejected`; `hint` is the highest index where the logs can
   * still agree. Returns false for an answer that later ones have overtaken.
   */
  rejected(rejected: LogIndex, hint: LogIndex): boolean {
    switch (this.#state) {
      case 'replicate':
        if (rejected <= this.#match) return false;
        this.#become('probe', this.#match + 1);
        return true;
      case 'probe':
        if (rejected !== this.#next - 1) return false;
        this.#become('probe', Math.max(Math.min(rejected, hint + 1), this.#match + 1));
        return true;
      case 'snapshot':
        return false;
    }
  }

  /** The member lives, so what it has not answered may be lost. */
  heartbeatAnswered(): void {
    this.#isWaiting = false;
  }

  /** A message to the member is known to be lost, and likely others with it. */
  unreachable(): void {
    if (this.#state === 'replicate') this.#become('probe', this.#match + 1);
  }

  /** A snapshot up to `index` is on its way. */
  snapshotSent(index: LogIndex): void {
    assert(!this.isPaused, 'nothing is sent to a paused member');
    assert(index > this.#match, 'no member is sent a snapshot of what it has');
    this.#become('snapshot', index + 1);
    this.#snapshotIndex = index;
    this.#commitSent = index;
  }

  /**
   * The snapshot has arrived, or was lost. Either way the next append waits for a sign of life:
   * the member may be busy taking the snapshot in, or be out of reach.
   */
  snapshotDone(hasArrived: boolean): void {
    if (this.#state !== 'snapshot') return;
    const reached = hasArrived ? Math.max(this.#match, this.#snapshotIndex) : this.#match;
    this.#become('probe', reached + 1);
    this.#isWaiting = true;
  }

  /** The member has so much of the log, from elsewhere, that it needs no snapshot any more. */
  snapshotNotNeeded(): void {
    if (this.#state === 'snapshot') this.#become('replicate', this.#match + 1);
  }

  #become(state: ProgressState, next: LogIndex): void {
    this.#state = state;
    this.#next = next;
    this.#isWaiting = false;
    this.#window.clear();
    this.#commitSent = Math.min(this.#commitSent, next - 1);
    this.checkInvariants();
  }

  checkInvariants(): void {
    this.#window.checkInvariants();
    assert(this.#match >= 0, '0 <= match');
    assert(this.#match < this.#next, 'match < next');
    assert(this.#state === 'replicate' || this.#window.count === 0, 'only replicate has a window');
  }
}
