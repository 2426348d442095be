/**
 * A deliberately dumb store: the list of all changes ever made, from which every answer is
 * computed anew. Compaction moves a number and removes nothing.
 */
import { compareBytes, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import {
  type Compare,
  CompareResult,
  CompareTarget,
  type DeleteRangeRequest,
  DeleteRangeResponse,
  KeyValue,
  type PutRequest,
  PutResponse,
  type RangeRequest,
  RangeResponse,
  type RequestOp,
  ResponseHeader,
  ResponseOp,
  SortOrder,
  SortTarget,
  type TxnRequest,
  TxnResponse,
} from '../../../src/pb/index.ts';
import { LEASES } from './store-harness.ts';

export interface ModelChange {
  readonly main: number;
  readonly sub: number;
  readonly key: string;
  /** Undefined for a delete. */
  readonly kv: KeyValue | undefined;
}

/** An error is its code. */
export type ModelOutcome<T> = T | string;

export class StoreModel {
  readonly changes: ModelChange[] = [];
  current = 1;
  compactRev = -1;

  /** The live keys at `revision`, changes of a running txn (main = current + 1) included. */
  stateAt(revision: number): KeyValue[] {
    const state = new Map<string, KeyValue>();
    for (const { main, key, kv } of this.changes) {
      if (main > revision) continue;
      if (kv === undefined) state.delete(key);
      else state.set(key, kv);
    }
    return [...state.values()].sort((a, b) => compareBytes(a.key, b.key));
  }

  valueAt(key: string, revision: number): KeyValue | undefined {
    return this.stateAt(revision).find((kv) => latin1(kv.key) === key);
  }

  range(request: RangeRequest): ModelOutcome<RangeResponse> {
    const revision = request.revision <= 0 ? this.current : request.revision;
    return this.#unreadable(revision) ?? this.#rangeAt(request, revision, this.current);
  }

  #unreadable(revision: number): string | undefined {
    if (revision > this.current) return 'MVCC_FUTURE_REVISION';
    return revision < this.compactRev ? 'MVCC_COMPACTED' : undefined;
  }

  #rangeAt(request: RangeRequest, revision: number, current: number): RangeResponse {
    const all = this.stateAt(revision).filter((kv) => isIn(kv.key, request));
    const header = ResponseHeader.create({ revision: current });
    const count = all.length;
    if (request.countOnly) return RangeResponse.create({ header, count });
    const { sortOrder: order, sortTarget: target, limit } = request;
    const isSortedFirst =
      order === SortOrder.DESCEND || (order === SortOrder.ASCEND && target !== SortTarget.KEY);
    const hasFilter =
      request.minModRevision !== 0 ||
      request.maxModRevision !== 0 ||
      request.minCreateRevision !== 0 ||
      request.maxCreateRevision !== 0;
    const fetched = limit > 0 && !isSortedFirst && !hasFilter ? all.slice(0, limit + 1) : all;
    let kvs = fetched.filter(
      (kv) =>
        (request.maxModRevision === 0 || kv.modRevision <= request.maxModRevision) &&
        (request.minModRevision === 0 || kv.modRevision >= request.minModRevision) &&
        (request.maxCreateRevision === 0 || kv.createRevision <= request.maxCreateRevision) &&
        (request.minCreateRevision === 0 || kv.createRevision >= request.minCreateRevision),
    );
    const sign = order === SortOrder.DESCEND ? -1 : 1;
    kvs.sort((a, b) => sign * compareBy(target, a, b));
    const more = limit > 0 && kvs.length > limit;
    if (more) kvs = kvs.slice(0, limit);
    if (request.keysOnly) kvs = kvs.map((kv) => ({ ...kv, value: new Uint8Array(0) }));
    return RangeResponse.create({ header, count, more, kvs: kvs.map((kv) => KeyValue.encode(kv)) });
  }

  put(request: PutRequest): ModelOutcome<PutResponse> {
    const mistake = this.#missingLease(request) ?? this.#missingKey(request);
    if (mistake !== undefined) return mistake;
    return this.#inTxn((txn) => txn.put(request));
  }

  #missingLease({ lease }: PutRequest): string | undefined {
    return lease === 0n || LEASES.includes(lease) ? undefined : 'MVCC_LEASE_NOT_FOUND';
  }

  #missingKey(request: PutRequest): string | undefined {
    const isMissing = this.valueAt(latin1(request.key), this.current) === undefined;
    const needsFormer = request.ignoreValue || request.ignoreLease;
    return needsFormer && isMissing ? 'MVCC_KEY_NOT_FOUND' : undefined;
  }

  deleteRange(request: DeleteRangeRequest): DeleteRangeResponse {
    return this.#inTxn((txn) => txn.deleteRange(request));
  }

  txn(request: TxnRequest): ModelOutcome<TxnResponse> {
    const path: boolean[] = [];
    this.#decide(request, path);
    const mistake = this.#checkTxn(request, [...path]);
    if (mistake !== undefined) return mistake;
    const response = this.#inTxn((txn) => txn.run(request, path));
    response.header = ResponseHeader.create({ revision: this.current });
    return response;
  }

  /** Appends the outcome of the txn and of each nested one on the way, depth first. */
  #decide(request: TxnRequest, path: boolean[]): void {
    const state = this.stateAt(this.current);
    const succeeded = request.compare.every((compare) => holds(compare, state));
    path.push(succeeded);
    for (const op of succeeded ? request.success : request.failure) {
      if (op.requestTxn !== undefined) this.#decide(op.requestTxn, path);
    }
  }

  #checkTxn(request: TxnRequest, path: boolean[]): string | undefined {
    for (const op of path.shift() === true ? request.success : request.failure) {
      let mistake: string | undefined;
      if (op.requestTxn !== undefined) mistake = this.#checkTxn(op.requestTxn, path);
      if (op.requestPut !== undefined) {
        mistake = this.#missingKey(op.requestPut) ?? this.#missingLease(op.requestPut);
      }
      const revision = op.requestRange?.revision ?? 0;
      if (revision !== 0) mistake = this.#unreadable(revision);
      if (mistake !== undefined) return mistake;
    }
    return undefined;
  }

  deleteKeys(keys: readonly Uint8Array[]): number {
    return this.#inTxn((txn) => {
      const before = txn.subs;
      for (const key of keys) txn.deleteKey(latin1(key));
      return txn.subs - before;
    });
  }

  compact(revision: number): ModelOutcome<number> {
    if (revision <= this.compactRev) return 'MVCC_COMPACTED';
    if (revision > this.current) return 'MVCC_FUTURE_REVISION';
    this.compactRev = revision;
    return this.current;
  }

  #inTxn<T>(body: (txn: ModelTxn) => T): T {
    const txn = new ModelTxn(this, (request, revision) =>
      this.#rangeAt(request, request.revision > 0 ? request.revision : revision, revision),
    );
    const result = body(txn);
    this.current = txn.revision;
    return result;
  }
}

