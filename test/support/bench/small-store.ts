/** A store in a few lines, served through our gRPC server, that misbehaves when told to. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Server } from '../../../bench/run/servers.ts';
import { latin1 } from '../../../src/base/bytes.ts';
import {
  type BidiCall,
  type ServerStreamCall,
  type ServiceMethod,
  type ServiceTable,
  type UnaryCall,
} from '../../../src/grpc/index.ts';
import {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeResponse,
  Event,
  KeyValue,
  KVService,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseService,
  MaintenanceService,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  SnapshotResponse,
  StatusResponse,
  TxnRequest,
  TxnResponse,
  WatchRequest,
  WatchResponse,
  WatchService,
} from '../../../src/pb/index.ts';
import { GrpcEndpoint } from '../grpc/grpc-endpoint.ts';

/** What goes wrong, each at the nth operation of its kind, counted from 1. */
export interface Faults {
  failPut?: number;
  /** Acknowledged, but not done. */
  losePut?: number;
  shortenValue?: number;
  expireLease?: number;
  dropEvent?: number;
  repeatEvent?: number;
  spoilDigest?: number;
}

interface Watcher {
  readonly call: BidiCall;
  readonly id: bigint;
  readonly key: string;
}

/** What a compaction takes. */
export const COMPACTION_MS = 50;

export class SmallStore {
  /** Revision of the last compaction. */
  compactedAt: number | undefined;
  readonly #faults: Faults;
  readonly #values = new Map<string, Uint8Array>();
  readonly #watchers: Watcher[] = [];
  readonly #counts = new Map<keyof Faults, number>();
  #revision = 1;

  constructor(faults: Faults = {}) {
    this.#faults = faults;
  }

