import { MvccError, type Store, type StoreHash } from '../../mvcc/index.ts';

/** The hash of this member's state as it is now. Rejects with MvccError or BackendError. */
export async function ownHash(store: Store): Promise<StoreHash> {
  const hashed = await store.hashKv(0);
  if (hashed instanceof MvccError) throw hashed;
  return hashed;
}
