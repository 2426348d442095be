/** What etcd charges requests against the quota: the bytes of its keys and values, and overhead. */
import type { InternalRaftRequest, PutRequest, RequestOp, TxnRequest } from '../../pb/index.ts';

const KEY_OVERHEAD = 256;
const LEASE_COST = 64;

/** Whether the local state has room for more. */
export interface SpaceCheck {
  /** True for a cost of 0, whatever the size. */
  hasRoomFor(cost: number): boolean;
}

/** The parts of an entry that take space. */
export type SpaceRequest = Partial<Pick<InternalRaftRequest, 'put' | 'txn' | 'leaseGrant'>>;

/** Bytes, 0 for a request that takes no space. */
export function spaceCost({ put, txn, leaseGrant }: SpaceRequest): number {
  if (put !== undefined) return putCost(put);
  if (txn !== undefined) return txnCost(txn);
  return leaseGrant === undefined ? 0 : LEASE_COST;
}

function putCost({ key, value }: PutRequest): number {
  return KEY_OVERHEAD + key.length + value.length;
}

/** That of the dearer branch. */
function txnCost({ success, failure }: TxnRequest): number {
  return Math.max(branchCost(success), branchCost(failure));
}

function branchCost(ops: readonly RequestOp[]): number {
  let cost = 0;
  for (const { requestPut, requestTxn } of ops) {
    if (requestPut !== undefined) cost += putCost(requestPut);
    if (requestTxn !== undefined) cost += txnCost(requestTxn);
  }
  return cost;
}
