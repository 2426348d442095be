/**
 * Runs the operations of one applied entry, alone or in a txn. Everything that can fail is
 * checked before the first write, so that a failing entry changes nothing on any member.
 */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import {
  type DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  type PutRequest,
  PutResponse,
  type RangeRequest,
  type RangeResponse,
  type RequestOp,
  ResponseHeader,
  ResponseOp,
  type TxnRequest,
  TxnResponse,
} from '../../pb/index.ts';
import { MvccError } from '../errors.ts';
import { type KeyIndex, NO_SLOT, type Slot } from '../key-index.ts';
import type { LeaseAttacher } from '../ports.ts';
import { keyRange } from '../range/key-range.ts';
import type { RangeReader } from '../range/range-reader.ts';
import { type RevisionState, unreadable } from '../revision-state.ts';
import type { StoreCounters } from '../store-counters.ts';
import type { CompareEvaluator } from './compare-evaluator.ts';
import type { WriteTxn } from './write-txn.ts';

/** A txn whose compares are evaluated: the branch to run, with nested txns in their places. */
export interface DecidedTxn {
  readonly succeeded: boolean;
  readonly ops: readonly RequestOp[];
  /** By position in `ops`; undefined where the operation is no txn. */
  readonly nested: readonly (DecidedTxn | undefined)[];
}

export interface ExecutorParts {
  readonly index: KeyIndex;
  readonly leases: LeaseAttacher;
  readonly compares: CompareEvaluator;
  readonly ranges: RangeReader;
  readonly revisions: RevisionState;
  readonly counters: StoreCounters;
}

export class TxnExecutor {
  readonly #parts: ExecutorParts;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /** Chooses branches, nested ones too, by the state before the txn. */
  decide(request: TxnRequest): DecidedTxn {
    const succeeded = this.#parts.compares.holdAll(request.compare);
    const ops = succeeded ? request.success : request.failure;
    const nested = ops.map(({ requestTxn }) =>
      requestTxn === undefined ? undefined : this.decide(requestTxn),
    );
    return { succeeded, ops, nested };
  }

  /** The first operation of the chosen path that cannot run. */
  check({ ops, nested }: DecidedTxn): MvccError | undefined {
    for (const [i, op] of ops.entries()) {
      const mistake = this.#checkOp(op, nested[i]);
      if (mistake !== undefined) return mistake;
    }
    return undefined;
  }

  #checkOp(op: RequestOp, nested: DecidedTxn | undefined): MvccError | undefined {
    if (nested !== undefined) return this.check(nested);
    if (op.requestRange !== undefined) return this.#checkRange(op.requestRange);
    if (op.requestPut !== undefined) return this.#checkPutInTxn(op.requestPut);
    return undefined;
  }

  /** As etcd: in a txn, unlike alone, a negative revision is below the floor. */
  #checkRange({ revision }: RangeRequest): MvccError | undefined {
    if (revision === 0) return undefined;
    return unreadable(revision, this.#parts.revisions);
  }

  /** Why a put that is a request of its own cannot run. */
  checkPut(request: PutRequest): MvccError | undefined {
    return this.#missingLease(request) ?? this.#missingKey(request);
  }

  /** As etcd 3.6: in a txn, unlike alone, a missing key is noticed before a missing lease. */
  #checkPutInTxn(request: PutRequest): MvccError | undefined {
    return this.#missingKey(request) ?? this.#missingLease(request);
  }

  #missingLease({ lease }: PutRequest): MvccError | undefined {
    if (lease === 0n || this.#parts.leases.exists(lease)) return undefined;
    return new MvccError('MVCC_LEASE_NOT_FOUND', `no lease ${lease}`);
  }

  #missingKey({ key, ignoreValue, ignoreLease }: PutRequest): MvccError | undefined {
    if (!ignoreValue && !ignoreLease) return undefined;
    if (this.#liveSlot(key) !== NO_SLOT) return undefined;
    return new MvccError('MVCC_KEY_NOT_FOUND', 'ignore_value or ignore_lease on a missing key');
  }

  /** Runs a checked txn. */
  execute(decided: DecidedTxn, txn: WriteTxn): TxnResponse {
    const responses = decided.ops.map((op, i) => this.#executeOp(op, decided.nested[i], txn));
    // The outermost header is filled in at the end; those of nested txns stay empty.
    return TxnResponse.create({
      header: ResponseHeader.create(),
      succeeded: decided.succeeded,
      responses,
    });
  }

  #executeOp(op: RequestOp, nested: DecidedTxn | undefined, txn: WriteTxn): ResponseOp {
    if (nested !== undefined) {
      return ResponseOp.create({ responseTxn: this.execute(nested, txn) });
    }
    if (op.requestRange !== undefined) {
      return ResponseOp.create({ responseRange: this.#range(op.requestRange, txn) });
    }
    if (op.requestPut !== undefined) {
      return ResponseOp.create({ responsePut: this.put(op.requestPut, txn) });
    }
    if (op.requestDeleteRange !== undefined) {
      const response = this.deleteRange(op.requestDeleteRange, txn);
      return ResponseOp.create({ responseDeleteRange: response });
    }
    return ResponseOp.create();
  }

  #range(request: RangeRequest, txn: WriteTxn): RangeResponse {
    this.#parts.counters.ranges++;
    const current = txn.revision;
    const revision = request.revision > 0 ? request.revision : current;
    return this.#parts.ranges.readNow({ request, revision, current });
  }

  /** Runs a checked put. */
  put(request: PutRequest, txn: WriteTxn): PutResponse {
    const { key, ignoreValue, ignoreLease } = request;
    const { counters } = this.#parts;
    const needsFormer = ignoreValue || ignoreLease || request.prevKv;
    if (needsFormer) counters.ranges++;
    counters.puts++;
    counters.putBytes += key.length + request.value.length;
    const slot = needsFormer ? this.#liveSlot(key) : NO_SLOT;
    const prevKv = slot === NO_SLOT ? undefined : txn.value(slot);
    const former = KeyValue.decode(prevKv ?? EMPTY_BYTES);
    txn.put({
      key,
      value: ignoreValue ? former.value : request.value,
      lease: ignoreLease ? former.lease : request.lease,
    });
    return PutResponse.create({
      header: ResponseHeader.create({ revision: txn.revision }),
      prevKv: request.prevKv ? prevKv : undefined,
    });
  }

  deleteRange(request: DeleteRangeRequest, txn: WriteTxn): DeleteRangeResponse {
    const { counters } = this.#parts;
    counters.deletes++;
    if (request.prevKv) counters.ranges++;
    const slots = this.#liveSlots(request);
    const prevKvs = request.prevKv ? slots.map((slot) => txn.value(slot)) : [];
    for (const slot of slots) txn.delete(slot);
    return DeleteRangeResponse.create({
      header: ResponseHeader.create({ revision: txn.revision }),
      deleted: slots.length,
      prevKvs,
    });
  }

  #liveSlot(key: Uint8Array): Slot {
    const { index } = this.#parts;
    const slot = index.find(key);
    return slot !== NO_SLOT && index.isLive(slot) ? slot : NO_SLOT;
  }

  #liveSlots({ key, rangeEnd }: DeleteRangeRequest): Slot[] {
    const range = keyRange(key, rangeEnd);
    if (range.kind === 'span') return this.#parts.index.liveSlots(range.span, 0);
    const slot = this.#liveSlot(range.key);
    return slot === NO_SLOT ? [] : [slot];
  }
}
