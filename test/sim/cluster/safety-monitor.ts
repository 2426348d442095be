/**
 * Looks on while a cluster runs, and knows all of it: at most one leader a term, no entry applied
 * that another member applied differently, no leader without what was committed before its term,
 * the same changes at the same revision everywhere, and no lease revoked before its time.
 */
import { latin1 } from '../../../src/base/bytes.ts';
import { crc32c } from '../../../src/base/crc32c.ts';
import type { LogIndex, MemberId, Term } from '../../../src/base/ids.ts';
import type { Change as StoredChange } from '../../../src/mvcc/ports.ts';
import {
  Entry,
  EntryType,
  InternalRaftRequest,
  KeyValue,
  type Message,
  MessageType,
} from '../../../src/pb/index.ts';
import type { Member } from '../../../src/server/member.ts';
import type { OpenedStorage } from '../../../src/server/storage/open-storage.ts';
import { visitBatch } from '../../../src/wal/batch.ts';
import type { WalBatch } from '../../../src/wal/index.ts';
import { RecordType } from '../../../src/wal/record.ts';
import { areSameChanges } from '../check/agreement.ts';
import type { Change, Revision } from '../check/history.ts';
import { type EntryFact, RaftFacts } from '../check/raft-facts.ts';
import type { SimMachine } from './sim-machine.ts';

/** An entry as a log holds it. */
interface LogEntry extends EntryFact {
  /** The encoded request of a normal entry. */
  readonly data: Uint8Array | undefined;
  readonly isReconfiguration: boolean;
}

/** What is known of a member that runs. */
interface Watched {
  readonly machine: SimMachine;
  readonly member: Member;
  /** By index. */
  readonly log: Map<LogIndex, LogEntry>;
  /** Where the log that is known begins. */
  firstIndex: LogIndex;
  applied: LogIndex;
  /** Term that it was last seen to lead. */
  led: Term;
  /** Commit index, and who votes, when it was last seen to lead. */
  commit: LogIndex;
  voters: readonly MemberId[];
  /** The state of another member has taken the place of its own. */
  isReplaced: boolean;
}

export interface SafetyEvents {
  failed(text: string): void;
  /** The lease was revoked: the entry was applied for the first time. */
  revoked(lease: bigint): void;
}

export class SafetyMonitor {
  elections = 0;
  /** States of other members that were put in place. */
  installed = 0;
  readonly #events: SafetyEvents;
  readonly #facts = new RaftFacts();
  readonly #watched = new Map<SimMachine, Watched>();
  /** Those that have ended, too. */
  readonly #byId = new Map<MemberId, Watched>();
  readonly #revisions: Revision[] = [];
  /** Last entry that somebody has applied, and all terms up to there. */
  #lastApplied: LogIndex = 0;
  readonly #terms = new Map<LogIndex, Term>();

  constructor(events: SafetyEvents) {
    this.#events = events;
  }

  /** What really happened, by ascending revision. */
  get revisions(): readonly Revision[] {
    return this.#revisions;
  }

  /** A member has begun to run, from what was `opened`, and has applied nothing new yet. */
  started(machine: SimMachine, member: Member, { entries, snapshot }: OpenedStorage): void {
    const log = new Map<LogIndex, LogEntry>();
    for (const entry of entries) log.set(entry.index, logEntry(entry, Entry.encode(entry)));
    const applied = member.raft.appliedIndex;
    const firstIndex = snapshot.index + 1;
    const isReplaced = false;
    const leads = { led: 0, commit: 0, voters: [] };
    const watched = { machine, member, log, firstIndex, applied, ...leads, isReplaced };
    this.#watched.set(machine, watched);
    this.#byId.set(member.raft.id, watched);
    this.#facts.restored(machine.name, applied);
    this.#tap(machine, member);
  }

  ended(machine: SimMachine): void {
    this.#watched.delete(machine);
  }

  appended(machine: SimMachine, batch: WalBatch): void {
    const watched = this.#watched.get(machine);
    if (watched === undefined) return;
    visitBatch(batch, (type, data) => {
      if (type === RecordType.entry) this.#logged(watched, logEntry(Entry.decode(data), data));
    });
  }

  /** A leader lets no read in before an entry of its own term is committed (Raft §8). */
  sends(machine: SimMachine, messages: readonly Message[]): void {
    const log = this.#watched.get(machine)?.log;
    for (const { type, index, term } of messages) {
      if (type !== MessageType.MsgReadIndexResp) continue;
      const entryTerm = log?.get(index)?.term ?? term;
      if (entryTerm === term) continue;
      const read = `a read at ${index}/${entryTerm}`;
      this.#events.failed(`read index: ${machine.name} answers ${read} as leader of term ${term}`);
    }
  }

  /** To be called after every step. */
  look(): void {
    for (const watched of this.#watched.values()) {
      const { raft } = watched.member;
      if (watched.isReplaced) this.#replaced(watched, raft.appliedIndex);
      if (raft.isLeader) {
        if (raft.term !== watched.led) this.#leads(watched, raft.term);
        else if (raft.committedIndex > watched.commit) this.#committed(watched);
        watched.commit = raft.committedIndex;
        watched.voters = votersOf(watched.member);
      }
      if (raft.appliedIndex !== watched.applied) this.#applied(watched, raft.appliedIndex);
    }
    const [violation] = this.#facts.violations;
    if (violation !== undefined) this.#events.failed(`${violation.rule}: ${violation.text}`);
  }

