/**
 * An operation as one key sees it: what it did to that key and what it showed of it. If a history
 * is linearizable, so is its projection on each key (the reverse is not true for operations on
 * several keys). Revisions are left out everywhere.
 */

import { isKeyResult } from './agreement.ts';
import type {
  Compare,
  KeyRequest,
  KeyResult,
  KeyRow,
  Request,
  Result,
  TxnRequest,
  TxnResult,
} from './history.ts';
import type { ShownRequest } from './search-state.ts';
import { includes, isOneKey, oneKey } from './span.ts';

/** The keys that a search looks at; undefined = all of them. */
export type Scope = string | undefined;

/**
 * What `scope` sees of a request: nothing, one thing, or, if it is not known which branch a txn
 * took, two of which one happened. Ranges of other than the current state are not seen.
 */
export function projected(
  request: Request,
  result: Result | undefined,
  scope: Scope,
): ShownRequest[] {
  switch (request.kind) {
    case 'grant':
    case 'compact':
      return [];
    case 'revoke':
      return [{ request, result }];
    case 'txn':
      return txnProjected(request, result?.kind === 'txn' ? result : undefined, scope);
    default: {
      const seen = keyRequestProjected(request, scope);
      if (seen === undefined) return [];
      const shown = result === undefined || !isKeyResult(result) ? undefined : result;
      return [{ request: seen, result: shown && keyResultProjected(shown, request, scope) }];
    }
  }
}

function keyRequestProjected(request: KeyRequest, scope: Scope): KeyRequest | undefined {
  if (request.kind === 'range' && (request.revision > 0 || request.isSerializable)) {
    return undefined;
  }
  if (scope === undefined) return request;
  if (request.kind === 'put') return request.key === scope ? request : undefined;
  return includes(request.span, scope) ? { ...request, span: oneKey(scope) } : undefined;
}

function keyResultProjected(result: KeyResult, request: KeyRequest, scope: Scope): KeyResult {
  switch (result.kind) {
    case 'range':
      return { kind: 'range', rows: rowsProjected(result.rows, scope) };
    case 'put':
      return { kind: 'put', previous: result.previous && rowsProjected(result.previous, scope) };
    case 'delete': {
      const previous = result.previous && rowsProjected(result.previous, scope);
      const isOfScope =
        scope === undefined || (request.kind === 'delete' && isOneKey(request.span));
      return { kind: 'delete', deleted: isOfScope ? result.deleted : undefined, previous };
    }
  }
}

function rowsProjected(rows: readonly KeyRow[], scope: Scope): KeyRow[] {
  return rows
    .filter(({ key }) => scope === undefined || key === scope)
    .map((row) => ({ ...row, createRevision: 0, modRevision: 0 }));
}

function txnProjected(
  request: TxnRequest,
  result: TxnResult | undefined,
  scope: Scope,
): ShownRequest[] {
  const compares = request.compares.filter((compare) => isSeen(compare, scope));
  const seesAllCompares = compares.length === request.compares.length;
  const branch = (isSuccess: boolean): KeyRequest[] =>
    (isSuccess ? request.success : request.failure).flatMap(
      (part) => keyRequestProjected(part, scope) ?? [],
    );
  if (result === undefined && seesAllCompares) {
    const both = { ...request, success: branch(true), failure: branch(false) };
    return [{ request: both, result }];
  }
  const isEmpty = (isSuccess: boolean): boolean =>
    branch(isSuccess).length === 0 && (result === undefined || compares.length === 0);
  return [true, false]
    .filter((isSuccess) => result === undefined || result.isSuccess === isSuccess)
    .filter((isSuccess) => !isEmpty(isSuccess))
    .map((isSuccess) => {
      const taken = branch(isSuccess);
      // Not all compares seen, nothing says that a failure is one: it stands for itself.
      const isBare = !isSuccess && !seesAllCompares;
      const shows = isSuccess || isBare;
      const results = result && resultsProjected(request, result, scope);
      return {
        request: {
          kind: 'txn',
          compares: isBare ? [] : compares,
          success: shows ? taken : [],
          failure: shows ? [] : taken,
        },
        result: results && { kind: 'txn', isSuccess: shows, results },
        isSuccess,
      };
    });
}

function resultsProjected(request: TxnRequest, result: TxnResult, scope: Scope): KeyResult[] {
  const branch = result.isSuccess ? request.success : request.failure;
  return branch.flatMap((part, i) => {
    const shown = result.results[i];
    const isIn = shown !== undefined && keyRequestProjected(part, scope) !== undefined;
    return isIn ? [keyResultProjected(shown, part, scope)] : [];
  });
}

function isSeen({ key, target }: Compare, scope: Scope): boolean {
  const isRevision = target === 'createRevision' || target === 'modRevision';
  return !isRevision && (scope === undefined || key === scope);
}
