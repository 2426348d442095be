/** The unary requests that workloads are made of. */
import {
  Compare,
  CompareResult,
  CompareTarget,
  KVService,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../src/pb/index.ts';
import { checkHeader, checkNoValue, checkOneValue, checkSucceeded } from '../load/answers.ts';
import type { Request, RequestKind } from '../load/request-set.ts';
import type { KeySpace } from './key-space.ts';

export type BuildRequest = (index: number) => Request;

const PUT: RequestKind = {
  path: KVService.methods.Put.path,
  writes: true,
  streaming: false,
  check: checkHeader,
};

const RANGE = { path: KVService.methods.Range.path, writes: false, streaming: false } as const;

const TXN: RequestKind = {
  path: KVService.methods.Txn.path,
  writes: true,
  streaming: false,
  check: checkSucceeded,
};

/** Writes a new value to a present key, of the first `distinct` ones counted round. */
export function putRequests(space: KeySpace, distinct: number = space.size): BuildRequest {
  return (index) => {
    const request = PutRequest.create({
      key: space.present(index % distinct),
      value: space.value(index),
    });
    return { kind: PUT, body: PutRequest.encode(request) };
  };
}

/** Reads a present key. */
export function rangeRequests(space: KeySpace, serializable: boolean): BuildRequest {
  const kind: RequestKind = { ...RANGE, check: checkOneValue(space.valueBytes) };
  return (index) => {
    const request = RangeRequest.create({ key: space.present(index), serializable });
    return { kind, body: RangeRequest.encode(request) };
  };
}

/** Looks for a key that is not there. */
export function absentRequests(space: KeySpace): BuildRequest {
  const kind: RequestKind = { ...RANGE, check: checkNoValue };
  return (index) => {
    const request = RangeRequest.create({ key: space.absent(index) });
    return { kind, body: RangeRequest.encode(request) };
  };
}

/** Writes a new value to a present key if the key exists, which it does. */
export function txnRequests(space: KeySpace): BuildRequest {
  return (index) => {
    const compare = Compare.create({
      key: space.present(index),
      target: CompareTarget.VERSION,
      result: CompareResult.GREATER,
      version: 0,
    });
    const success = [RequestOp.create({ requestPut: put(space, index) })];
    return {
      kind: TXN,
      body: TxnRequest.encode(TxnRequest.create({ compare: [compare], success })),
    };
  };
}

/** Writes several present keys in one transaction. */
export function batchRequests(space: KeySpace, batch: number): BuildRequest {
  return (index) => {
    const success: RequestOp[] = [];
    const end = Math.min((index + 1) * batch, space.size);
    for (let key = index * batch; key < end; key++) {
      success.push(RequestOp.create({ requestPut: put(space, key) }));
    }
    return { kind: TXN, body: TxnRequest.encode(TxnRequest.create({ success })) };
  };
}

/** For every `writes` requests of one kind, `reads` of the other, evenly interleaved. */
export function mixed(
  writing: { readonly build: BuildRequest; readonly share: number },
  reading: { readonly build: BuildRequest; readonly share: number },
): BuildRequest {
  const period = writing.share + reading.share;
  return (index) => (index % period < writing.share ? writing : reading).build(index);
}

function put(space: KeySpace, index: number): PutRequest {
  return PutRequest.create({ key: space.present(index), value: space.value(index) });
}
