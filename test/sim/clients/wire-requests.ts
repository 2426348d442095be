/** Requests of a history as etcd's API has them, and what its answers say. */
import { fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import {
  CompactionRequest,
  CompactionResponse,
  Compare,
  CompareResult,
  CompareTarget,
  DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  RequestOp,
  type ResponseHeader,
  type ResponseOp,
  TxnRequest,
  TxnResponse,
} from '../../../src/pb/index.ts';
import type * as history from '../check/history.ts';

export interface WireRequest {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What an answer shows, with the revision of its header. */
export interface WireResult {
  readonly revision: number;
  readonly result: history.Result;
}

/** etcd's name for all keys: from the smallest one on, without an end. */
const OPEN_END = Uint8Array.of(0);

export function wireRequest(request: history.Request): WireRequest {
  switch (request.kind) {
    case 'put':
      return { path: '/etcdserverpb.KV/Put', bytes: PutRequest.encode(putOf(request)) };
    case 'delete':
      return {
        path: '/etcdserverpb.KV/DeleteRange',
        bytes: DeleteRangeRequest.encode(deleteOf(request)),
      };
    case 'range':
      return { path: '/etcdserverpb.KV/Range', bytes: RangeRequest.encode(rangeOf(request)) };
    case 'txn':
      return { path: '/etcdserverpb.KV/Txn', bytes: TxnRequest.encode(txnOf(request)) };
    case 'grant':
      return {
        path: '/etcdserverpb.Lease/LeaseGrant',
        bytes: LeaseGrantRequest.encode({ ID: request.lease, TTL: request.ttlSeconds }),
      };
    case 'revoke':
      return {
        path: '/etcdserverpb.Lease/LeaseRevoke',
        bytes: LeaseRevokeRequest.encode({ ID: request.lease }),
      };
    case 'compact':
      return {
        path: '/etcdserverpb.KV/Compact',
        bytes: CompactionRequest.encode({ revision: request.revision, physical: false }),
      };
  }
}

export function wireResult(request: history.Request, bytes: Uint8Array): WireResult {
  switch (request.kind) {
    case 'put': {
      const { header, prevKv } = PutResponse.decode(bytes);
      return shown(header, putResult(prevKv));
    }
    case 'delete': {
      const { header, deleted, prevKvs } = DeleteRangeResponse.decode(bytes);
      return shown(header, deleteResult(deleted, prevKvs));
    }
    case 'range': {
      const { header, kvs } = RangeResponse.decode(bytes);
      return shown(header, { kind: 'range', rows: kvs.map(rowOf) });
    }
    case 'txn': {
      const { header, succeeded: isSuccess, responses } = TxnResponse.decode(bytes);
      return shown(header, { kind: 'txn', isSuccess, results: responses.map(operationResult) });
    }
    case 'grant':
      return shown(LeaseGrantResponse.decode(bytes).header, { kind: 'grant' });
    case 'revoke':
      return shown(LeaseRevokeResponse.decode(bytes).header, { kind: 'revoke' });
    case 'compact':
      return shown(CompactionResponse.decode(bytes).header, { kind: 'compact' });
  }
}

export function rowOf(bytes: Uint8Array): history.KeyRow {
  const { key, value, createRevision, modRevision, version, lease } = KeyValue.decode(bytes);
  const place = { createRevision, modRevision, version, lease };
  return { key: latin1(key), value: latin1(value), ...place };
}

function shown(header: ResponseHeader | undefined, result: history.Result): WireResult {
  return { revision: header?.revision ?? 0, result };
}

/** Former keys are always asked for. */
function putOf({ key, value, lease }: history.PutRequest): PutRequest {
  const [keyBytes, valueBytes] = [fromLatin1(key), fromLatin1(value)];
  return PutRequest.create({ key: keyBytes, value: valueBytes, lease, prevKv: true });
}

function deleteOf({ span }: history.DeleteRequest): DeleteRangeRequest {
  return DeleteRangeRequest.create({ ...spanOf(span), prevKv: true });
}

function rangeOf({ span, revision, isSerializable }: history.RangeRequest): RangeRequest {
  return RangeRequest.create({ ...spanOf(span), revision, serializable: isSerializable });
}

function spanOf({ from, end }: history.Span): { key: Uint8Array; rangeEnd: Uint8Array } {
  const key = from === '' ? OPEN_END : fromLatin1(from);
  return { key, rangeEnd: end === undefined ? OPEN_END : fromLatin1(end) };
}

function txnOf({ compares, success, failure }: history.TxnRequest): TxnRequest {
  return TxnRequest.create({
    compare: compares.map(compareOf),
    success: success.map(operationOf),
    failure: failure.map(operationOf),
  });
}

function operationOf(request: history.KeyRequest): RequestOp {
  switch (request.kind) {
    case 'put':
      return RequestOp.create({ requestPut: putOf(request) });
    case 'delete':
      return RequestOp.create({ requestDeleteRange: deleteOf(request) });
    case 'range':
      return RequestOp.create({ requestRange: rangeOf(request) });
  }
}

const RELATIONS: Readonly<Record<history.Compare['relation'], CompareResult>> = {
  '=': CompareResult.EQUAL,
  '!=': CompareResult.NOT_EQUAL,
  '<': CompareResult.LESS,
  '>': CompareResult.GREATER,
};

function compareOf({ key, target, relation, operand }: history.Compare): Compare {
  const common = { key: fromLatin1(key), result: RELATIONS[relation] };
  switch (target) {
    case 'value':
      return Compare.create({
        ...common,
        target: CompareTarget.VALUE,
        value: fromLatin1(String(operand)),
      });
    case 'version':
      return Compare.create({ ...common, target: CompareTarget.VERSION, version: Number(operand) });
    case 'createRevision':
      return Compare.create({
        ...common,
        target: CompareTarget.CREATE,
        createRevision: Number(operand),
      });
    case 'modRevision':
      return Compare.create({ ...common, target: CompareTarget.MOD, modRevision: Number(operand) });
    case 'lease':
      return Compare.create({ ...common, target: CompareTarget.LEASE, lease: BigInt(operand) });
  }
}

function operationResult(op: ResponseOp): history.KeyResult {
  const { responsePut, responseDeleteRange, responseRange } = op;
  if (responsePut !== undefined) return putResult(responsePut.prevKv);
  if (responseDeleteRange !== undefined) {
    return deleteResult(responseDeleteRange.deleted, responseDeleteRange.prevKvs);
  }
  return { kind: 'range', rows: (responseRange?.kvs ?? []).map(rowOf) };
}

function putResult(prevKv: Uint8Array | undefined): history.PutResult {
  return { kind: 'put', previous: prevKv === undefined ? [] : [rowOf(prevKv)] };
}

function deleteResult(deleted: number, prevKvs: readonly Uint8Array[]): history.DeleteResult {
  return { kind: 'delete', deleted, previous: prevKvs.map(rowOf) };
}
