/** A history as the search takes it: what is unknown never returns, and leases may end. */
import type { Cause } from './attribution.ts';
import type { KeyRequest, KeyRow, Operation, Request, Result } from './history.ts';
import { json } from './operation-text.ts';
import { projected, type Scope } from './projection.ts';
import { hasWritten, isSerializable, putsOf } from './request-effect.ts';
import type { SearchOperation } from './search.ts';
import type { ShownRequest } from './search-state.ts';

/** Stands for all values that nobody is shown: writes of such are alike. */
const UNSEEN = '?';

/** What each operation, and the end of each lease, came to. */
type Hints = ReadonlyMap<Operation | bigint, Hint>;

interface Hint {
  readonly revision: number;
  /** The branch that a txn took; undefined for what is none. */
  readonly isSuccess?: boolean;
  /** The keys that changed; undefined: not known. */
  readonly keys?: ReadonlySet<string>;
}

const NEVER: Hint = { revision: Infinity };

interface Item {
  readonly called: number;
  readonly returned: number;
  readonly hint: Hint;
  readonly request: Request;
  readonly result: Result | undefined;
}

export class SearchableHistory {
  readonly #items: readonly Item[];

  constructor(operations: readonly Operation[], causes: ReadonlyMap<number, Cause>) {
    const hints = hintsOf(causes);
    const seen = seenValues(operations);
    const items = operations.flatMap((operation) => itemOf(operation, hints, seen) ?? []);
    this.#items = [...items, ...expiries(operations, hints)];
  }

  /** What `scope` sees. */
  of(scope: Scope): SearchOperation<ShownRequest>[] {
    const leases = new Set(
      this.#items.flatMap(({ request }) =>
        putsOf(request).flatMap(({ key, lease }) => (isIn(key, scope) ? [lease] : [])),
      ),
    );
    const operations = this.#items
      .filter(({ request }) => request.kind !== 'revoke' || leases.has(request.lease))
      .flatMap(({ called, returned, hint, request, result }) =>
        projected(request, result, scope).map((shown) => {
          const kind = returned < Infinity ? '' : json(shown.request);
          return { called, returned, hint: hintFor(shown, hint, scope), kind, request: shown };
        }),
      );
    return withHintsInOrder(operations);
  }
}

/** What did nothing to the scope, or is the branch not taken, is not worth to be tried early. */
function hintFor(shown: ShownRequest, { revision, isSuccess, keys }: Hint, scope: Scope): number {
  const isOther = isSuccess !== undefined && shown.isSuccess === !isSuccess;
  const isElsewhere = scope !== undefined && keys !== undefined && !keys.has(scope);
  return isOther || isElsewhere ? Infinity : revision;
}

/** Of equals the search tries the one called first, so that one has to have the lowest hint. */
function withHintsInOrder<T>(operations: readonly SearchOperation<T>[]): SearchOperation<T>[] {
  const hints = new Map<string, number[]>();
  const byCall = operations.toSorted((a, b) => a.called - b.called);
  for (const { kind, hint } of byCall) {
    const known = hints.get(kind);
    if (known === undefined) hints.set(kind, [hint]);
    else known.push(hint);
  }
  for (const [kind, list] of hints) {
    // The kind of all that is known.
    if (kind !== '') list.sort((a, b) => a - b);
    list.reverse();
  }
  return byCall.map((operation) => ({
    ...operation,
    hint: hints.get(operation.kind)?.pop() ?? Infinity,
  }));
}

function isIn(key: string, scope: Scope): boolean {
  return scope === undefined || key === scope;
}

function hintsOf(causes: ReadonlyMap<number, Cause>): Hints {
  const hints = new Map<Operation | bigint, Hint>();
  for (const [revision, cause] of causes) {
    const { keys } = cause;
    if (cause.kind === 'expiry') hints.set(cause.lease, { revision, keys });
    else {
      const { operation, isSuccess } = cause;
      const { request } = operation;
      hints.set(operation, { revision, isSuccess, keys });
      if (request.kind === 'revoke') hints.set(request.lease, { revision, keys });
    }
  }
  return hints;
}

/** The values that an answer shows or that a compare asks for; undefined: all of them. */
function seenValues(operations: readonly Operation[]): ReadonlySet<string> | undefined {
  const seen = new Set<string>();
  for (const { request, outcome } of operations) {
    if (request.kind === 'txn') {
      for (const { target, relation, operand } of request.compares) {
        // The order of values tells every one from the others.
        if (target === 'value' && (relation === '<' || relation === '>')) return undefined;
        seen.add(String(operand));
      }
    }
    if (outcome.kind !== 'answered') continue;
    for (const { value } of shownRows(outcome.result)) seen.add(value);
  }
  return seen;
}

function shownRows(result: Result): readonly KeyRow[] {
  switch (result.kind) {
    case 'txn':
      return result.results.flatMap(shownRows);
    case 'range':
      return result.rows;
    case 'put':
    case 'delete':
      return result.previous ?? [];
    default:
      return [];
  }
}

/** The request with values that nobody is shown made alike. */
function veiled(request: Request, seen: ReadonlySet<string> | undefined): Request {
  if (seen === undefined) return request;
  const part = (one: KeyRequest): KeyRequest =>
    one.kind !== 'put' || seen.has(one.value) ? one : { ...one, value: UNSEEN };
  switch (request.kind) {
    case 'put':
      return part(request);
    case 'txn':
      return { ...request, success: request.success.map(part), failure: request.failure.map(part) };
    default:
      return request;
  }
}

function itemOf(
  operation: Operation,
  hints: Hints,
  seen: ReadonlySet<string> | undefined,
): Item | undefined {
  const { called, request, outcome } = operation;
  if (outcome.kind === 'refused' || isSerializable(request)) return undefined;
  if (outcome.kind === 'answered') {
    const { returned, revision, result } = outcome;
    const isWrite = hasWritten(result) || hints.get(operation)?.revision === revision;
    const hint = { revision: isWrite ? revision : revision + 0.5 };
    return { called, returned, hint, request, result };
  }
  // That a lease may end at any time says all that an unknown revocation does.
  if (request.kind === 'range' || request.kind === 'revoke') return undefined;
  const hint = hints.get(operation) ?? NEVER;
  return { called, returned: Infinity, hint, request: veiled(request, seen), result: undefined };
}

/** Each lease that nobody is known to have revoked may end at any time after its grant. */
function expiries(operations: readonly Operation[], hints: Hints): Item[] {
  const revoked = new Set<bigint>();
  for (const { request, outcome } of operations) {
    if (request.kind === 'revoke' && outcome.kind === 'answered') revoked.add(request.lease);
  }
  return operations.flatMap(({ called, request, outcome }) => {
    if (request.kind !== 'grant' || outcome.kind === 'refused') return [];
    const { lease } = request;
    if (revoked.has(lease)) return [];
    const hint = hints.get(lease) ?? NEVER;
    return [
      { called, returned: Infinity, hint, request: { kind: 'revoke', lease }, result: undefined },
    ];
  });
}
