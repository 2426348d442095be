/** The KV service: checks a request, sends it through raft or reads, answers with the result. */
import type { AuthError, Identity } from '../../auth/index.ts';
import type { UnaryCall } from '../../grpc/index.ts';
import {
  checkDeleteRangeRequest,
  checkPutRequest,
  checkRangeRequest,
  checkTxnRequest,
  isReadTxn,
  isSerializableTxn,
  MvccError,
  type Outcome,
} from '../../mvcc/index.ts';
import {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
} from '../../pb/index.ts';
import { type KeyRequest, keyRefusal } from '../apply/key-permissions.ts';
import type { Callers } from './callers.ts';
import { answer, type ServiceEntry, unary } from './decoded-request.ts';
import { measuredRange } from './measured-range.ts';
import { completeHeader, type MemberView } from './member-view.ts';
import { rpcFailure, unexpectedFailure } from './rpc-errors.ts';
import { hasRoom } from './space.ts';

export function kvService(
  options: { txnOpsMax: number },
  member: MemberView,
  callers: Callers,
): ServiceEntry[] {
  const kv = new KvService(options.txnOpsMax, member, callers);
  return [
    unary('/etcdserverpb.KV/Range', RangeRequest, (call, request) => kv.range(call, request)),
    unary('/etcdserverpb.KV/Put', PutRequest, (call, request) => kv.put(call, request)),
    unary('/etcdserverpb.KV/DeleteRange', DeleteRangeRequest, (call, request) =>
      kv.deleteRange(call, request),
    ),
    unary('/etcdserverpb.KV/Txn', TxnRequest, (call, request) => kv.txn(call, request)),
    unary('/etcdserverpb.KV/Compact', CompactionRequest, (call, request) =>
      kv.compact(call, request),
    ),
  ];
}

/** What a read gives: now, or later when it has to go to the disk. */
type ReadResult<Response> = Outcome<Response> | Promise<Outcome<Response>>;

class KvService {
  readonly #txnOpsMax: number;
  readonly #member: MemberView;
  readonly #callers: Callers;

  constructor(txnOpsMax: number, member: MemberView, callers: Callers) {
    this.#txnOpsMax = txnOpsMax;
    this.#member = member;
    this.#callers = callers;
  }

  range(call: UnaryCall, request: RangeRequest): void {
    if (refused(call, checkRangeRequest(request))) return;
    this.#read(call, {
      serializable: request.serializable,
      request: { range: request },
      read: () => measuredRange(request, this.#member),
      codec: RangeResponse,
    });
  }

  put(call: UnaryCall, request: PutRequest): void {
    if (!hasRoom(call, this.#member, { put: request })) return;
    if (refused(call, checkPutRequest(request))) return;
    const done = answer<'put'>(call, (response) => this.#encoded(PutResponse, response));
    this.#write(call, { put: request }, (identity) =>
      this.#member.propose('put', request, done, identity),
    );
  }

  deleteRange(call: UnaryCall, request: DeleteRangeRequest): void {
    if (refused(call, checkDeleteRangeRequest(request))) return;
    const done = answer<'deleteRange'>(call, (response) =>
      this.#encoded(DeleteRangeResponse, response),
    );
    this.#write(call, { deleteRange: request }, (identity) =>
      this.#member.propose('deleteRange', request, done, identity),
    );
  }

  txn(call: UnaryCall, request: TxnRequest): void {
    if (!hasRoom(call, this.#member, { txn: request })) return;
    if (refused(call, checkTxnRequest(request, this.#txnOpsMax))) return;
    if (isReadTxn(request)) {
      this.#read(call, {
        serializable: isSerializableTxn(request),
        request: { txn: request },
        read: () => this.#member.store.readTxn(request),
        codec: TxnResponse,
      });
      return;
    }
    const done = answer<'txn'>(call, (response) => this.#encoded(TxnResponse, response));
    this.#write(call, { txn: request }, (identity) =>
      this.#member.propose('txn', request, done, identity),
    );
  }

  compact(call: UnaryCall, request: CompactionRequest): void {
    this.#member.propose('compaction', request, (outcome) => {
      const reply = answer<'compaction'>(call, (response) =>
        this.#encoded(CompactionResponse, response),
      );
      const isCompacted = outcome.error === undefined || outcome.error.code === 'MVCC_COMPACTED';
      if (!request.physical || !isCompacted) {
        reply(outcome);
        return;
      }
      // Physical: the answer waits until old revisions are off the disk, whoever asked first.
      this.#member.store
        .compactionsSettled()
        .then(() => reply(outcome))
        .catch((error: unknown) => call.fail(unexpectedFailure(error, this.#member)));
    });
  }

  /** Proposes what the caller may write. */
  #write(call: UnaryCall, request: KeyRequest, propose: (identity: Identity) => void): void {
    const refusalOf = (identity: Identity): AuthError | undefined =>
      keyRefusal(request, identity, this.#member);
    this.#callers.admit(call, refusalOf, propose);
  }

  /** Runs a read at once, or when this member has caught up, and answers when it has its result. */
  #read<Response extends RangeResponse | TxnResponse>(
    call: UnaryCall,
    how: {
      serializable: boolean;
      request: KeyRequest;
      read: () => ReadResult<Response>;
      codec: { encode(message: Response): Uint8Array };
    },
  ): void {
    const settle = (result: Outcome<Response>): void => {
      if (call.cancelled) return;
      if (result instanceof MvccError) call.fail(rpcFailure(result));
      else call.reply(this.#encoded(how.codec, result));
    };
    const read = (identity: Identity): void => {
      const refusal = keyRefusal(how.request, identity, this.#member);
      if (refusal !== undefined) return call.fail(rpcFailure(refusal));
      const result = how.read();
      if (!(result instanceof Promise)) return settle(result);
      result
        .then((found) => {
          // Rights may have changed while the disk was read.
          const now = keyRefusal(how.request, identity, this.#member);
          if (now === undefined) settle(found);
          else call.fail(rpcFailure(now));
        })
        .catch((error: unknown) => call.fail(unexpectedFailure(error, this.#member)));
    };
    const run = (): void => {
      // Who takes requests back as fast as they are sent is not to keep the member busy.
      if (!call.cancelled) this.#callers.identify(call, read);
    };
    if (how.serializable) run();
    else this.#member.linearizable({ run, fail: (error) => call.fail(rpcFailure(error)) });
  }

  /** The response with its header filled in, as bytes. */
  #encoded<Response extends { header: ReturnType<typeof completeHeader> | undefined }>(
    codec: { encode(message: Response): Uint8Array },
    response: Response,
  ): Uint8Array {
    response.header = completeHeader(this.#member, response.header);
    return codec.encode(response);
  }
}

function refused(call: UnaryCall, mistake: MvccError | undefined): boolean {
  if (mistake === undefined) return false;
  call.fail(rpcFailure(mistake));
  return true;
}
