/**
 * What a log adds up to, computed in the dumbest way: the list of all changes that its entries
 * make, one after the other. Says what a member must show that has exactly these entries.
 */
import assert from 'node:assert/strict';
import { latin1 } from '../../src/base/bytes.ts';
import {
  type DeleteRangeRequest,
  type Entry,
  InternalRaftRequest,
  type PutRequest,
  type TxnRequest,
} from '../../src/pb/index.ts';

/** A key as one of its revisions left it. */
export interface KeyState {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: bigint;
}

/** One row of history; `state` undefined = deleted. */
export interface Change {
  readonly revision: number;
  readonly sub: number;
  readonly key: string;
  readonly state: KeyState | undefined;
}

/** All that clients can see of a member. */
export interface MemberContent {
  readonly revision: number;
  /** -1 when nothing was compacted. */
  readonly compactRevision: number;
  readonly rows: readonly (readonly [string, KeyState])[];
  /** What happened above `compactRevision`. */
  readonly events: readonly Omit<Change, 'sub'>[];
  readonly leases: readonly (readonly [bigint, readonly string[]])[];
}

export class LogModel {
  readonly #changes: Change[] = [];
  readonly #leases = new Set<bigint>();
  /** Revision right after each request. */
  readonly #revisions = new Map<string, number>();
  #revision = 1;
  #compactRevision = -1;

  /** `entries` in the order of the log. */
  constructor(entries: readonly Entry[]) {
    for (const { type, data } of entries) {
      if (type !== 0 || data === undefined || data.length === 0) continue;
      const request = InternalRaftRequest.decode(data);
      this.#apply(request);
      const label = labelOf(request);
      if (label !== undefined) this.#revisions.set(label, this.#revision);
    }
  }

  get revision(): number {
    return this.#revision;
  }

  /** Revision that the answer to a request carries; undefined when the log does not have it. */
  revisionAfter(label: string): number | undefined {
    return this.#revisions.get(label);
  }

  content(): MemberContent {
    const above = this.#changes.filter(({ revision }) => revision > this.#compactRevision);
    return {
      revision: this.#revision,
      compactRevision: this.#compactRevision,
      rows: [...this.#rows()],
      events: above.map(({ revision, key, state }) => ({ revision, key, state })),
      leases: [...this.#leases].map((lease) => [lease, this.#keysOf(lease)] as const).sort(byLease),
    };
  }

  /** Rows of history that a compaction leaves: names as `revision/sub`, with `t` for a delete. */
  keptRows(): string[] {
    const kept = this.#changes.filter((change) => {
      if (change.revision > this.#compactRevision) return true;
      const newest = this.#changes.findLast(
        ({ key, revision }) => key === change.key && revision <= this.#compactRevision,
      );
      return newest === change && change.state !== undefined;
    });
    return kept.map(({ revision, sub, state }) => rowName({ revision, sub, isDelete: !state }));
  }

  #apply(request: InternalRaftRequest): void {
    const before = this.#changes.length;
    const { put, deleteRange, txn, compaction, leaseGrant, leaseRevoke } = request;
    if (put !== undefined) this.#put(put);
    if (deleteRange !== undefined) this.#delete(latin1(deleteRange.key));
    if (txn !== undefined) this.#txn(txn);
    if (compaction !== undefined) this.#compactRevision = compaction.revision;
    if (leaseGrant !== undefined) this.#leases.add(leaseGrant.ID);
    if (leaseRevoke !== undefined) {
      for (const key of this.#keysOf(leaseRevoke.ID)) this.#delete(key);
      this.#leases.delete(leaseRevoke.ID);
    }
    if (this.#changes.length > before) this.#revision += 1;
  }

  #txn({ compare, success }: TxnRequest): void {
    assert.equal(compare.length, 0, 'the model knows no comparisons');
    for (const { requestPut, requestDeleteRange } of success) {
      if (requestPut !== undefined) this.#put(requestPut);
      if (requestDeleteRange !== undefined) this.#delete(latin1(requestDeleteRange.key));
    }
  }

  #put(request: PutRequest): void {
    const key = latin1(request.key);
    const before = this.#rows().get(key);
    const revision = this.#revision + 1;
    this.#change(key, {
      value: latin1(request.value),
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
      lease: request.lease,
    });
  }

  #delete(key: string): void {
    if (this.#rows().has(key)) this.#change(key, undefined);
  }

  #change(key: string, state: KeyState | undefined): void {
    const revision = this.#revision + 1;
    const sub = this.#changes.filter((change) => change.revision === revision).length;
    this.#changes.push({ revision, sub, key, state });
  }

  #rows(): Map<string, KeyState> {
    const rows = new Map<string, KeyState>();
    for (const { key, state } of this.#changes) {
      if (state === undefined) rows.delete(key);
      else rows.set(key, state);
    }
    return new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #keysOf(lease: bigint): string[] {
    return [...this.#rows()].filter(([, state]) => state.lease === lease).map(([key]) => key);
  }
}

/** What tells a request of a script from all others of it; undefined for the member's own. */
export function labelOf(request: Partial<InternalRaftRequest>): string | undefined {
  const { put, deleteRange, txn, compaction, leaseGrant, leaseRevoke } = request;
  if (put !== undefined) return putLabel(put);
  if (deleteRange !== undefined) return deleteLabel(deleteRange);
  if (txn !== undefined) {
    return txn.success
      .map(({ requestPut: p, requestDeleteRange: d }) =>
        p === undefined ? d && deleteLabel(d) : putLabel(p),
      )
      .join();
  }
  if (compaction !== undefined) return `compact ${compaction.revision}`;
  if (leaseGrant !== undefined) return `grant ${leaseGrant.ID}`;
  if (leaseRevoke !== undefined) return `revoke ${leaseRevoke.ID}`;
  return undefined;
}

export function byLease([a]: readonly [bigint, unknown], [b]: readonly [bigint, unknown]): number {
  return a < b ? -1 : 1;
}

export function rowName(row: { revision: number; sub: number; isDelete: boolean }): string {
  return `${row.revision}/${row.sub}${row.isDelete ? 't' : ''}`;
}

function putLabel({ key, value }: PutRequest): string {
  return `put ${latin1(key)}=${latin1(value)}`;
}

function deleteLabel({ key }: DeleteRangeRequest): string {
  return `delete ${latin1(key)}`;
}
