/**
 * Holds what members tell one another against what is on their disks: a vote, or the answer to an
 * append, must not speak of anything that a power loss could still take back. And what a log has
 * once said to be on disk, the next life has to find there.
 */
import type { LogIndex, MemberId, Term } from '../../../src/base/ids.ts';
import { HardState, type Message, MessageType } from '../../../src/pb/index.ts';
import { NO_MEMBER } from '../../../src/raft/index.ts';
import type { OpenedStorage } from '../../../src/server/storage/open-storage.ts';
import { visitBatch } from '../../../src/wal/batch.ts';
import type { LogCommand } from '../../../src/wal/index.ts';
import { RecordType } from '../../../src/wal/record.ts';
import type { SimMachine } from './sim-machine.ts';

/** What is on a disk for sure. */
interface Durable {
  term: Term;
  vote: MemberId;
  lastIndex: LogIndex;
}

export class PromiseMonitor {
  readonly #failed: (text: string) => void;
  readonly #durable = new Map<SimMachine, Durable>();

  constructor(failed: (text: string) => void) {
    this.#failed = failed;
  }

  /** A member goes on from what was `opened`. */
  started(machine: SimMachine, { hardState, entries, snapshot }: OpenedStorage): void {
    const { term, vote } = hardState;
    const lastIndex = entries.at(-1)?.index ?? snapshot.index;
    const found = { term, vote, lastIndex };
    const before = this.#durable.get(machine);
    if (before !== undefined && !isKept(before, found)) {
      const text = `${machine.name} finds ${held(found)}, its disk had ${held(before)}`;
      this.#failed(`durable: ${text}`);
    }
    this.#durable.set(machine, found);
  }

  /** The member is about to hear that `command` is done. */
  logged(machine: SimMachine, command: LogCommand): void {
    const durable = this.#durable.get(machine);
    if (durable === undefined || command.kind !== 'append') return;
    const { batch } = command;
    if (batch.lastIndex > 0) durable.lastIndex = batch.lastIndex;
    visitBatch(batch, (type, data) => {
      if (type !== RecordType.state) return;
      const { term, vote, commit } = HardState.decode(data);
      durable.term = term;
      durable.vote = vote;
      // Of a leader's snapshot no entries come, but what is committed goes up to it.
      durable.lastIndex = Math.max(durable.lastIndex, commit);
    });
  }

  sends(machine: SimMachine, messages: readonly Message[]): void {
    const durable = this.#durable.get(machine);
    if (durable === undefined) return;
    for (const message of messages) {
      if (isCovered(message, durable)) continue;
      const { type, index, term, to } = message;
      const said = `${type} to ${to} in term ${term} up to ${index}`;
      this.#failed(`promise: ${machine.name} says ${said}, but its disk has ${held(durable)}`);
    }
  }
}

function held({ term, vote, lastIndex }: Durable): string {
  return `term ${term}, vote ${vote}, entries up to ${lastIndex}`;
}

/** Within a term no vote changes, and no log gets shorter; a write under way may have brought more. */
function isKept(before: Durable, found: Durable): boolean {
  if (found.term !== before.term) return found.term > before.term;
  const isVoteKept = before.vote === NO_MEMBER || found.vote === before.vote;
  return isVoteKept && found.lastIndex >= before.lastIndex;
}

function isCovered(message: Message, { term, vote, lastIndex }: Durable): boolean {
  if (message.reject) return true;
  switch (message.type) {
    case MessageType.MsgVoteResp:
      return term > message.term || (term === message.term && vote === message.to);
    case MessageType.MsgAppResp:
      // A leader of a later term may have replaced the entries before the answer left. Then they
      // were never on a majority: one of it would have had to vote for that leader.
      return message.index <= lastIndex || message.term < term;
    default:
      return true;
  }
}