class ModelTxn {
  readonly #model: StoreModel;
  readonly #range: (request: RangeRequest, revision: number) => RangeResponse;
  readonly #main: number;
  subs = 0;

  constructor(
    model: StoreModel,
    range: (request: RangeRequest, revision: number) => RangeResponse,
  ) {
    this.#model = model;
    this.#range = range;
    this.#main = model.current + 1;
  }

  get revision(): number {
    return this.subs > 0 ? this.#main : this.#main - 1;
  }

  put(request: PutRequest): PutResponse {
    const key = latin1(request.key);
    const former = this.#model.valueAt(key, this.#main);
    const kv = KeyValue.create({
      key: request.key,
      createRevision: former?.createRevision ?? this.#main,
      modRevision: this.#main,
      version: (former?.version ?? 0) + 1,
      value: request.ignoreValue ? (former?.value ?? new Uint8Array(0)) : request.value,
      lease: request.ignoreLease ? (former?.lease ?? 0n) : request.lease,
    });
    this.#model.changes.push({ main: this.#main, sub: this.subs++, key, kv });
    const header = ResponseHeader.create({ revision: this.revision });
    const prevKv = request.prevKv && former !== undefined ? KeyValue.encode(former) : undefined;
    return PutResponse.create({ header, prevKv });
  }

