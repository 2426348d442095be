/** Questions about a txn request that decide how it is served. */
import type { TxnRequest } from '../../pb/index.ts';

/** Whether both branches hold ranges only: such a txn is read, not proposed. */
export function isReadTxn({ success, failure }: TxnRequest): boolean {
  return (
    success.every((op) => op.requestRange !== undefined) &&
    failure.every((op) => op.requestRange !== undefined)
  );
}

/** Whether a read txn may be served from this member's state, however old. */
export function isSerializableTxn({ success, failure }: TxnRequest): boolean {
  return (
    success.every((op) => op.requestRange?.serializable === true) &&
    failure.every((op) => op.requestRange?.serializable === true)
  );
}