  #logged(watched: Watched, entry: LogEntry): void {
    const { machine, log } = watched;
    const { index } = entry;
    if (entry.isReconfiguration) this.#checkOneChange(watched, entry);
    const previousTerm = index === 1 ? 0 : (log.get(index - 1)?.term ?? this.#terms.get(index - 1));
    if (previousTerm !== undefined) this.#facts.logged(machine.name, entry, previousTerm);
    log.set(index, entry);
    // What a conflict replaces takes all behind it along.
    for (let next = index + 1; log.delete(next); next++);
  }

  /** A leader begins no change of members before the one before it is applied (Raft §6). */
  #checkOneChange({ machine, member: { raft }, log }: Watched, { index, term }: LogEntry): void {
    if (!raft.isLeader || raft.term !== term) return;
    for (let before = raft.appliedIndex + 1; before < index; before++) {
      if (log.get(before)?.isReconfiguration !== true) continue;
      this.#events.failed(
        `one change: ${machine.name} logs ${index}, and has not applied ${before}`,
      );
      return;
    }
  }

  #leads(watched: Watched, term: Term): void {
    const { machine, log, firstIndex } = watched;
    watched.led = term;
    this.elections++;
    this.#facts.led(machine.name, term, { firstIndex, termOf: (index) => log.get(index)?.term });
  }

  #committed({ machine, member, log, voters }: Watched): void {
    const { committedIndex, term } = member.raft;
    const entry = log.get(committedIndex);
    if (entry === undefined) return;
    this.#facts.committed(machine.name, term, committedIndex, entry.term);
    // The entry may be the one that has changed who votes.
    if (this.#isOnMajority(entry, voters) || this.#isOnMajority(entry, votersOf(member))) return;
    this.#events.failed(`quorum: ${machine.name} commits ${committedIndex}, which too few have`);
  }

  /** Whether so many have it, or were seen to have it before they ended. */
  #isOnMajority({ index, term }: LogEntry, voters: readonly MemberId[]): boolean {
    const having = voters.filter((voter) => {
      const known = this.#byId.get(voter);
      return (
        known !== undefined && (index < known.firstIndex || known.log.get(index)?.term === term)
      );
    });
    return having.length > voters.length / 2;
  }

  /** Its log begins behind the state that it was given. */
  #replaced(watched: Watched, applied: LogIndex): void {
    const { machine, log } = watched;
    this.installed++;
    for (const index of log.keys()) if (index <= applied) log.delete(index);
    watched.firstIndex = applied + 1;
    watched.applied = applied;
    watched.isReplaced = false;
    this.#facts.restored(machine.name, applied);
  }

  #applied(watched: Watched, applied: LogIndex): void {
    const { machine, log, member } = watched;
    for (let index = watched.applied + 1; index <= applied; index++) {
      const entry = log.get(index);
      if (entry === undefined) {
        this.#events.failed(`${machine.name} applied entry ${index}, which is not in its log`);
        return;
      }
      this.#facts.applied(machine.name, entry, member.raft.term);
      if (index > this.#lastApplied) this.#firstApplied(entry);
    }
    watched.applied = applied;
  }

  #firstApplied({ index, term, data }: LogEntry): void {
    this.#lastApplied = index;
    this.#terms.set(index, term);
    if (data === undefined) return;
    const { leaseRevoke } = InternalRaftRequest.decode(data);
    if (leaseRevoke !== undefined) this.#events.revoked(leaseRevoke.ID);
  }

  /** Sees each revision as the store tells it to the watch hub, whoever watches. */
  #tap(machine: SimMachine, member: Member): void {
    const { hub } = member;
    const interest = hub.interest.bind(hub);
    const committed = hub.committed.bind(hub);
    hub.interest = (key) => {
      const wanted = interest(key);
      return wanted === 'none' ? 'event' : wanted;
    };
    const restored = hub.restored.bind(hub);
    hub.restored = (store) => {
      const watched = this.#watched.get(machine);
      if (watched?.member === member) watched.isReplaced = true;
      restored(store);
    };
    hub.committed = (revision, changes) => {
      this.#changed(machine, revision, changes);
      committed(revision, changes);
    };
  }

  #changed(machine: SimMachine, revision: number, stored: readonly StoredChange[]): void {
    const changes = stored.map(changeOf);
    const at = revision - FIRST_REVISION;
    const known = this.#revisions[at];
    if (known === undefined) {
      // Whoever skips one was given a snapshot of somebody who had not.
      if (at === this.#revisions.length) this.#revisions.push({ revision, changes });
      else this.#events.failed(`gap-free: ${machine.name} is the first at ${revision}, with a gap`);
    } else if (!areSameChanges(known.changes, changes)) {
      this.#events.failed(`same history: ${machine.name} has another revision ${revision}`);
    }
  }
}

/** The store begins empty at revision 1. */
const FIRST_REVISION = 2;
function logEntry({ index, term, type, data }: Entry, bytes: Uint8Array): LogEntry {
  const isRequest = type === EntryType.EntryNormal && data !== undefined && data.length > 0;
  const isReconfiguration = type !== EntryType.EntryNormal;
  const hash = crc32c(bytes);
  return { index, term, hash, data: isRequest ? data : undefined, isReconfiguration };
}

function changeOf({ type, kv }: StoredChange): Change {
  const row = KeyValue.decode(kv);
  const key = latin1(row.key);
  if (type === 'delete') return { key, row: undefined };
  const { createRevision, modRevision, version, lease } = row;
  return { key, row: { value: latin1(row.value), createRevision, modRevision, version, lease } };
}

/** As the configuration is that it has applied. */
function votersOf({ cluster }: Member): readonly MemberId[] {
  return cluster.members.filter(({ isLearner }) => !isLearner).map(({ id }) => id);
}
