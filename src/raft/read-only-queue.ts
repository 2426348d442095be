/**
 * Reads that wait for proof that their leader still leads (ReadIndex, Raft thesis §6.4).
 *
 * Each read carries the commit index of the moment it was asked. A heartbeat round with the
 * read's context that reaches a quorum proves leadership for that read and all before it.
 */
import { assert } from '../base/assert.ts';
import { latin1 } from '../base/bytes.ts';
import type { LogIndex, MemberId } from '../base/ids.ts';
import { isQuorum, type Voters } from './quorum.ts';

export interface ReadRequest {
  /** Opaque bytes that name the read; unique among the reads under way. */
  readonly context: Uint8Array;
  /** The member that asked: the leader itself or a follower. */
  readonly from: MemberId;
}

export interface PendingRead extends ReadRequest {
  /** What the reader must have applied before it answers. */
  readonly index: LogIndex;
  readonly acknowledged: Set<MemberId>;
}

/** A read that may be answered once `index` is applied. */
export interface ReadState {
  readonly index: LogIndex;
  /** The bytes that `readIndex` was given. */
  readonly context: Uint8Array;
}

export class ReadOnlyQueue {
  readonly #pending: PendingRead[] = [];
  readonly #contexts = new Set<string>();

  get size(): number {
    return this.#pending.length;
  }

  /** Context of the newest read: a heartbeat with it vouches for all of them. */
  get lastContext(): Uint8Array | undefined {
    return this.#pending.at(-1)?.context;
  }

  /** Appends a read at the commit index `index`; false when its context is there already. */
  add(request: ReadRequest, index: LogIndex): boolean {
    const key = latin1(request.context);
    if (this.#contexts.has(key)) return false;
    assert(index >= (this.#pending.at(-1)?.index ?? 0), 'commit indexes of reads never go back');
    this.#contexts.add(key);
    this.#pending.push({ ...request, index, acknowledged: new Set() });
    return true;
  }

  /**
   * `from` follows the leader, as of the read that `context` names. Takes out and returns, in
   * order, the reads that this proves; unknown contexts prove nothing.
   */
  acknowledge(context: Uint8Array, from: MemberId, voters: Voters): readonly PendingRead[] {
    const key = latin1(context);
    if (!this.#contexts.has(key)) return [];
    const at = this.#pending.findIndex((read) => latin1(read.context) === key);
    const read = this.#pending[at];
    assert(read !== undefined, 'a known context names a pending read');
    read.acknowledged.add(from);
    if (!isQuorum(voters, read.acknowledged)) return [];
    const proven = this.#pending.splice(0, at + 1);
    for (const each of proven) this.#contexts.delete(latin1(each.context));
    return proven;
  }

  checkInvariants(): void {
    assert(this.#contexts.size === this.#pending.length, 'one context per pending read');
    let index = 0;
    for (const read of this.#pending) {
      assert(read.index >= index, 'commit indexes of reads never go back');
      index = read.index;
    }
  }
}
