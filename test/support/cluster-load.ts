/**
 * Clients of a cluster whose members come and go: writers, the owner of a lease, a watcher. Each
 * turns to another member when one fails it; at the end they tell whether they lost anything.
 */
import assert from 'node:assert/strict';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import {
  call,
  decodeResponse,
  encodeRequest,
  type Fields,
  type GrpcClient,
  grpcClient,
  KV,
  openStream,
} from './grpc-client.ts';

/** Between two writes; they wait for no answer, which may be long in coming after an election. */
const WRITE_MS = 5;
/** Writes under way; there is no further one until one of them has ended. */
const WRITES_MAX = 2000;
const LEASE_TTL_S = 5;
const KEEP_ALIVE_MS = 500;
const RETRY_MS = 20;
const WATCH = '/etcdserverpb.Watch/Watch';
const KEEP_ALIVE = '/etcdserverpb.Lease/LeaseKeepAlive';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A key, and the revision that wrote it: each is written once. */
type Write = readonly [key: string, revision: number];

export class ClusterLoad {
  readonly #endpoints: () => readonly string[];
  readonly #clients = new Map<string, GrpcClient>();
  readonly #acknowledged: Write[] = [];
  readonly #seen: Write[] = [];
  #watch: ClientDuplexStream<Buffer, Buffer> | undefined;
  #lease = '0';
  #writing = Promise.resolve();
  #keepingAlive = Promise.resolve();
  #writes = true;
  #isOver = false;

  /** Clients of `endpoints`, which is asked before each try. */
  static async start(endpoints: () => readonly string[]): Promise<ClusterLoad> {
    const load = new ClusterLoad(endpoints);
    const client = load.#client(0);
    const granted = await call(client, '/etcdserverpb.Lease/LeaseGrant', { TTL: LEASE_TTL_S });
    load.#lease = String(granted['ID']);
    const leased = { key: 'leased', value: 'v', lease: load.#lease };
    await call(client, '/etcdserverpb.KV/Put', leased);
    load.#openWatch(0);
    load.#writing = load.#write();
    load.#keepingAlive = load.#keepAlive();
    // Told by `check`.
    load.#keepingAlive.catch(() => undefined);
    return load;
  }

  private constructor(endpoints: () => readonly string[]) {
    this.#endpoints = endpoints;
  }

  /** Writes that were answered so far. */
  get acknowledged(): number {
    return this.#acknowledged.length;
  }

  /**
   * Ends the writes, and fails unless every one that was answered is there, at its revision; the
   * watch has told of every one that is there, once and in order; and the lease lives.
   */
  async check(): Promise<void> {
    this.#writes = false;
    await this.#writing;
    const client = this.#client(0);
    const found = await writesIn(client);
    const revisions = new Map(found);
    assert.ok(this.#acknowledged.length > 0, 'something was written');
    assert.deepEqual(
      this.#acknowledged.filter(([key, revision]) => revisions.get(key) !== revision),
      [],
      'every acknowledged write is there',
    );
    for (let tries = 0; tries < 200 && this.#seen.length < found.length; tries++) await pause(25);
    assert.deepEqual(this.#seen, found, 'the watch tells of every write, once and in order');
    this.#isOver = true;
    await this.#keepingAlive;
    const left = await call(client, '/etcdserverpb.Lease/LeaseTimeToLive', { ID: this.#lease });
    assert.ok(Number(left['TTL']) > 0, 'the lease lives');
    assert.equal(await KV.get(client, bytes('leased')), 'v');
  }

  stop(): void {
    this.#isOver = true;
    this.#watch?.cancel();
    for (const client of this.#clients.values()) client.close();
  }

  #client(attempt: number): GrpcClient {
    const endpoints = this.#endpoints();
    const endpoint = endpoints[attempt % endpoints.length] ?? assert.fail('there is a member');
    const client = this.#clients.get(endpoint) ?? grpcClient(endpoint);
    this.#clients.set(endpoint, client);
    return client;
  }

  async #write(): Promise<void> {
    const pending = new Set<Promise<void>>();
    for (let n = 0; this.#writes && !this.#isOver; n++) {
      if (pending.size < WRITES_MAX) {
        // Through each member in turn; one that fails is as good as none.
        const written = this.#writeOne(n).catch(() => undefined);
        pending.add(written);
        void written.then(() => pending.delete(written));
      }
      await pause(WRITE_MS);
    }
    await Promise.all(pending);
  }

  async #writeOne(n: number): Promise<void> {
    const key = `w/${n}`;
    const revision = await KV.put(this.#client(n), bytes(key), bytes('v'));
    this.#acknowledged.push([key, revision]);
  }

  async #keepAlive(): Promise<void> {
    for (let attempt = 0; !this.#isOver; ) {
      try {
        const ttlS = await keptAlive(this.#client(attempt), this.#lease);
        assert.ok(ttlS > 0, 'the lease is known');
        await pause(KEEP_ALIVE_MS);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        attempt++;
        await pause(RETRY_MS);
      }
    }
  }

  #openWatch(attempt: number): void {
    const stream = openStream(this.#client(attempt), WATCH);
    this.#watch = stream;
    let isEnded = false;
    const again = (): void => {
      if (isEnded || this.#isOver) return;
      isEnded = true;
      stream.cancel();
      setTimeout(() => this.#openWatch(attempt + 1), RETRY_MS);
    };
    stream.on('error', again);
    stream.on('end', again);
    stream.on('data', (message: Buffer) => {
      const { canceled, events } = decodeResponse(WATCH, message);
      if (canceled === true) again();
      // What comes after that, the next stream will tell.
      else if (!isEnded)
        this.#seen.push(...(events as Fields[]).map(({ kv }) => writeOf(kv as Fields)));
    });
    const startRevision = (this.#seen.at(-1)?.[1] ?? 0) + 1;
    const createRequest = { key: 'w/', rangeEnd: 'w0', startRevision };
    stream.write(encodeRequest(WATCH, { createRequest }));
  }
}

function writeOf(kv: Fields): Write {
  return [Buffer.from(kv['key'] as Uint8Array).toString(), Number(kv['modRevision'])];
}

/** In the order of their revisions. */
async function writesIn(client: GrpcClient): Promise<Write[]> {
  const request = { key: 'w/', rangeEnd: 'w0', sortTarget: 'MOD', sortOrder: 'ASCEND' };
  const { kvs } = await call(client, '/etcdserverpb.KV/Range', request);
  return (kvs as Fields[]).map(writeOf);
}

/** The TTL in the answer to one keep-alive. */
function keptAlive(client: GrpcClient, ID: string): Promise<number> {
  const stream = openStream(client, KEEP_ALIVE);
  return new Promise<number>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('end', () => reject(new TypeError('no answer')));
    stream.on('data', (answer: Buffer) =>
      resolve(Number(decodeResponse(KEEP_ALIVE, answer)['TTL'])),
    );
    stream.write(encodeRequest(KEEP_ALIVE, { ID }));
  }).finally(() => stream.cancel());
}
