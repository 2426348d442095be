/** Entries on their way into raft: they wait while there is no leader, or the log is full. */
import type { ProposeOutcome } from '../../raft/index.ts';

/** Entries of one message to the leader; a single larger one goes alone. */
export const FORWARD_BYTES_MAX: number = 1024 * 1024;

/** Raft, as entries see it. */
export interface EntryTaker {
  readonly role: string;
  propose(payloads: readonly Uint8Array[]): ProposeOutcome;
}

/** Bounded by who adds to it, see `queuedBytesMax`. */
export class WaitingEntries {
  #entries: Uint8Array[] = [];
  /** When each of them came. */
  #cameMs: number[] = [];
  #bytes = 0;

  /** What they take in all. */
  get bytes(): number {
    return this.#bytes;
  }

  add(entry: Uint8Array, nowMs: number): void {
    this.#entries.push(entry);
    this.#cameMs.push(nowMs);
    this.#bytes += entry.length;
  }

  /** Gives raft all that it takes: a leader in one batch, others in messages of bounded size. */
  offerTo(raft: EntryTaker): void {
    while (this.#entries.length > 0) {
      const batch = raft.role === 'leader' ? this.#entries : this.#nextMessage();
      if (raft.propose(batch).kind === 'dropped') return;
      this.#dropFirst(batch.length);
    }
  }

  /** Drops the entries that came at `ms` or before: nobody waits for them any more. */
  dropOverdue(ms: number): void {
    const inTime = this.#cameMs.findIndex((cameMs) => cameMs > ms);
    this.#dropFirst(inTime === -1 ? this.#entries.length : inTime);
  }

  #nextMessage(): Uint8Array[] {
    let bytes = 0;
    const end = this.#entries.findIndex((entry, at) => {
      bytes += entry.length;
      return at > 0 && bytes > FORWARD_BYTES_MAX;
    });
    return end === -1 ? this.#entries : this.#entries.slice(0, end);
  }

  #dropFirst(count: number): void {
    for (let at = 0; at < count; at++) this.#bytes -= this.#entries[at]?.length ?? 0;
    this.#entries = this.#entries.slice(count);
    this.#cameMs = this.#cameMs.slice(count);
  }
}
