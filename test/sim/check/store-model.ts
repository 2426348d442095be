/** What a request does to a state of the store, and what its answer has to show. */
import type {
  Change,
  Compare,
  KeyRequest,
  KeyResult,
  KeyRow,
  Request,
  Result,
  Row,
  TxnRequest,
} from './history.ts';
import { ALL_KEYS } from './span.ts';
import { ChangedView, type StoreView } from './store-view.ts';

export interface Effect<R extends Result = Result> {
  /** In the order of sub-revisions; none: the revision stays. */
  readonly changes: readonly Change[];
  /** With all that an answer may show. */
  readonly result: R;
}

/** Applies `request` to `view`; what it writes gets `revision`. Ranges show `view` itself. */
export function applied(view: StoreView, request: Request, revision: number): Effect {
  switch (request.kind) {
    case 'txn':
      return txnApplied(view, request, revision);
    case 'revoke':
      return { changes: removals(view, request.lease), result: { kind: 'revoke' } };
    case 'grant':
    case 'compact':
      return { changes: [], result: { kind: request.kind } };
    default:
      return keyRequestApplied(view, request, revision);
  }
}

/** What happens when a lease ends: its keys go, in order. */
export function removals(view: StoreView, lease: bigint): Change[] {
  return view.rows(ALL_KEYS).flatMap((row) => (row.lease === lease ? [removal(row)] : []));
}

function removal({ key }: KeyRow): Change {
  return { key, row: undefined };
}

function keyRequestApplied(
  view: StoreView,
  request: KeyRequest,
  revision: number,
): Effect<KeyResult> {
  if (request.kind === 'put') {
    const { key, value, lease } = request;
    const before = view.row(key);
    const row: Row = {
      value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
      lease,
    };
    const previous = before === undefined ? [] : [{ key, ...before }];
    return { changes: [{ key, row }], result: { kind: 'put', previous } };
  }
  const rows = view.rows(request.span);
  if (request.kind === 'range') return { changes: [], result: { kind: 'range', rows } };
  return {
    changes: rows.map(removal),
    result: { kind: 'delete', deleted: rows.length, previous: rows },
  };
}

function txnApplied(view: StoreView, request: TxnRequest, revision: number): Effect {
  const isSuccess = request.compares.every((compare) => holds(view, compare));
  const changed = new ChangedView(view);
  const changes: Change[] = [];
  const results: KeyResult[] = [];
  for (const part of isSuccess ? request.success : request.failure) {
    const effect = keyRequestApplied(changed, part, revision);
    changed.change(effect.changes);
    changes.push(...effect.changes);
    results.push(effect.result);
  }
  return { changes, result: { kind: 'txn', isSuccess, results } };
}

function holds(view: StoreView, { key, target, relation, operand }: Compare): boolean {
  const row = view.row(key);
  if (row === undefined && target === 'value') return false;
  const actual = row?.[target] ?? (target === 'lease' ? 0n : 0);
  switch (relation) {
    case '=':
      return actual === operand;
    case '!=':
      return actual !== operand;
    case '<':
      return actual < operand;
    case '>':
      return actual > operand;
  }
}
