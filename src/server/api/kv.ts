/** The KV service: checks a request, sends it through raft or reads, answers with the result. */
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
import { answer, type ServiceEntry, unary } from './decoded-request.ts';
import { measuredRange } from './measured-range.ts';
import { completeHeader, type MemberView } from './member-view.ts';
import { rpcFailure, unexpectedFailure } from './rpc-errors.ts';
import { hasRoom } from './space.ts';

export function kvService(options: { txnOpsMax: number }, member: MemberView): ServiceEntry[] {
  const kv = new KvService(options.txnOpsMax, member);
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

  constructor(txnOpsMax: number, member: MemberView) {
    this.#txnOpsMax = txnOpsMax;
    this.#member = member;
  }

  range(call: UnaryCall, request: RangeRequest): void {
    if (refused(call, checkRangeRequest(request))) return;
    this.#read(call, {
      serializable: request.serializable,
      read: () => measuredRange(request, this.#member),
      codec: RangeResponse,
    });
  }

  put(call: UnaryCall, request: PutRequest): void {
    if (!hasRoom(call, this.#member, { put: request })) return;
    if (refused(call, checkPutRequest(request))) return;
    this.#member.propose(
      'put',
      request,
      answer(call, (response) => this.#encoded(PutResponse, response)),
    );
  }

  deleteRange(call: UnaryCall, request: DeleteRangeRequest): void {
    if (refused(call, checkDeleteRangeRequest(request))) return;
    this.#member.propose(
      'deleteRange',
      request,
      answer(call, (response) => this.#encoded(DeleteRangeResponse, response)),
    );
  }

  txn(call: UnaryCall, request: TxnRequest): void {
    if (!hasRoom(call, this.#member, { txn: request })) return;
    if (refused(call, checkTxnRequest(request, this.#txnOpsMax))) return;
    if (isReadTxn(request)) {
      this.#read(call, {
        serializable: isSerializableTxn(request),
        read: () => this.#member.store.readTxn(request),
        codec: TxnResponse,
      });
      return;
    }
    this.#member.propose(
      'txn',
      request,
      answer(call, (response) => this.#encoded(TxnResponse, response)),
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

  /** Runs a read at once, or when this member has caught up, and answers when it has its result. */
  #read<Response extends RangeResponse | TxnResponse>(
    call: UnaryCall,
    how: {
      serializable: boolean;
      read: () => ReadResult<Response>;
      codec: { encode(message: Response): Uint8Array };
    },
  ): void {
    const settle = (result: Outcome<Response>): void => {
      if (call.cancelled) return;
      if (result instanceof MvccError) call.fail(rpcFailure(result));
      else call.reply(this.#encoded(how.codec, result));
    };
    const run = (): void => {
      // Who takes requests back as fast as they are sent is not to keep the member busy.
      if (call.cancelled) return;
      const result = how.read();
      if (!(result instanceof Promise)) settle(result);
      else {
        result
          .then(settle)
          .catch((error: unknown) => call.fail(unexpectedFailure(error, this.#member)));
      }
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
