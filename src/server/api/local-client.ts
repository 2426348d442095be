/**
 * A client inside the server: it calls the services' own handlers, so that what it does passes
 * all the checks that a client's request passes. Locks and elections are made of its calls.
 */
import { assert } from '../../base/assert.ts';
import { type Call, RpcError, type ServiceTable } from '../../grpc/index.ts';
import {
  DeleteRangeRequest,
  DeleteRangeResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  type MessageCodec,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  type WatchCreateRequest,
} from '../../pb/index.ts';
import { LocalUnaryCall } from './local-call.ts';
import { localError } from './local-error.ts';
import { LocalWatch } from './local-watch.ts';

/**
 * Acts for one call of a client, with that client's identity. When the call is cancelled its
 * watch ends; what it asks for afterwards is still done, so that it can tidy up.
 */
export class LocalClient {
  readonly #table: ServiceTable;
  readonly #caller: Call;
  #watch: LocalWatch | undefined;

  /** Becomes the listener of `caller` for its cancellation. */
  constructor(table: ServiceTable, caller: Call) {
    this.#table = table;
    this.#caller = caller;
    caller.onCancel(() => this.#watch?.close());
  }

  range(request: Partial<RangeRequest>): Promise<RangeResponse> {
    return this.#unary('/etcdserverpb.KV/Range', RangeRequest, RangeResponse, request);
  }

  txn(request: Partial<TxnRequest>): Promise<TxnResponse> {
    return this.#unary('/etcdserverpb.KV/Txn', TxnRequest, TxnResponse, request);
  }

  deleteKey(key: Uint8Array): Promise<DeleteRangeResponse> {
    const path = '/etcdserverpb.KV/DeleteRange';
    return this.#unary(path, DeleteRangeRequest, DeleteRangeResponse, { key });
  }

  /** Grants a lease of a new id. */
  async grantLease(ttlS: number): Promise<bigint> {
    const path = '/etcdserverpb.Lease/LeaseGrant';
    const request = { TTL: ttlS };
    const { ID } = await this.#unary(path, LeaseGrantRequest, LeaseGrantResponse, request);
    return ID;
  }

  /** Opens a watch, the only one at a time; to be closed. */
  watch(request: Partial<WatchCreateRequest>): LocalWatch {
    const method = this.#table.get('/etcdserverpb.Watch/Watch');
    assert(method?.kind === 'bidi', 'the table has the Watch service');
    this.throwIfCancelled();
    this.#watch = LocalWatch.open(method, request, this.#caller);
    return this.#watch;
  }

  get isCancelled(): boolean {
    return this.#caller.cancelled;
  }

  /** Throws when the caller's call was cancelled: nobody waits for what was going to be done. */
  throwIfCancelled(): void {
    if (this.isCancelled) throw new RpcError('Canceled', 'context canceled');
  }

  /** Rejects with the RpcError to end the caller's call with. */
  async #unary<Request, Response>(
    path: string,
    requests: MessageCodec<Request>,
    responses: MessageCodec<Response>,
    request: Partial<Request>,
  ): Promise<Response> {
    const method = this.#table.get(path);
    assert(method?.kind === 'unary', 'the table has the method');
    const bytes = requests.encode(requests.create(request));
    const outcome = await new Promise<Uint8Array | Parameters<Call['fail']>[0]>((resolve) =>
      method.handler(new LocalUnaryCall(this.#caller, resolve), bytes),
    );
    if (!(outcome instanceof Uint8Array)) throw localError(outcome);
    return responses.decode(outcome);
  }
}