  get table(): ServiceTable {
    const { Put, Range, Txn, DeleteRange, Compact } = KVService.methods;
    const { Status } = MaintenanceService.methods;
    const { LeaseGrant, LeaseKeepAlive } = LeaseService.methods;
    const unary = (handler: (call: UnaryCall, request: Uint8Array) => void): ServiceMethod => ({
      kind: 'unary',
      handler,
    });
    return new Map<string, ServiceMethod>([
      [Put.path, unary((call, request) => this.#answerPut(call, PutRequest.decode(request)))],
      [Range.path, unary((call, request) => call.reply(this.#range(RangeRequest.decode(request))))],
      [Txn.path, unary((call, request) => call.reply(this.#txn(TxnRequest.decode(request))))],
      [DeleteRange.path, unary((call) => call.reply(this.#deleteAll()))],
      [Compact.path, unary((call, request) => this.#compact(call, request))],
      [Status.path, unary((call) => call.reply(this.#status()))],
      [LeaseGrant.path, unary((call) => call.reply(this.#grant()))],
      [LeaseKeepAlive.path, { kind: 'bidi', handler: (call) => this.#keepAlive(call) }],
      [
        MaintenanceService.methods.Snapshot.path,
        { kind: 'server-stream', handler: (call) => this.#snapshot(call) },
      ],
      [WatchService.methods.Watch.path, { kind: 'bidi', handler: (call) => this.#watch(call) }],
    ]);
  }

  get keys(): number {
    return this.#values.size;
  }

  #answerPut(call: UnaryCall, request: PutRequest): void {
    if (this.#isDue('failPut')) {
      call.fail({ code: 'Unavailable', message: 'etcdserver: no leader' });
      return;
    }
    if (!this.#isDue('losePut')) this.#put(request);
    call.reply(PutResponse.encode(PutResponse.create({ header: this.#header() })));
  }

  #put({ key, value }: PutRequest): void {
    this.#revision++;
    const name = latin1(key);
    this.#values.set(name, value);
    const kv = KeyValue.encode(KeyValue.create({ key, value, modRevision: this.#revision }));
    const event = Event.encode(Event.create({ kv }));
    for (const watcher of this.#watchers) {
      if (watcher.key !== name || this.#isDue('dropEvent')) continue;
      const response = WatchResponse.create({ watchId: watcher.id, events: [event] });
      const times = this.#isDue('repeatEvent') ? 2 : 1;
      for (let time = 0; time < times; time++) watcher.call.send(WatchResponse.encode(response));
    }
  }

  #range({ key }: RangeRequest): Uint8Array {
    const found = this.#values.get(latin1(key));
    const value = found !== undefined && this.#isDue('shortenValue') ? found.subarray(1) : found;
    const kvs = value === undefined ? [] : [KeyValue.encode(KeyValue.create({ key, value }))];
    const answer = { header: this.#header(), kvs, count: kvs.length };
    return RangeResponse.encode(RangeResponse.create(answer));
  }

  /** Every compare of a load asks whether a key exists. */
  #txn({ compare, success }: TxnRequest): Uint8Array {
    const succeeded = compare.every(({ key }) => this.#values.has(latin1(key)));
    if (succeeded) {
      const before = this.#revision;
      for (const { requestPut } of success) if (requestPut !== undefined) this.#put(requestPut);
      this.#revision = before + 1;
    }
    return TxnResponse.encode(TxnResponse.create({ header: this.#header(), succeeded }));
  }

  #deleteAll(): Uint8Array {
    this.#values.clear();
    this.#revision++;
    return DeleteRangeResponse.encode(DeleteRangeResponse.create({ header: this.#header() }));
  }

  /** Takes a moment. */
  #compact(call: UnaryCall, request: Uint8Array): void {
    this.compactedAt = CompactionRequest.decode(request).revision;
    const answer = CompactionResponse.create({ header: this.#header() });
    setTimeout(() => call.reply(CompactionResponse.encode(answer)), COMPACTION_MS);
  }

  #status(): Uint8Array {
    const dbSizeInUse = this.compactedAt === undefined ? 1000 : 400;
    return StatusResponse.encode(StatusResponse.create({ dbSize: 1000, dbSizeInUse }));
  }

  #grant(): Uint8Array {
    return LeaseGrantResponse.encode(LeaseGrantResponse.create({ header: this.#header() }));
  }

  #keepAlive(call: BidiCall): void {
    call.onMessage((message) => {
      const { ID } = LeaseKeepAliveRequest.decode(message);
      const TTL = this.#isDue('expireLease') ? 0 : 600;
      call.send(LeaseKeepAliveResponse.encode({ header: this.#header(), ID, TTL }));
    });
  }

  #watch(call: BidiCall): void {
    call.onMessage((message) => {
      const { createRequest } = WatchRequest.decode(message);
      if (createRequest === undefined) return;
      const { watchId, key } = createRequest;
      this.#watchers.push({ call, id: watchId, key: latin1(key) });
      call.send(WatchResponse.encode(WatchResponse.create({ watchId, created: true })));
    });
  }

  /** A file of so many bytes as there are keys. */
  #snapshot(call: ServerStreamCall): void {
    const file = new Uint8Array(this.#values.size);
    const half = file.length >> 1;
    const send = (blob: Uint8Array, remainingBytes: number): void =>
      void call.send(SnapshotResponse.encode(SnapshotResponse.create({ blob, remainingBytes })));
    send(file.subarray(0, half), file.length - half);
    send(file.subarray(half), 0);
    const content = this.#isDue('spoilDigest') ? file.subarray(1) : file;
    send(createHash('sha256').update(content).digest(), 0);
    call.end();
  }

  #header(): ResponseHeader {
    return ResponseHeader.create({ clusterId: 1n, memberId: 1n, revision: this.#revision });
  }

  #isDue(fault: keyof Faults): boolean {
    const count = (this.#counts.get(fault) ?? 0) + 1;
    this.#counts.set(fault, count);
    return count === this.#faults[fault];
  }
}

/** Serves `store`, or any table, from this process, on a port of its own. */
export async function serveStore(store: { readonly table: ServiceTable }): Promise<Server> {
  const grpc = new GrpcEndpoint(store.table);
  const listener = createServer((socket) => grpc.injectConnection(socket)).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    name: 'small',
    endpoints: [{ host: '127.0.0.1', port: (listener.address() as AddressInfo).port }],
    version: undefined,
    pids: [process.pid],
    log: () => 'the last line of its log',
    async dispose() {
      listener.close();
      await grpc.shutdown(0);
      assert.deepEqual(grpc.escaped, []);
    },
  };
}
