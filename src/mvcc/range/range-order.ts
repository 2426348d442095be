/** Filters and order of a range, on encoded rows. */
import { compareBytes } from '../../base/bytes.ts';
import { KeyValue, type RangeRequest, SortOrder, SortTarget } from '../../pb/index.ts';
import { sortInSlices } from './sliced-sort.ts';

/** Whether rows fetched in key order need no further sort to be cut at the limit. */
export function isKeyOrder({ sortOrder, sortTarget }: RangeRequest): boolean {
  return (
    sortOrder === SortOrder.NONE ||
    (sortOrder === SortOrder.ASCEND && sortTarget === SortTarget.KEY)
  );
}

export function hasRevisionFilter(request: RangeRequest): boolean {
  return (
    request.minModRevision !== 0 ||
    request.maxModRevision !== 0 ||
    request.minCreateRevision !== 0 ||
    request.maxCreateRevision !== 0
  );
}

/** Whether the row lies within the bounds that are set; a bound of 0 is off. */
export function passesRevisionFilter(row: Uint8Array, request: RangeRequest): boolean {
  const { modRevision, createRevision } = KeyValue.decode(row);
  return (
    isWithin(modRevision, request.minModRevision, request.maxModRevision) &&
    isWithin(createRevision, request.minCreateRevision, request.maxCreateRevision)
  );
}

function isWithin(revision: number, min: number, max: number): boolean {
  return (min === 0 || revision >= min) && (max === 0 || revision <= max);
}

/**
 * Sorts rows that come in key order; a target other than the key with order NONE ascends. Equal
 * rows keep key order (etcd's sort is not stable; on up to 12 rows it agrees).
 * Each step of the generator is one slice of work.
 */
export function* sortRows(
  rows: Uint8Array[],
  { sortOrder, sortTarget }: RangeRequest,
): Generator<undefined, Uint8Array[]> {
  if (sortTarget === SortTarget.KEY) {
    return sortOrder === SortOrder.DESCEND ? rows.reverse() : rows;
  }
  const sign = sortOrder === SortOrder.DESCEND ? -1 : 1;
  if (sortTarget === SortTarget.VALUE) {
    return yield* sortInSlices(rows, {
      of: (row) => KeyValue.decode(row).value,
      compare: (a, b) => sign * compareBytes(a, b),
    });
  }
  return yield* sortInSlices(rows, {
    of: (row) => numberOf(row, sortTarget),
    compare: (a, b) => sign * (a - b),
  });
}

function numberOf(row: Uint8Array, target: SortTarget): number {
  const kv = KeyValue.decode(row);
  switch (target) {
    case SortTarget.VERSION:
      return kv.version;
    case SortTarget.CREATE:
      return kv.createRevision;
    case SortTarget.MOD:
      return kv.modRevision;
    default:
      return 0;
  }
}
