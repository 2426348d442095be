/**
 * Looks on while a cluster runs, and knows all of it: at most one leader a term, no entry applied
 * that another member applied differently, no leader without what was committed before its term,
 * the same changes at the same revision everywhere, and no lease revoked before its time.
 */
import { latin1 } from '../../../src/base/bytes.ts';
import { crc32c } from '../../../src/base/crc32c.ts';
import type { LogIndex, Term } from '../../../src/base/ids.ts';
import type { Change as StoredChange } from '../../../src/mvcc/ports.ts';
import { Entry, EntryType, InternalRaftRequest, KeyValue } from '../../../src/pb/index.ts';
import type { Member } from '../../../src/server/member.ts';
import { visitBatch } from '../../../src/wal/batch.ts';
import type { WalBatch } from '../../../src/wal/index.ts';
import { RecordType } from '../../../src/wal/record.ts';
import { areSameChanges } from '../check/agreement.ts';
import type { Change, Revision } from '../check/history.ts';
import type { SimMachine } from './sim-machine.ts';

/** An entry as a log holds it. */
interface LogEntry {
  readonly term: Term;
  /** Of all of it. */
  readonly crc: number;
  /** The encoded request of a normal entry. */
  readonly data: Uint8Array | undefined;
}

/** What is known of one machine. */
interface Watched {
  readonly machine: SimMachine;
  readonly member: Member;
  readonly log: Map<LogIndex, LogEntry>;
  applied: LogIndex;
  /** Term that it was last seen to lead. */
  led: Term;
}

export interface SafetyEvents {
  failed(text: string): void;
  /** The lease was revoked: the entry was applied for the first time. */
  revoked(lease: bigint): void;
}

export class SafetyMonitor {
  elections = 0;
  readonly #events: SafetyEvents;
  readonly #watched = new Map<SimMachine, Watched>();
  readonly #leaders = new Map<Term, bigint>();
  /** What was applied first, by index. */
  readonly #committed = new Map<LogIndex, LogEntry>();
  #lastCommitted: LogIndex = 0;
  #highestTerm: Term = 0;
  readonly #revisions: Revision[] = [];

  constructor(events: SafetyEvents) {
    this.#events = events;
  }

  /** What really happened, by ascending revision. */
  get revisions(): readonly Revision[] {
    return this.#revisions;
  }

  /** A member has begun to run, with `entries` in its log, and has applied nothing new yet. */
  started(machine: SimMachine, member: Member, entries: readonly Entry[]): void {
    const log = new Map<LogIndex, LogEntry>();
    for (const entry of entries) log.set(entry.index, logEntry(entry, Entry.encode(entry)));
    const applied = member.raft.appliedIndex;
    this.#watched.set(machine, { machine, member, log, applied, led: 0 });
    this.#tap(machine, member);
  }

  ended(machine: SimMachine): void {
    this.#watched.delete(machine);
  }

  appended(machine: SimMachine, batch: WalBatch): void {
    const log = this.#watched.get(machine)?.log;
    if (log === undefined) return;
    visitBatch(batch, (type, data) => {
      if (type !== RecordType.entry) return;
      const entry = Entry.decode(data);
      log.set(entry.index, logEntry(entry, data));
      // What a conflict replaces takes all behind it along.
      for (let index = entry.index + 1; log.delete(index); index++);
    });
  }

  /** To be called after every step. */
  look(): void {
    for (const watched of this.#watched.values()) {
      const { raft } = watched.member;
      if (raft.isLeader && raft.term !== watched.led) this.#leads(watched, raft.term);
      if (raft.appliedIndex !== watched.applied) this.#applied(watched, raft.appliedIndex);
    }
  }

  #leads(watched: Watched, term: Term): void {
    const { member, machine, log } = watched;
    watched.led = term;
    const known = this.#leaders.get(term);
    if (known !== undefined && known !== member.raft.id) {
      this.#events.failed(`election safety: ${machine.name} leads term ${term}, as another did`);
    }
    if (known !== undefined) return;
    this.elections++;
    this.#leaders.set(term, member.raft.id);
    // One that was elected late may lack what a later term has committed.
    if (term < this.#highestTerm) return;
    this.#highestTerm = term;
    for (let index = member.raft.appliedIndex + 1; index <= this.#lastCommitted; index++) {
      const committed = this.#committed.get(index);
      if (committed === undefined || committed.term >= term) continue;
      if (log.get(index)?.crc === committed.crc) continue;
      const text = `${machine.name} leads term ${term} without committed entry ${index}`;
      this.#events.failed(`leader completeness: ${text}`);
      return;
    }
  }

  #applied(watched: Watched, applied: LogIndex): void {
    const { machine, log } = watched;
    for (let index = watched.applied + 1; index <= applied; index++) {
      const entry = log.get(index);
      // It came in a snapshot.
      if (entry === undefined) continue;
      const committed = this.#committed.get(index);
      if (committed === undefined) this.#commit(index, entry);
      else if (committed.crc !== entry.crc) {
        this.#events.failed(`state machine safety: ${machine.name} applied another entry ${index}`);
      }
      log.delete(index - LOG_KEPT);
    }
    watched.applied = applied;
  }

  #commit(index: LogIndex, entry: LogEntry): void {
    this.#committed.set(index, entry);
    this.#lastCommitted = Math.max(this.#lastCommitted, index);
    if (entry.data === undefined) return;
    const { leaseRevoke } = InternalRaftRequest.decode(entry.data);
    if (leaseRevoke !== undefined) this.#events.revoked(leaseRevoke.ID);
  }

  /** Sees each revision as the store tells it to the watch hub, whoever watches. */
  #tap(machine: SimMachine, { hub }: Member): void {
    const interest = hub.interest.bind(hub);
    const committed = hub.committed.bind(hub);
    hub.interest = (key) => {
      const wanted = interest(key);
      return wanted === 'none' ? 'event' : wanted;
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
/** Applied entries of which a log is remembered: more than any conflict goes back. */
const LOG_KEPT = 2000;

function logEntry({ term, type, data }: Entry, bytes: Uint8Array): LogEntry {
  const isRequest = type === EntryType.EntryNormal && data !== undefined && data.length > 0;
  return { term, crc: crc32c(bytes), data: isRequest ? data : undefined };
}

function changeOf({ type, kv }: StoredChange): Change {
  const row = KeyValue.decode(kv);
  const key = latin1(row.key);
  if (type === 'delete') return { key, row: undefined };
  const { createRevision, modRevision, version, lease } = row;
  return { key, row: { value: latin1(row.value), createRevision, modRevision, version, lease } };
}
