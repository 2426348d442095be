/**
 * What is checked of a KV request at the gateway, before it is proposed or read: in etcd's
 * order, because a client sees which mistake is named first.
 *
 * Each check returns the first mistake, or undefined for a good request.
 */
import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../pb/index.ts';
import { MvccError } from './errors.ts';
import { hasOverlappingWrites } from './txn/txn-overlap.ts';

const SORT_ORDERS = 3;
const SORT_TARGETS = 5;

export function checkRangeRequest(request: RangeRequest): MvccError | undefined {
  if (request.key.length === 0) return emptyKey();
  if (!isEnumValue(request.sortOrder, SORT_ORDERS)) return invalidSort('order');
  if (!isEnumValue(request.sortTarget, SORT_TARGETS)) return invalidSort('target');
  return undefined;
}

export function checkPutRequest(request: PutRequest): MvccError | undefined {
  if (request.key.length === 0) return emptyKey();
  if (request.ignoreValue && request.value.length !== 0) {
    return new MvccError('MVCC_VALUE_PROVIDED', 'ignore_value with a value');
  }
  if (request.ignoreLease && request.lease !== 0n) {
    return new MvccError('MVCC_LEASE_PROVIDED', 'ignore_lease with a lease');
  }
  return undefined;
}

export function checkDeleteRangeRequest(request: DeleteRangeRequest): MvccError | undefined {
  return request.key.length === 0 ? emptyKey() : undefined;
}

/**
 * Checks sizes and nested requests depth first, and only then, as it costs more, that no two
 * writes of a branch can hit one key. `opsMax` bounds the longest of the three lists of a txn;
 * a nested txn gets what the longest list of its parent leaves of it.
 */
export function checkTxnRequest(request: TxnRequest, opsMax: number): MvccError | undefined {
  const mistake = checkTxnShape(request, opsMax);
  if (mistake !== undefined) return mistake;
  if (hasOverlappingWrites(request.success) || hasOverlappingWrites(request.failure)) {
    return new MvccError('MVCC_DUPLICATE_KEY', 'two writes of one txn branch share a key');
  }
  return undefined;
}

function checkTxnShape(request: TxnRequest, opsMax: number): MvccError | undefined {
  const { compare, success, failure } = request;
  const longest = Math.max(compare.length, success.length, failure.length);
  if (longest > opsMax) {
    return new MvccError('MVCC_TOO_MANY_OPS', `${longest} operations, ${opsMax} allowed`);
  }
  for (const { key } of compare) if (key.length === 0) return emptyKey();
  for (const op of success) {
    const mistake = checkOp(op, opsMax - longest);
    if (mistake !== undefined) return mistake;
  }
  for (const op of failure) {
    const mistake = checkOp(op, opsMax - longest);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function checkOp(op: RequestOp, opsMax: number): MvccError | undefined {
  if (op.requestRange !== undefined) return checkRangeRequest(op.requestRange);
  if (op.requestPut !== undefined) return checkPutRequest(op.requestPut);
  if (op.requestDeleteRange !== undefined) return checkDeleteRangeRequest(op.requestDeleteRange);
  if (op.requestTxn !== undefined) return checkTxnShape(op.requestTxn, opsMax);
  return new MvccError('MVCC_KEY_NOT_FOUND', 'an operation that is none');
}

function isEnumValue(value: number, count: number): boolean {
  return value >= 0 && value < count;
}

function emptyKey(): MvccError {
  return new MvccError('MVCC_EMPTY_KEY', 'no key');
}

function invalidSort(what: string): MvccError {
  return new MvccError('MVCC_INVALID_SORT_OPTION', `unknown sort ${what}`);
}
