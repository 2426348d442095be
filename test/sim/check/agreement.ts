/** Compares what answers and events show with what they have to show. */
import type { Change, KeyResult, KeyRow, Result, Row } from './history.ts';

export function isSameRow(a: Row | undefined, b: Row | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.value === b.value &&
    a.createRevision === b.createRevision &&
    a.modRevision === b.modRevision &&
    a.version === b.version &&
    a.lease === b.lease
  );
}

export function areSameRows(a: readonly KeyRow[], b: readonly KeyRow[]): boolean {
  return (
    a.length === b.length && a.every((row, i) => row.key === b[i]?.key && isSameRow(row, b[i]))
  );
}

export function areSameChanges(a: readonly Change[], b: readonly Change[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ key, row }, i) => key === b[i]?.key && isSameRow(row, b[i]?.row))
  );
}

/** Whether `shown` is what the model says, as far as it shows anything. */
export function agrees(shown: Result, model: Result): boolean {
  if (shown.kind === 'txn') {
    return (
      model.kind === 'txn' &&
      shown.isSuccess === model.isSuccess &&
      shown.results.length === model.results.length &&
      shown.results.every((result, i) => keyResultAgrees(result, model.results[i]))
    );
  }
  if (isKeyResult(shown)) return keyResultAgrees(shown, model);
  return shown.kind === model.kind;
}

export function isKeyResult(result: Result): result is KeyResult {
  return result.kind === 'put' || result.kind === 'delete' || result.kind === 'range';
}

function keyResultAgrees(shown: KeyResult, model: Result | undefined): boolean {
  switch (shown.kind) {
    case 'range':
      return model?.kind === 'range' && areSameRows(shown.rows, model.rows);
    case 'put':
      return model?.kind === 'put' && previousAgree(shown.previous, model.previous);
    case 'delete':
      return (
        model?.kind === 'delete' &&
        (shown.deleted === undefined || shown.deleted === model.deleted) &&
        previousAgree(shown.previous, model.previous)
      );
  }
}

function previousAgree(
  shown: readonly KeyRow[] | undefined,
  model: readonly KeyRow[] | undefined,
): boolean {
  return shown === undefined || areSameRows(shown, model ?? []);
}
