export { type BackendMeta, loadMeta, MetaKey } from './backend/meta.ts';
export { type RevisionKey, readRevisionKey, revisionKey } from './backend/revision-key.ts';
export {
  checkDeleteRangeRequest,
  checkPutRequest,
  checkRangeRequest,
  checkTxnRequest,
} from './check-request.ts';
export { MvccError, type MvccErrorCode, type Outcome } from './errors.ts';
export type { RevisionHash, StoreHash } from './hash/hashes.ts';
export { type HashedRows, hashRows } from './hash/rows-hash.ts';
export { KeyIndex, NO_SLOT } from './key-index.ts';
export { KEY_START_BYTES_MAX } from './key-sizes.ts';
export type { ChangeSink } from './ports.ts';
export { Store } from './store.ts';
export type { StoreCounters } from './store-counters.ts';
export { type CompactionObserver, STORE_OPTIONS_DEFAULT } from './store-ports.ts';
export { isReadTxn, isSerializableTxn } from './txn/txn-request.ts';
export { ValueCache } from './value-cache.ts';
export {
  type WatchCounts,
  WatchHub,
  type WatchHubOptions,
  type WatchStream,
} from './watch/index.ts';
export { BATCH_BYTES_MAX, KEPT_BYTES_MAX, WriteBuffer } from './write-buffer.ts';
