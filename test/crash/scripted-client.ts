/** A client that follows a script, and remembers what it was told and what the log held. */
import { utf8Bytes } from '../../src/base/utf8.ts';
import {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  type Entry,
  type InternalRaftRequest,
  LeaseGrantRequest,
  type MessageCodec,
  PutRequest,
  RequestOp,
  TxnRequest,
} from '../../src/pb/index.ts';
import type { SimMember } from '../sim/sim-member.ts';
import type { FakeUnaryCall } from '../support/server/fake-calls.ts';
import { labelOf } from './log-model.ts';
import { lastIndexOf, survivingLog } from './surviving-log.ts';

/** An answered write. */
export interface Answer {
  readonly label: string;
  readonly revision: number;
}

/** What is known of the writes so far: what clients were told, and the log since its beginning. */
export class Knowledge {
  readonly answers: Answer[];
  /** By index; purged ones too. */
  readonly entries: Map<number, Entry>;

  constructor(from?: Knowledge) {
    this.answers = [...(from?.answers ?? [])];
    this.entries = new Map(from?.entries);
  }

  /** Takes in what the log holds now. */
  see(files: SimMember['files']): void {
    const log = survivingLog(files);
    for (const [index, entry] of log.entries) this.entries.set(index, entry);
    this.forgetFrom(lastIndexOf(log) + 1);
  }

  /** The log has lost its end: later entries will take these indexes. */
  forgetFrom(first: number): void {
    for (const index of this.entries.keys()) if (index >= first) this.entries.delete(index);
  }
}

interface Running {
  readonly label: string;
  readonly call: FakeUnaryCall;
}

export class ScriptedClient {
  readonly sim: SimMember;
  readonly knowledge: Knowledge;
  /** Answers at the moment the member reported its failure. */
  answersAtFailure: number | undefined;
  #running: Running[] = [];

  constructor(sim: SimMember, knowledge: Knowledge) {
    this.sim = sim;
    this.knowledge = knowledge;
  }

  get hasFailed(): boolean {
    return this.sim.fatals.length > 0;
  }

  put(key: string, value: string, lease = 0n): void {
    const put = putRequest(key, value, lease);
    this.#send('KV/Put', PutRequest, put, { put });
  }

  delete(key: string): void {
    const deleteRange = DeleteRangeRequest.create({ key: utf8Bytes(key) });
    this.#send('KV/DeleteRange', DeleteRangeRequest, deleteRange, { deleteRange });
  }

  /** Puts that happen together. */
  txn(puts: Readonly<Record<string, string>>): void {
    const success = Object.entries(puts).map(([key, value]) =>
      RequestOp.create({ requestPut: putRequest(key, value, 0n) }),
    );
    const txn = TxnRequest.create({ success });
    this.#send('KV/Txn', TxnRequest, txn, { txn });
  }

  compact(revision: number, physical = false): void {
    const compaction = CompactionRequest.create({ revision, physical });
    this.#send('KV/Compact', CompactionRequest, compaction, { compaction });
  }

  grant(ID: bigint, ttlS: number): void {
    const leaseGrant = LeaseGrantRequest.create({ ID, TTL: ttlS });
    this.#send('Lease/LeaseGrant', LeaseGrantRequest, leaseGrant, { leaseGrant });
  }

  /** Goes on until every request has ended. */
  async settle(): Promise<void> {
    await this.until(() => this.#running.length === 0);
    this.knowledge.see(this.sim.files);
  }

  /** Goes on until `condition` holds, or the member has failed. */
  async until(condition: () => boolean): Promise<void> {
    await this.sim.until(() => {
      this.collect();
      return condition() || this.hasFailed;
    });
  }

  /** Goes on for so long, whether the member fails or not. */
  async pass(ms: number): Promise<void> {
    const endMs = this.sim.scheduler.monotonicMs() + ms;
    await this.sim.until(() => {
      this.collect();
      return this.sim.scheduler.monotonicMs() >= endMs;
    });
  }

  /** Takes in the answers. */
  collect(): void {
    this.#running = this.#running.filter(({ call, label }) => {
      if (!call.isOver) return true;
      if (call.response === undefined) return false;
      // Every response has the header as its first field; this one has no other.
      const { header } = CompactionResponse.decode(call.response);
      this.knowledge.answers.push({ label, revision: header?.revision ?? 0 });
      return false;
    });
    if (this.hasFailed) this.answersAtFailure ??= this.knowledge.answers.length;
  }

  #send<Request>(
    method: string,
    codec: MessageCodec<Request>,
    request: Request,
    logged: Partial<InternalRaftRequest>,
  ): void {
    const call = this.sim.unary(`/etcdserverpb.${method}`, codec, request);
    this.#running.push({ label: labelOf(logged) ?? '', call });
  }
}

function putRequest(key: string, value: string, lease: bigint): PutRequest {
  return PutRequest.create({ key: utf8Bytes(key), value: utf8Bytes(value), lease });
}
