/**
 * Clients of a simulated member, and what they may expect of it across crashes: a write that was
 * answered is there for ever, one that was not is there once or never, revisions have no gaps,
 * what a watcher has seen is never taken back, and reads show the state that the watched events
 * add up to.
 */
import assert from 'node:assert/strict';
import { latin1 } from '../../src/base/bytes.ts';
import { utf8Bytes } from '../../src/base/utf8.ts';
import {
  CompactionRequest,
  DeleteRangeRequest,
  DeleteRangeResponse,
  Event,
  EventType,
  KeyValue,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseRevokeRequest,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  RequestOp,
  TxnRequest,
  TxnResponse,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from '../../src/pb/index.ts';
import type { FakeBidiCall, FakeUnaryCall } from '../support/server/fake-calls.ts';
import type { SimMember } from './sim-member.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const ALL_KEYS = Uint8Array.of(0);
/** Calls under way at once. */
const CALLS_MAX = 12;

/** A key as the events say it is. */
interface Row {
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: bigint;
}

/** A call under way; `answered` gets the response, `floor` is what a read has to show at least. */
interface Running {
  readonly call: FakeUnaryCall;
  readonly answered: (response: Uint8Array) => void;
}

export class MemberWorkload {
  /** Messages of calls that failed, with how often. */
  readonly failures = new Map<string, number>();
  /** Answered writes, all of which the events must hold. */
  acknowledged = 0;
  readonly #sim: SimMember;
  #running: Running[] = [];
  #watch: FakeBidiCall | undefined;
  /** Last revision whose events were seen. */
  #seen = 1;
  /** Highest revision that any answer named. */
  #answered = 1;
  #compacted = -1;
  #nextValue = 1;
  #leases: bigint[] = [];
  /** Where the events show each written value: it is written once. */
  readonly #writtenAt = new Map<string, number>();
  /** For each key what it was from a revision on, ascending; undefined = deleted. */
  readonly #rows = new Map<string, { revision: number; row: Row | undefined }[]>();
  readonly #claims: { readonly value: string; readonly revision: number }[] = [];
  readonly #reads: { key: string; revision: number; row: Row | undefined }[] = [];

  constructor(sim: SimMember) {
    this.#sim = sim;
  }

  get seen(): number {
    return this.#seen;
  }

  /** Watches everything from where it was last seen; after each start of the member. */
  connect(): void {
    this.#running = [];
    this.#watch = this.#sim.bidi('/etcdserverpb.Watch/Watch');
    const createRequest = WatchCreateRequest.create({
      key: ALL_KEYS,
      rangeEnd: ALL_KEYS,
      startRevision: this.#seen + 1,
    });
    this.#watch.receive(WatchRequest.encode(WatchRequest.create({ createRequest })));
  }

  /** Takes in what was answered, and may begin another call. */
  act(): void {
    this.#collect();
    if (this.#running.length >= CALLS_MAX) return;
    const { random } = this.#sim;
    const kind = random.below(20);
    if (kind < 9) this.#put();
    else if (kind < 11) this.#delete();
    else if (kind < 14) this.#txn();
    else if (kind < 17) this.#read();
    else if (kind < 18) this.#compact();
    else if (kind < 19) this.#grant();
    else this.#revoke();
  }

  /** Waits for every call, then compares all the member says with what was seen and answered. */
  async settleAndCheck(): Promise<void> {
    const sim = this.#sim;
    await sim.until(() => {
      this.#collect();
      return this.#running.length === 0;
    });
    const range = this.#range({ key: ALL_KEYS, rangeEnd: ALL_KEYS });
    await sim.until(() => range.isOver);
    const { header, kvs } = RangeResponse.decode(response(range));
    const revision = header?.revision ?? 0;
    await sim.until(() => {
      this.#collect();
      return this.#seen >= revision;
    });
    assert.ok(revision >= this.#answered, 'an answered revision is there');
    assert.deepEqual(new Map(kvs.map(rowOf)), this.#stateAt(revision), 'the state is its events');
    await this.#checkOldRevision(revision);
    for (const { value, revision: claimed } of this.#claims) {
      assert.equal(this.#writtenAt.get(value), claimed, `answered write ${value} is in history`);
    }
    for (const { key, revision: at, row } of this.#reads.splice(0)) {
      assert.deepEqual(row, this.#rowAt(key, at), `read of ${key} at revision ${at}`);
    }
  }

  async #checkOldRevision(current: number): Promise<void> {
    const floor = Math.max(2, this.#sim.member.store.compactRevision);
    const revision = floor + this.#sim.random.below(current - floor + 1);
    if (revision > current) return;
    const range = this.#range({ key: ALL_KEYS, rangeEnd: ALL_KEYS, revision });
    await this.#sim.until(() => range.isOver);
    const { kvs } = RangeResponse.decode(response(range));
    assert.deepEqual(new Map(kvs.map(rowOf)), this.#stateAt(revision), `state at ${revision}`);
  }

  #put(): void {
    const { random } = this.#sim;
    const key = this.#key();
    const value = this.#value();
    const lease = random.below(4) === 0 ? this.#lease() : 0n;
    const request = PutRequest.create({ key: utf8Bytes(key), value: utf8Bytes(value), lease });
    const call = this.#sim.unary('/etcdserverpb.KV/Put', PutRequest, request);
    this.#run(call, (bytes) => this.#wrote(PutResponse.decode(bytes), [value]));
  }

  #delete(): void {
    const request = DeleteRangeRequest.create({ key: utf8Bytes(this.#key()) });
    const call = this.#sim.unary('/etcdserverpb.KV/DeleteRange', DeleteRangeRequest, request);
    this.#run(call, (bytes) => this.#wrote(DeleteRangeResponse.decode(bytes), []));
  }

  /** Two puts that happen together. */
  #txn(): void {
    const values = [this.#value(), this.#value()];
    const first = this.#sim.random.below(KEYS.length - 1);
    const success = values.map((value, i) =>
      RequestOp.create({
        requestPut: {
          ...PutRequest.create({ key: utf8Bytes(KEYS[first + i] ?? '') }),
          value: utf8Bytes(value),
        },
      }),
    );
    const call = this.#sim.unary(
      '/etcdserverpb.KV/Txn',
      TxnRequest,
      TxnRequest.create({ success }),
    );
    this.#run(call, (bytes) => this.#wrote(TxnResponse.decode(bytes), values));
  }

  #read(): void {
    const key = this.#key();
    const floor = this.#answered;
    this.#run(this.#range({ key: utf8Bytes(key) }), (bytes) => {
      const { header, kvs } = RangeResponse.decode(bytes);
      const revision = header?.revision ?? 0;
      assert.ok(revision >= floor, 'a linearizable read shows what was answered before it');
      const row = kvs[0] === undefined ? undefined : rowOf(kvs[0])[1];
      this.#reads.push({ key, revision, row });
    });
  }

  /** Only of revisions that were seen: the watcher must be able to go on behind a crash. */
  #compact(): void {
    const revision = this.#seen - this.#sim.random.below(20);
    if (revision <= Math.max(1, this.#compacted)) return;
    this.#compacted = revision;
    const request = CompactionRequest.create({
      revision,
      physical: this.#sim.random.below(3) === 0,
    });
    const call = this.#sim.unary('/etcdserverpb.KV/Compact', CompactionRequest, request);
    this.#run(call, () => undefined);
  }

  #grant(): void {
    const request = LeaseGrantRequest.create({ TTL: 2 + this.#sim.random.below(3) });
    const call = this.#sim.unary('/etcdserverpb.Lease/LeaseGrant', LeaseGrantRequest, request);
    this.#run(call, (bytes) => {
      this.#leases.push(LeaseGrantResponse.decode(bytes).ID);
    });
  }

  #revoke(): void {
    const ID = this.#lease();
    if (ID === 0n) return;
    this.#leases = this.#leases.filter((lease) => lease !== ID);
    const call = this.#sim.unary('/etcdserverpb.Lease/LeaseRevoke', LeaseRevokeRequest, { ID });
    this.#run(call, () => undefined);
  }

  #range(fields: Partial<RangeRequest>): FakeUnaryCall {
    return this.#sim.unary('/etcdserverpb.KV/Range', RangeRequest, RangeRequest.create(fields));
  }

  #run(call: FakeUnaryCall, answered: (response: Uint8Array) => void): void {
    this.#running.push({ call, answered });
  }

  #wrote(
    { header }: { header: { revision: number } | undefined },
    values: readonly string[],
  ): void {
    const revision = header?.revision ?? 0;
    this.#answered = Math.max(this.#answered, revision);
    this.acknowledged += 1;
    for (const value of values) this.#claims.push({ value, revision });
  }

  #collect(): void {
    this.#running = this.#running.filter(({ call, answered }) => {
      if (!call.isOver) return true;
      if (call.response !== undefined) answered(call.response);
      const message = call.failure?.message;
      if (message !== undefined) this.failures.set(message, (this.failures.get(message) ?? 0) + 1);
      return false;
    });
    for (const bytes of this.#watch?.take() ?? []) this.#watched(WatchResponse.decode(bytes));
  }

  #watched(response: WatchResponse): void {
    assert.equal(response.canceled, false, 'nobody cancels the watcher');
    const first = this.#seen + 1;
    for (const bytes of response.events) {
      const event = Event.decode(bytes);
      const kv = KeyValue.decode(event.kv ?? new Uint8Array(0));
      const revision = kv.modRevision;
      const isNext = revision === this.#seen + 1;
      assert.ok(isNext || (revision === this.#seen && revision >= first), 'no revision is missing');
      this.#seen = revision;
      if (event.type === EventType.DELETE) this.#happened(latin1(kv.key), revision, undefined);
      else this.#putHappened(kv);
    }
  }

  #putHappened(kv: KeyValue): void {
    const [key, row] = rowOf(KeyValue.encode(kv));
    assert.equal(this.#writtenAt.has(row.value), false, `${row.value} is written once`);
    this.#writtenAt.set(row.value, row.modRevision);
    const before = this.#rowAt(key, row.modRevision);
    assert.equal(row.version, (before?.version ?? 0) + 1);
    assert.equal(row.createRevision, before?.createRevision ?? row.modRevision);
    this.#happened(key, row.modRevision, row);
  }

  #happened(key: string, revision: number, row: Row | undefined): void {
    const rows = this.#rows.get(key);
    if (rows === undefined) this.#rows.set(key, [{ revision, row }]);
    else rows.push({ revision, row });
  }

  #rowAt(key: string, revision: number): Row | undefined {
    return this.#rows.get(key)?.findLast((change) => change.revision <= revision)?.row;
  }

  #stateAt(revision: number): Map<string, Row> {
    const state = new Map<string, Row>();
    for (const key of [...this.#rows.keys()].sort()) {
      const row = this.#rowAt(key, revision);
      if (row !== undefined) state.set(key, row);
    }
    return state;
  }

  #key(): string {
    return KEYS[this.#sim.random.below(KEYS.length)] ?? '';
  }

  #value(): string {
    return `v${this.#nextValue++}`;
  }

  #lease(): bigint {
    return this.#leases[this.#sim.random.below(Math.max(1, this.#leases.length))] ?? 0n;
  }
}

function rowOf(bytes: Uint8Array): [string, Row] {
  const { key, value, createRevision, modRevision, version, lease } = KeyValue.decode(bytes);
  return [latin1(key), { value: latin1(value), createRevision, modRevision, version, lease }];
}

function response(call: FakeUnaryCall): Uint8Array {
  assert.equal(call.failure, undefined);
  assert.ok(call.response !== undefined, 'the call was answered');
  return call.response;
}
