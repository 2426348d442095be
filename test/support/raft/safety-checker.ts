/**
 * The safety properties of Raft (figure 3 of the paper), observed from outside: it keeps a record
 * of what was ever committed, led or read, and compares every member with it.
 */
import assert from 'node:assert/strict';
import type { Entry } from '../../../src/pb/index.ts';
import type { EntryId } from '../../../src/raft/index.ts';
import type { Member } from './member.ts';

interface CommittedEntry extends EntryId {
  /** Term of the member that was first seen to commit it, which may be later than its own. */
  readonly committedIn: number;
}

export class SafetyChecker {
  /** Entry i is at index i + 1. */
  readonly #committed: CommittedEntry[] = [];
  /** What the first member to apply an index applied there. */
  readonly #applied = new Map<number, Entry>();
  /** Digest of the first member's state after applying an index. */
  readonly #digests = new Map<number, number>();
  readonly #leaders = new Map<number, bigint>();
  /** Commit index of the whole cluster when a read was asked for, by its context. */
  readonly #reads = new Map<string, number>();

  /** The highest index known to be committed by any member so far. */
  get commitIndex(): number {
    return this.#committed.length;
  }

  readAsked(context: Uint8Array): void {
    this.#reads.set(context.join(), this.commitIndex);
  }

  check(members: Iterable<Member>): void {
    for (const member of members) {
      this.#electionSafety(member);
      this.#noCommitLost(member);
      this.#leaderCompleteness(member);
      this.#stateMachineSafety(member);
      this.#linearizableReads(member);
    }
  }

  /** RAFT-I1: at most one leader in a term. */
  #electionSafety({ id, raft }: Member): void {
    if (raft.role !== 'leader') return;
    const known = this.#leaders.get(raft.term);
    if (known === undefined) this.#leaders.set(raft.term, id);
    else assert.equal(id, known, `term ${raft.term} has one leader`);
  }

  /** RAFT-I6: an index once committed holds that entry for ever, whoever commits it. */
  #noCommitLost({ id, raft }: Member): void {
    for (let index = raft.firstIndex; index <= raft.commitIndex; index++) {
      const term = raft.termOf(index) ?? -1;
      const known = this.#committed[index - 1];
      if (known !== undefined) assert.equal(term, known.term, `commit ${index} of member ${id}`);
      else this.#committed.push({ index, term, committedIn: raft.term });
    }
  }

  /** RAFT-I5: a leader holds every entry committed in earlier terms. */
  #leaderCompleteness({ id, raft }: Member): void {
    if (raft.role !== 'leader') return;
    for (const { index, term, committedIn } of this.#committed.slice(raft.firstIndex - 1)) {
      if (committedIn >= raft.term) break;
      assert.equal(raft.termOf(index), term, `leader ${id} of ${raft.term} holds ${index}/${term}`);
    }
  }

  /** RAFT-I7: no two members apply different entries at an index, nor differ in state after it. */
  #stateMachineSafety(member: Member): void {
    for (const entry of member.appliedEntries.splice(0)) {
      const known = this.#applied.get(entry.index);
      if (known !== undefined) assert.deepEqual(entry, known, `applied at ${entry.index}`);
      this.#applied.set(entry.index, entry);
      assert.ok(entry.index <= member.disk.lastIndex, 'RAFT-I3: what is applied is on disk');
    }
    const { digest, raft } = member;
    const known = this.#digests.get(raft.appliedIndex);
    if (known !== undefined) assert.equal(digest, known, `state after ${raft.appliedIndex}`);
    this.#digests.set(raft.appliedIndex, digest);
  }

  /** RAFT-I8: a read sees everything that was committed before it was asked for. */
  #linearizableReads(member: Member): void {
    for (const { context, index } of member.readStates.splice(0)) {
      assert.ok(index >= (this.#reads.get(context.join()) ?? Infinity), 'a read is not stale');
    }
  }

  /** RAFT-I2: two logs that share an entry's index and term agree on all before it (§5.3). */
  checkLogMatching(members: readonly Member[]): void {
    for (const [at, one] of members.entries()) {
      for (const other of members.slice(at + 1)) assertLogsMatch(one, other);
    }
  }

  /** RAFT-I9: what was committed, lately, is on the disks of a majority of the given voters. */
  checkDurability(voters: readonly Member[], newest: number = Infinity): void {
    for (const { index, term } of this.#committed.slice(-newest)) {
      const holders = voters.filter(
        ({ disk }) => disk.snapshot.index >= index || disk.at(index)?.term === term,
      );
      assert.ok(holders.length * 2 > voters.length, `${index}/${term} is on a majority of disks`);
    }
  }
}

function assertLogsMatch(one: Member, other: Member): void {
  let mustMatch = false;
  const from = Math.max(one.disk.snapshot.index, other.disk.snapshot.index);
  for (let index = Math.min(one.disk.lastIndex, other.disk.lastIndex); index > from; index--) {
    const a = one.disk.at(index);
    const b = other.disk.at(index);
    if (a?.term === b?.term) mustMatch = true;
    if (mustMatch) assert.deepEqual(a, b, `logs of ${one.id} and ${other.id} match at ${index}`);
  }
}
