/** Short forms of KV requests and answers, with text for bytes. */
import { assert } from '../../../src/base/assert.ts';
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { MvccError, type Outcome } from '../../../src/mvcc/errors.ts';
import {
  Compare,
  DeleteRangeRequest,
  KeyValue,
  PutRequest,
  RangeRequest,
  type RangeResponse,
  RequestOp,
  TxnRequest,
} from '../../../src/pb/index.ts';

export const b = fromLatin1;

/** Keys from `key` to `end`; without `end` the one key. */
export function rangeOf(key: string, end = '', more: Partial<RangeRequest> = {}): RangeRequest {
  return RangeRequest.create({ key: b(key), rangeEnd: b(end), ...more });
}

export function putOf(key: string, value = '', more: Partial<PutRequest> = {}): PutRequest {
  return PutRequest.create({ key: b(key), value: b(value), ...more });
}

export function deleteOf(key: string, end = '', prevKv = false): DeleteRangeRequest {
  return DeleteRangeRequest.create({ key: b(key), rangeEnd: b(end), prevKv });
}

export function rangeOp(key: string, end = '', more: Partial<RangeRequest> = {}): RequestOp {
  return RequestOp.create({ requestRange: rangeOf(key, end, more) });
}

export function putOp(key: string, value = '', more: Partial<PutRequest> = {}): RequestOp {
  return RequestOp.create({ requestPut: putOf(key, value, more) });
}

export function deleteOp(key: string, end = '', prevKv = false): RequestOp {
  return RequestOp.create({ requestDeleteRange: deleteOf(key, end, prevKv) });
}

export function txnOf(
  success: RequestOp[],
  failure: RequestOp[] = [],
  compare: Compare[] = [],
): TxnRequest {
  return TxnRequest.create({ success, failure, compare });
}

export function txnOp(
  success: RequestOp[],
  failure: RequestOp[] = [],
  compare: Compare[] = [],
): RequestOp {
  return RequestOp.create({ requestTxn: txnOf(success, failure, compare) });
}

export function compareOf(key: string, fields: Partial<Compare>): Compare {
  return Compare.create({ key: b(key), ...fields });
}

/** The answer of a request that is expected to succeed. */
export function ok<T>(outcome: Outcome<T>): T {
  assert(!(outcome instanceof MvccError), `refused: ${String(outcome)}`);
  return outcome;
}

/** The code of a request that is expected to fail. */
export function codeOf(outcome: unknown): string {
  assert(outcome instanceof MvccError, 'expected an MvccError');
  return outcome.code;
}

/** `key=value` of each row, without `=` for an empty value. */
export function texts(rows: readonly Uint8Array[]): string[] {
  return rows.map((row) => {
    const { key, value } = KeyValue.decode(row);
    return value.length === 0 ? latin1(key) : `${latin1(key)}=${latin1(value)}`;
  });
}

export function rowsOf(response: Outcome<RangeResponse>): string[] {
  return texts(ok(response).kvs);
}