  deleteRange(request: DeleteRangeRequest): DeleteRangeResponse {
    const doomed = this.#model.stateAt(this.#main).filter((kv) => isIn(kv.key, request));
    for (const kv of doomed) this.deleteKey(latin1(kv.key));
    return DeleteRangeResponse.create({
      header: ResponseHeader.create({ revision: this.revision }),
      deleted: doomed.length,
      prevKvs: request.prevKv ? doomed.map((kv) => KeyValue.encode(kv)) : [],
    });
  }

  deleteKey(key: string): void {
    if (this.#model.valueAt(key, this.#main) === undefined) return;
    this.#model.changes.push({ main: this.#main, sub: this.subs++, key, kv: undefined });
  }

  run(request: TxnRequest, path: boolean[]): TxnResponse {
    const succeeded = path.shift() === true;
    const responses = (succeeded ? request.success : request.failure).map((op) =>
      this.#runOp(op, path),
    );
    return TxnResponse.create({ header: ResponseHeader.create(), succeeded, responses });
  }

  #runOp(op: RequestOp, path: boolean[]): ResponseOp {
    if (op.requestTxn !== undefined) {
      return ResponseOp.create({ responseTxn: this.run(op.requestTxn, path) });
    }
    if (op.requestPut !== undefined) {
      return ResponseOp.create({ responsePut: this.put(op.requestPut) });
    }
    if (op.requestDeleteRange !== undefined) {
      return ResponseOp.create({ responseDeleteRange: this.deleteRange(op.requestDeleteRange) });
    }
    if (op.requestRange === undefined) return ResponseOp.create();
    return ResponseOp.create({ responseRange: this.#range(op.requestRange, this.revision) });
  }
}

interface Bounds {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

function isIn(key: Uint8Array, { key: from, rangeEnd: to }: Bounds): boolean {
  if (to.length === 0) return compareBytes(key, from) === 0;
  const isOpen = to.length === 1 && to[0] === 0;
  return compareBytes(key, from) >= 0 && (isOpen || compareBytes(key, to) < 0);
}

function compareBy(target: SortTarget, a: KeyValue, b: KeyValue): number {
  if (target === SortTarget.VERSION) return a.version - b.version;
  if (target === SortTarget.CREATE) return a.createRevision - b.createRevision;
  if (target === SortTarget.MOD) return a.modRevision - b.modRevision;
  if (target === SortTarget.VALUE) return compareBytes(a.value, b.value);
  return compareBytes(a.key, b.key);
}

function holds(compare: Compare, state: readonly KeyValue[]): boolean {
  const matching = state.filter((kv) => isIn(kv.key, compare));
  if (matching.length > 0) return matching.every((kv) => holdsFor(compare, kv));
  return compare.target !== CompareTarget.VALUE && holdsFor(compare, KeyValue.create());
}

function holdsFor(compare: Compare, kv: KeyValue): boolean {
  const differences: Record<number, number> = {
    [CompareTarget.VERSION]: kv.version - (compare.version ?? 0),
    [CompareTarget.CREATE]: kv.createRevision - (compare.createRevision ?? 0),
    [CompareTarget.MOD]: kv.modRevision - (compare.modRevision ?? 0),
    [CompareTarget.VALUE]: compareBytes(kv.value, compare.value ?? fromLatin1('')),
    [CompareTarget.LEASE]: Number(kv.lease - (compare.lease ?? 0n)),
  };
  const difference = differences[compare.target] ?? 0;
  if (compare.result === CompareResult.EQUAL) return difference === 0;
  if (compare.result === CompareResult.NOT_EQUAL) return difference !== 0;
  if (compare.result === CompareResult.GREATER) return difference > 0;
  return compare.result === CompareResult.LESS ? difference < 0 : true;
}
