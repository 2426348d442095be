/** The rules of overlapping writes, applied to each pair of writes. */
import { latin1 } from '../../../src/base/bytes.ts';
import type { RequestOp } from '../../../src/pb/index.ts';

/** One step on the way to a write: the operation's place, and which branch of a nested txn. */
type Step = { readonly at: number } | { readonly isSuccess: boolean };

interface Write {
  /** Steps alternate: place, branch, place, branch … place. */
  readonly path: readonly Step[];
  readonly put: string | undefined;
  /** [from, to), empty for a delete to the end of the keyspace. */
  readonly deleted: readonly [string, string] | undefined;
}

export function overlapsPairwise(branch: readonly RequestOp[]): boolean {
  const writes = writesOf(branch, []);
  return writes.some((a, i) => writes.some((b, j) => i < j && overlap(a, b)));
}

function writesOf(branch: readonly RequestOp[], prefix: readonly Step[]): Write[] {
  return branch.flatMap((op, at) => {
    const path = [...prefix, { at }];
    if (op.requestPut !== undefined) {
      return [{ path, put: latin1(op.requestPut.key), deleted: undefined }];
    }
    if (op.requestDeleteRange !== undefined) {
      const from = latin1(op.requestDeleteRange.key);
      const end = latin1(op.requestDeleteRange.rangeEnd);
      return [{ path, put: undefined, deleted: [from, end === '' ? `${from}\0` : end] as const }];
    }
    if (op.requestTxn === undefined) return [];
    return [
      ...writesOf(op.requestTxn.success, [...path, { isSuccess: true }]),
      ...writesOf(op.requestTxn.failure, [...path, { isSuccess: false }]),
    ];
  });
}

/** `a` stands before `b`. */
function overlap(a: Write, b: Write): boolean {
  const fork = a.path.findIndex((step, i) => JSON.stringify(step) !== JSON.stringify(b.path[i]));
  // The paths part at a nested txn: its branches exclude each other.
  if (fork % 2 === 1) return false;
  if (a.put !== undefined && b.put !== undefined) return a.put === b.put;
  const put = a.put ?? b.put;
  const deleted = a.deleted ?? b.deleted;
  if (put === undefined || deleted === undefined) return false;
  if (put < deleted[0] || put >= deleted[1]) return false;
  const bothNested = a.path.length > fork + 1 && b.path.length > fork + 1;
  return !bothNested || a.deleted !== undefined;
}
