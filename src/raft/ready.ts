import { assert } from '../base/assert.ts';
import type { MemberId } from '../base/ids.ts';
import { type Entry, HardState, type Message, type Snapshot } from '../pb/index.ts';
import type { RaftState } from './raft-state.ts';
import type { ReadState } from './read-only-queue.ts';
import type { RoleName } from './role.ts';

/** What is known without being durable. */
export interface SoftState {
  readonly role: RoleName;
  /** The leader of the current term, 0 when none is known. */
  readonly leader: MemberId;
}

/**
 * What the caller has to do, as data. In this order: persist -> send -> apply -> advance.
 *
 * 1. **Persist** `snapshot`, then `entries`, then `hardState`; an entry replaces what the disk has
 *    at its index and drops all behind it. With `mustSync`, the write is done when it is synced.
 * 2. **Send** `messages` at once, before or during the write, and `messagesAfterPersist` when this
 *    Ready *and all before it* are on disk, even if this one has nothing to write.
 * 3. **Apply** `committedEntries` in order, whenever convenient: they are on disk already. Call
 *    `applyConfChange` for each that is not a normal entry.
 * 4. **Advance**: `persisted(number)` after the sync, `applied(index)` after applying.
 *
 * A **snapshot** replaces the log and the state. It is on disk when a start from there would come
 * to its state, so its data as well as its place in the log. What was to be applied and is not
 * yet is void: drop it, and apply nothing until the snapshot's state is in place; say so by
 * `applied(snapshot.metadata.index)`, after `persisted`. It may take its time: messages are sent
 * and Readys taken meanwhile, while their writes wait for that of the snapshot.
 *
 * Readys may overlap: the next one may be taken while this one is being written, and nothing is
 * handed out twice. Writes must reach the disk in the order of `number`. Arrays belong to the
 * caller; entries, messages and their bytes are shared with the log and must not be changed.
 */
export interface Ready {
  /** 1, 2, 3, ... within the life of one Raft. */
  readonly number: number;
  /** Present when it differs from what was handed out before. */
  readonly hardState: HardState | undefined;
  /** False when only the commit index moved: it may be lost, it will be learned again. */
  readonly mustSync: boolean;
  /** A leader's state, which replaces this member's. Its data is what came with the message. */
  readonly snapshot: Snapshot | undefined;
  readonly entries: readonly Entry[];
  readonly messages: readonly Message[];
  readonly messagesAfterPersist: readonly Message[];
  /** Never beyond what is persisted here, however far the cluster has committed. */
  readonly committedEntries: readonly Entry[];
  readonly readStates: readonly ReadState[];
  /** Present when it differs from what was handed out before. */
  readonly softState: SoftState | undefined;
}

/** Makes Readys out of a state, and learns from the caller what became of them. */
export class ReadyMaker {
  readonly #state: RaftState;
  #number = 0;
  #hardState: HardState;
  #softState: SoftState;
  /** The write that carries the newest ballot handed out. */
  #ballotNumber = 0;

  /** `onDisk` is the HardState as recovered. */
  constructor(state: RaftState, onDisk: HardState) {
    this.#state = state;
    this.#hardState = onDisk;
    this.#softState = { role: 'follower', leader: 0n };
  }

  get hasReady(): boolean {
    const state = this.#state;
    return (
      state.log.hasUnsaved ||
      state.log.hasApplicable ||
      state.messages.length > 0 ||
      state.messagesAfterPersist.length > 0 ||
      state.readStates.length > 0 ||
      this.#isHardStateNews ||
      this.#isSoftStateNews
    );
  }

  take(): Ready {
    const state = this.#state;
    const number = ++this.#number;
    const isBallotNews = this.#isBallotNews;
    const hardState = this.#takeHardState(number);
    const entries = state.log.takeUnsaved(number);
    const { messages, messagesAfterPersist, readStates, snapshot } = state;
    state.snapshot = undefined;
    state.messages = [];
    state.messagesAfterPersist = [];
    state.readStates = [];
    return {
      number,
      hardState,
      mustSync: isBallotNews || entries.length > 0 || snapshot !== undefined,
      snapshot,
      entries,
      messages,
      messagesAfterPersist,
      committedEntries: state.log.takeApplicable(state.options.readyBytesMax),
      readStates,
      softState: this.#takeSoftState(),
    };
  }

  /** All writes up to `number` are on disk. */
  persisted(number: number): void {
    assert(number <= this.#number, 'only what was handed out can have been persisted');
    const state = this.#state;
    state.log.persistedTo(number);
    if (number >= this.#ballotNumber) {
      state.durable = { term: this.#hardState.term, vote: this.#hardState.vote };
    }
  }

  get #isBallotNews(): boolean {
    const { term, vote } = this.#state;
    return term !== this.#hardState.term || vote !== this.#hardState.vote;
  }

  get #isHardStateNews(): boolean {
    return this.#isBallotNews || this.#state.log.commit !== this.#hardState.commit;
  }

  get #isSoftStateNews(): boolean {
    const { role, leader } = this.#state;
    return role.name !== this.#softState.role || leader !== this.#softState.leader;
  }

  #takeHardState(number: number): HardState | undefined {
    if (!this.#isHardStateNews) return undefined;
    if (this.#isBallotNews) this.#ballotNumber = number;
    const { term, vote, log } = this.#state;
    this.#hardState = HardState.create({ term, vote, commit: log.commit });
    return this.#hardState;
  }

  #takeSoftState(): SoftState | undefined {
    if (!this.#isSoftStateNews) return undefined;
    this.#softState = { role: this.#state.role.name, leader: this.#state.leader };
    return this.#softState;
  }
}
