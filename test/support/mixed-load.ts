/**
 * Clients that do a bit of everything until their member dies: puts, deletes, transactions, leases
 * and keys on them, compactions. What they do follows from a seed; what of it comes to pass does not.
 */
import type { Random } from '../../src/base/ports/random.ts';
import { call, type Fields, type GrpcClient } from './grpc-client.ts';

const API = '/etcdserverpb.';
const KEYS = 300;
const LEASES = 20;
/** Longer than any test: none expires while a member is down. */
const TTL_S = 86_400;
const IN_FLIGHT = 16;

export class MixedLoad {
  readonly #client: GrpcClient;
  readonly #random: Random;
  #isOver = false;
  readonly #running: Promise<unknown>;
  #answered = 0;

  constructor(client: GrpcClient, random: Random) {
    this.#client = client;
    this.#random = random;
    this.#running = Promise.all(Array.from({ length: IN_FLIGHT }, () => this.#run()));
  }

  /** Requests that were answered, those refused by the store included. */
  get answered(): number {
    return this.#answered;
  }

  /** To be called when the member is dead, or is to be left alone. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const [path, request] = this.#next();
      try {
        await call(this.#client, `${API}${path}`, request);
        this.#answered++;
      } catch (error) {
        // Unknown leases, compacted revisions; and a member that is gone.
        if ((error as { code?: number }).code === UNAVAILABLE) return;
        this.#answered++;
      }
    }
  }

  #next(): readonly [path: string, request: Fields] {
    const kind = this.#random.below(100);
    if (kind < 55) return ['KV/Put', this.#put()];
    if (kind < 65) return ['KV/Put', { ...this.#put(), lease: this.#lease() }];
    if (kind < 75) return ['KV/DeleteRange', { key: this.#key() }];
    if (kind < 77) return ['KV/DeleteRange', { key: 'key/1', rangeEnd: 'key/12' }];
    if (kind < 90) return ['KV/Txn', this.#txn()];
    if (kind < 96) return ['Lease/LeaseGrant', { ID: this.#lease(), TTL: TTL_S }];
    if (kind < 98) return ['Lease/LeaseRevoke', { ID: this.#lease() }];
    return ['KV/Compact', { revision: String(1 + this.#random.below(this.#answered + 1)) }];
  }

  #put(): Fields {
    const bytes = this.#random.below(20) === 0 ? 60_000 : this.#random.below(300);
    return { key: this.#key(), value: Buffer.alloc(bytes, this.#random.below(256)) };
  }

  #txn(): Fields {
    const put = (): Fields => ({ requestPut: this.#put() });
    const key = this.#key();
    return {
      compare: [{ key, target: 'VERSION', result: 'GREATER', version: '1' }],
      success: [put(), { requestDeleteRange: { key } }, { requestRange: { key } }],
      failure: [put(), put()].slice(this.#random.below(2)),
    };
  }

  #key(): string {
    return `key/${this.#random.below(KEYS)}`;
  }

  #lease(): string {
    return String(1 + this.#random.below(LEASES));
  }
}

const UNAVAILABLE = 14;
