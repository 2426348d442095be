/** Entries on their way into raft: they wait while there is no leader, or the log is full. */
import type { ProposeOutcome } from '../../raft/index.ts';

/** Entries of one message to the leader; a single larger one goes alone. */
export const FORWARD_BYTES_MAX: number = 1024 * 1024;

/** Raft, as entries see it. */
export interface EntryTaker {
  readonly role: string;
  propose(payloads: readonly Uint8Array[]): ProposeOutcome;
}

export interface WaitingRequest {
  readonly id: bigint;
  /** Monotonic. */
  readonly startMs: number;
}

/** Bounded by who adds to it, see `queuedBytesMax`. */
export class WaitingEntries {
  #entries: Uint8Array[] = [];
  /** Of each of them: the request in it, and when that came. */
  #requests: WaitingRequest[] = [];
  #bytes = 0;

  /** What they take in all. */
  get bytes(): number {
    return this.#bytes;
  }

  add(entry: Uint8Array, request: WaitingRequest): void {
    this.#entries.push(entry);
    this.#requests.push(request);
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

  /** Drops the requests that came at `ms` or before, and returns their ids. */
  dropOverdue(ms: number): readonly bigint[] {
    const inTime = this.#requests.findIndex(({ startMs }) => startMs > ms);
    const count = inTime === -1 ? this.#entries.length : inTime;
    const ids = this.#requests.slice(0, count).map(({ id }) => id);
    this.#dropFirst(count);
    return ids;
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
    this.#requests = this.#requests.slice(count);
  }
}
