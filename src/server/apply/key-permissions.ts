/**
 * What a request does with keys, held against what its user may. A transaction is looked at with
 * both of its branches, whichever will run (compat-facts 11).
 */
import type { AuthError, Identity, KeyAccess, KeyRange } from '../../auth/index.ts';
import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { LeaseId } from '../../base/ids.ts';
import type {
  DeleteRangeRequest,
  InternalRaftRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../pb/index.ts';
import type { ReplicatedState } from './replicated-state.ts';

type Refusal = AuthError | undefined;
export type KeyRequest = Partial<
  Pick<InternalRaftRequest, 'range' | 'put' | 'txn' | 'deleteRange' | 'leaseRevoke'>
>;
type State = Pick<ReplicatedState, 'auth' | 'lessor'>;

/** Why the user may not have the request done; undefined when nothing speaks against it. */
export function keyRefusal(request: KeyRequest, identity: Identity, state: State): Refusal {
  if (!state.auth.isEnabled) return undefined;
  const checks = new KeyPermissions(identity, state);
  if (request.range !== undefined) return checks.range(request.range);
  if (request.put !== undefined) return checks.put(request.put);
  if (request.txn !== undefined) return checks.txn(request.txn);
  if (request.deleteRange !== undefined) return checks.deleteRange(request.deleteRange);
  if (request.leaseRevoke !== undefined) return checks.writesLease(request.leaseRevoke.ID);
  return undefined;
}

/** Why the user may not see which keys these leases hold. */
export function leaseRefusal(ids: readonly LeaseId[], identity: Identity, state: State): Refusal {
  if (state.auth.adminRefusal(identity) === undefined) return undefined;
  const checks = new KeyPermissions(identity, state);
  return firstRefusal(ids, (id) => checks.readsLease(id));
}

class KeyPermissions {
  readonly #access: KeyAccess;
  readonly #identity: Identity;
  readonly #state: State;

  constructor(identity: Identity, state: State) {
    this.#access = state.auth.keyAccess(identity);
    this.#identity = identity;
    this.#state = state;
  }

  range(request: RangeRequest): Refusal {
    return this.#access.refusalToRead(request);
  }

  put({ key, lease, prevKv }: PutRequest): Refusal {
    const range = { key, rangeEnd: EMPTY_BYTES };
    return (
      this.#access.refusalToWrite(range) ??
      // Who may not delete the other keys of a lease cannot revoke it: no key of theirs joins it.
      this.writesLease(lease) ??
      (prevKv ? this.#access.refusalToRead(range) : undefined)
    );
  }

  deleteRange(request: DeleteRangeRequest): Refusal {
    return (
      this.#access.refusalToWrite(request) ??
      (request.prevKv ? this.#access.refusalToRead(request) : undefined)
    );
  }

  txn({ compare, success, failure }: TxnRequest): Refusal {
    return (
      firstRefusal(compare, (one: KeyRange) => this.#access.refusalToRead(one)) ??
      firstRefusal(success, (op) => this.#op(op)) ??
      firstRefusal(failure, (op) => this.#op(op))
    );
  }

  #op({ requestRange, requestPut, requestDeleteRange, requestTxn }: RequestOp): Refusal {
    if (requestRange !== undefined) return this.#access.refusalToRead(requestRange);
    if (requestPut !== undefined) return this.put(requestPut);
    if (requestDeleteRange !== undefined) return this.deleteRange(requestDeleteRange);
    return requestTxn === undefined ? undefined : this.txn(requestTxn);
  }

  readsLease(id: LeaseId): Refusal {
    const { lessor } = this.#state;
    if (!lessor.exists(id)) return undefined;
    return firstRefusal(lessor.keys(id), (key) =>
      this.#access.refusalToRead({ key, rangeEnd: EMPTY_BYTES }),
    );
  }

  /** All keys of the lease, if there is such a lease. Root need not be up to date for it. */
  writesLease(id: LeaseId): Refusal {
    const { auth, lessor } = this.#state;
    if (!lessor.exists(id) || auth.adminRefusal(this.#identity) === undefined) return undefined;
    return firstRefusal(lessor.keys(id), (key) =>
      this.#access.refusalToWrite({ key, rangeEnd: EMPTY_BYTES }),
    );
  }
}

function firstRefusal<Item>(items: readonly Item[], refusalOf: (item: Item) => Refusal): Refusal {
  for (const item of items) {
    const refusal = refusalOf(item);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
