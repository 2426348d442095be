import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DeleteRangeRequest,
  LeaseGrantRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../../../src/pb/index.ts';
import { type SpaceRequest, spaceCost } from '../../../../src/server/apply/space-cost.ts';

const put = (keyBytes: number, valueBytes: number): PutRequest =>
  PutRequest.create({ key: new Uint8Array(keyBytes), value: new Uint8Array(valueBytes) });
const putOp = (bytes: number): RequestOp => RequestOp.create({ requestPut: put(1, bytes) });
const txn = (success: RequestOp[], failure: RequestOp[] = []): TxnRequest =>
  TxnRequest.create({ success, failure });
const nested = (request: TxnRequest): RequestOp => RequestOp.create({ requestTxn: request });
const range = RequestOp.create({ requestRange: RangeRequest.create({}) });
const deletion = RequestOp.create({ requestDeleteRange: DeleteRangeRequest.create({}) });

/** As etcd 3.6.14 charges them (compat-facts 1.6). */
const TABLE: [string, SpaceRequest, number][] = [
  ['a put', { put: put(3, 100) }, 359],
  ['a lease', { leaseGrant: LeaseGrantRequest.create({}) }, 64],
  ['a txn without a put', { txn: txn([range, deletion], [range]) }, 0],
  ['the dearer branch, first', { txn: txn([putOp(9), putOp(0)], [putOp(9)]) }, 523],
  ['the dearer branch, second', { txn: txn([putOp(9)], [putOp(9), range, putOp(0)]) }, 523],
  [
    'nested txns, by their own dearer branch',
    { txn: txn([putOp(1), nested(txn([putOp(3)], [nested(txn([], [putOp(10)]))]))]) },
    525,
  ],
  ['anything else', {}, 0],
];

describe('space cost', () => {
  for (const [name, request, cost] of TABLE) {
    it(`${name} -> ${cost}`, () => assert.equal(spaceCost(request), cost));
  }
});
