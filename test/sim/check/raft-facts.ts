/**
 * Safety of Raft (figure 3 of the paper) over what members are seen to do: election safety, log
 * matching, leader completeness and state machine safety; and, since a breach takes a chain of rare
 * events to show, that leaders count for entries of their own term only (§5.4.2). Entries are known
 * by a hash.
 */
import type { Violation } from './history.ts';

export interface EntryFact {
  readonly index: number;
  readonly term: number;
  readonly hash: number;
}

interface Seen extends EntryFact {
  readonly member: string;
}

interface Applied extends Seen {
  /** Term of the first member that was seen to apply it, which may be later than its own. */
  readonly committedIn: number;
}

export class RaftFacts {
  readonly violations: Violation[] = [];
  readonly #leaders = new Map<number, string>();
  /** By index and term. */
  readonly #logged = new Map<string, Seen & { readonly previousTerm: number }>();
  /** By index; all members together. */
  readonly #applied = new Map<number, Applied>();
  /** Index that each member applied last. */
  readonly #position = new Map<string, number>();

  /** `member` became leader of `term`, with this log. */
  led(member: string, term: number, log: LeaderLog): void {
    const known = this.#leaders.get(term);
    if (known !== undefined && known !== member) {
      this.#broken('election-safety', `${member} and ${known} both lead term ${term}`);
    }
    this.#leaders.set(term, member);
    for (const entry of this.#applied.values()) {
      // A leader that was long in coming need not hold what later terms have committed.
      if (entry.index < log.firstIndex || entry.committedIn >= term) continue;
      if (log.termOf(entry.index) === entry.term) continue;
      const text = `${member} leads term ${term} without applied ${entry.index}/${entry.term}`;
      this.#broken('leader-completeness', text);
    }
  }

  /** `member` put `entry` into its log, behind an entry of `previousTerm`. */
  logged(member: string, entry: EntryFact, previousTerm: number): void {
    const id = `${entry.index}/${entry.term}`;
    const known = this.#logged.get(id);
    if (known === undefined) this.#logged.set(id, { ...entry, member, previousTerm });
    else if (known.hash !== entry.hash || known.previousTerm !== previousTerm) {
      this.#broken('log-matching', `${id} of ${member} is not that of ${known.member}`);
    }
  }

  /** The leader `member` of `term` has raised its commit index to an entry of `entryTerm`. */
  committed(member: string, term: number, index: number, entryTerm: number): void {
    if (entryTerm === term) return;
    const text = `${member} commits ${index}/${entryTerm} as leader of term ${term}`;
    this.#broken('commits-own-term', text);
  }

  /** `member`, which is in `term`, applied `entry`. */
  applied(member: string, entry: EntryFact, term: number): void {
    const position = this.#position.get(member);
    if (position !== undefined && entry.index !== position + 1) {
      this.#broken('applied-in-order', `${member} applied ${entry.index} behind ${position}`);
    }
    this.#position.set(member, entry.index);
    const known = this.#applied.get(entry.index);
    if (known === undefined)
      this.#applied.set(entry.index, { ...entry, member, committedIn: term });
    else if (known.hash !== entry.hash || known.term !== entry.term) {
      const text = `${member} applied ${entry.term} at ${entry.index}, ${known.member} ${known.term}`;
      this.#broken('state-machine-safety', text);
    }
  }

  /** `member` has started, or installed a snapshot, and goes on behind `index`. */
  restored(member: string, index: number): void {
    this.#position.set(member, index);
  }

  #broken(rule: string, text: string): void {
    this.violations.push({ rule, text });
  }
}

/** The log of a member that has just become leader. */
export interface LeaderLog {
  readonly firstIndex: number;
  /** Undefined where there is no entry. */
  termOf(index: number): number | undefined;
}
