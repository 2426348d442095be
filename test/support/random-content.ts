/** Seeded content that leaves everything behind that a database can hold. */
import type { SeededRandom } from '../sim/seeded-random.ts';
import { call, type Fields, type GrpcClient } from './grpc-client.ts';

const API = '/etcdserverpb.';
/** Below the default --max-txn-ops. */
const PUTS_PER_TXN = 100;
const LARGE_BYTES = 1_400_000;
const LEASES = 5;

type Step = readonly [path: string, request: Fields];

export interface ContentSize {
  readonly keys: number;
  /** Of 1.4 MB. */
  readonly largeValues: number;
}

/**
 * Binary keys, some written again and again, some deleted; values empty, small, of some pages, and
 * large; leases with keys, and one that is revoked; history, some of it compacted.
 */
export async function writeContent(
  client: GrpcClient,
  random: SeededRandom,
  size: ContentSize,
): Promise<void> {
  const content = new RandomContent(random, size.keys);
  for (let lease = 1; lease <= LEASES; lease++) {
    await call(client, `${API}Lease/LeaseGrant`, {
      ID: String(lease),
      TTL: String(lease * 10_000),
    });
  }
  const rounds = Math.ceil((size.keys * 1.3) / PUTS_PER_TXN);
  const compactions = [0.4, 0.7].map((part) => Math.floor(rounds * part));
  for (let round = 0; round < rounds; round++) {
    let revision = 0;
    for (const [path, request] of content.round()) {
      const answer = await call(client, `${API}${path}`, request);
      revision = Number((answer['header'] as Fields)['revision']);
    }
    if (!compactions.includes(round)) continue;
    const compaction = { revision: String(Math.max(2, revision - 20)), physical: true };
    await call(client, `${API}KV/Compact`, compaction);
  }
  for (let n = 0; n < size.largeValues; n++) {
    const value = Buffer.alloc(LARGE_BYTES, random.below(256));
    await call(client, `${API}KV/Put`, { key: content.key(), value });
  }
  await call(client, `${API}Lease/LeaseRevoke`, { ID: '1' });
}

class RandomContent {
  readonly #random: SeededRandom;
  readonly #keys: number;

  constructor(random: SeededRandom, keys: number) {
    this.#random = random;
    this.#keys = keys;
  }

  /** A transaction of puts, sometimes a delete behind it. */
  round(): Step[] {
    const puts = new Map<string, Fields>();
    for (let put = 0; put < PUTS_PER_TXN; put++) {
      const key = this.key();
      const lease = this.#random.chance(50) ? 1 + this.#random.below(LEASES) : 0;
      puts.set(key.toString('hex'), { key, value: this.#value(), lease: String(lease) });
    }
    const success = [...puts.values()].map((requestPut) => ({ requestPut }));
    const steps: Step[] = [['KV/Txn', { success }]];
    if (this.#random.chance(500)) steps.push(['KV/DeleteRange', { key: this.key() }]);
    if (this.#random.chance(100)) steps.push(['KV/DeleteRange', this.#span()]);
    return steps;
  }

  /** One of so many; they differ in length, and hold any byte. */
  key(): Buffer {
    const number = this.#random.below(this.#keys);
    const key = Buffer.alloc(4 + (number % 61), number);
    // Scattered, so that neighbours are not written one after the other.
    key.writeUInt32BE(Math.imul(number, 0x9e3779b1) >>> 0);
    return key;
  }

  /** A few neighbours. */
  #span(): Fields {
    const key = this.key();
    const rangeEnd = Buffer.alloc(4);
    rangeEnd.writeUInt32BE(Math.min(0xffffffff, key.readUInt32BE() + 0x100_0000));
    return { key, rangeEnd };
  }

  #value(): Buffer {
    const draw = this.#random.below(100);
    if (draw < 10) return Buffer.alloc(0);
    const length = this.#random.below(draw < 98 ? 100 : 10_000);
    return Buffer.alloc(length, this.#random.below(256));
  }
}
