/** Replicas show the same: at equal revisions while they run, and in all when they have settled. */
import { areSameRows } from './agreement.ts';
import type { KeyRow, Violation } from './history.ts';
import { json } from './operation-text.ts';
import { ALL_KEYS } from './span.ts';
import type { Timeline } from './timeline.ts';

/** An answer to HashKV. */
export interface HashFact {
  readonly member: string;
  readonly revision: number;
  readonly compactRevision: number;
  readonly hash: number;
}

/** What a member was seen to hold. */
export interface ReplicaState {
  readonly member: string;
  readonly revision: number;
  readonly compactRevision: number;
  /** All live keys, ascending. */
  readonly rows: readonly KeyRow[];
  /** Each lease with its granted TTL, by id. */
  readonly leases: readonly (readonly [id: bigint, ttlSeconds: number])[];
}

/** Hashes of one revision, over what one compaction has left, are equal. */
export function checkHashes(facts: readonly HashFact[]): Violation[] {
  const known = new Map<string, HashFact>();
  return facts.flatMap((fact) => {
    const at = `revision ${fact.revision} compacted at ${fact.compactRevision}`;
    const first = known.get(at);
    if (first === undefined) known.set(at, fact);
    if (first === undefined || first.hash === fact.hash) return [];
    const text = `${at}: ${first.hash} on ${first.member}, ${fact.hash} on ${fact.member}`;
    return [{ rule: 'equal-hash', text }];
  });
}

/** Members that have settled are equal, and are what the true history adds up to. */
export function checkReplicas(states: readonly ReplicaState[], timeline: Timeline): Violation[] {
  const expected = timeline.rowsAt(ALL_KEYS, timeline.last);
  const first = states[0];
  return states.flatMap((state) => {
    const differences = [
      state.revision === timeline.last ? '' : `is at ${state.revision}, not at ${timeline.last}`,
      areSameRows(state.rows, expected) ? '' : `holds ${json(state.rows)}, not ${json(expected)}`,
      json(state.leases) === json(first?.leases) ? '' : `has leases ${json(state.leases)}`,
      state.compactRevision === first?.compactRevision ? '' : `compacted ${state.compactRevision}`,
    ];
    return differences
      .filter((difference) => difference !== '')
      .map((difference) => ({ rule: 'equal-state', text: `${state.member} ${difference}` }));
  });
}

/** The revision of a member grows by one at most, whatever it applies. */
export class RevisionSteps {
  readonly violations: Violation[] = [];
  readonly #revisions = new Map<string, number>();

  /** `member` has applied one more entry, and is at `revision`. */
  applied(member: string, revision: number): void {
    const before = this.#revisions.get(member);
    if (before !== undefined && revision !== before && revision !== before + 1) {
      const text = `${member} went from ${before} to ${revision}`;
      this.violations.push({ rule: 'gap-free', text });
    }
    this.#revisions.set(member, revision);
  }

  /** `member` begins anew, or has installed a snapshot. */
  restored(member: string, revision: number): void {
    this.#revisions.set(member, revision);
  }
}
