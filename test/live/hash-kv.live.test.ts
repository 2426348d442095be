/**
 * HashKV against real etcd: one seeded history on both, and after every stretch of it the same
 * answer for many revisions, compacted, remembered and future ones too. `SEED=` and `ROUNDS=`
 * try other and longer histories.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../sim/seeded-random.ts';
import { type CallError, call, type GrpcClient, grpcClient } from '../support/grpc-client.ts';
import { freePort, liveSkipReason, MemberProcess } from '../support/processes.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);
const ROUNDS = Number(process.env['ROUNDS'] ?? 12);
const STEPS = 25;

type Fields = Record<string, unknown>;
type Step = readonly [path: string, request: Fields];

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** Draws the next request, from what the ones before can have left behind. */
class History {
  readonly #random: SeededRandom;
  #lease = 1000;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  below(bound: number): number {
    return this.#random.below(bound);
  }

  next(): Step {
    const draw = this.below(20);
    if (draw < 10) return ['KV/Put', this.#put()];
    if (draw < 13) return ['KV/DeleteRange', this.#span()];
    if (draw < 17) return ['KV/Txn', this.#txn(2)];
    if (draw < 19) return ['Lease/LeaseGrant', { ID: String(++this.#lease), TTL: 100_000 }];
    return ['Lease/LeaseRevoke', { ID: String(this.#someLease()) }];
  }

  #key(): Uint8Array {
    return bytes(`k${this.below(12)}`);
  }

  #span(): Fields {
    const draw = this.below(10);
    if (draw === 0) return { key: bytes('\0'), rangeEnd: bytes('\0') };
    return draw < 4 ? { key: this.#key(), rangeEnd: bytes('k5') } : { key: this.#key() };
  }

  #put(): Fields {
    const value = bytes('v'.repeat(this.below(50)));
    return this.below(5) === 0
      ? { key: this.#key(), value, lease: String(this.#someLease()) }
      : { key: this.#key(), value };
  }

  #someLease(): number {
    return 1000 + this.below(this.#lease - 999);
  }

  #txn(depth: number): Fields {
    const compare = [
      { key: this.#key(), target: 'VERSION', result: 'GREATER', version: this.below(4) },
    ];
    return { compare, success: this.#ops(depth), failure: this.#ops(depth) };
  }

  #ops(depth: number): Fields[] {
    return Array.from({ length: this.below(4) }, () => {
      const draw = this.below(depth > 0 ? 6 : 5);
      if (draw < 3) return { requestPut: this.#put() };
      if (draw === 3) return { requestDeleteRange: { key: this.#key() } };
      if (draw === 4) return { requestRange: { key: this.#key() } };
      return { requestTxn: this.#txn(depth - 1) };
    });
  }
}

/** The answer without what names the server, or the error's code and text. */
async function answer(client: GrpcClient, [path, request]: Step): Promise<Fields | string> {
  try {
    const { header, ...rest } = await call(client, `/etcdserverpb.${path}`, request);
    const { revision } = header as Fields;
    return { ...rest, revision };
  } catch (error) {
    const { code, details } = error as CallError;
    return `${code} ${details}`;
  }
}

describe('HashKV against real etcd', { skip: liveSkipReason('etcd') }, () => {
  for (const seed of [SEED, SEED + 1, SEED + 2]) {
    it(`the same answers all along (SEED=${seed})`, async (t) => {
      const members = await Promise.all(
        (['etcd', 'etcd-ts'] as const).map(async (kind) =>
          MemberProcess.start({
            kind,
            clientPort: await freePort(),
            peerPort: await freePort(),
          }),
        ),
      );
      const [real, ours] = members.map(({ endpoint }) => grpcClient(endpoint));
      assert.ok(real !== undefined && ours !== undefined);
      const history = new History(seed);
      let compared = 0;
      const same = async (step: Step): Promise<Fields | string> => {
        const [expected, got] = await Promise.all([answer(real, step), answer(ours, step)]);
        // The 3.5 line does not tell the revision that it hashed.
        if (typeof expected === 'object' && expected['hashRevision'] === '0') {
          expected['hashRevision'] = typeof got === 'object' ? got['hashRevision'] : undefined;
        }
        assert.deepEqual(got, expected, JSON.stringify(step));
        compared++;
        return expected;
      };
      const sameHash = (revision: number): Promise<Fields | string> =>
        same(['Maintenance/HashKV', { revision }]);
      try {
        let compacted = 0;
        for (let round = 0; round < ROUNDS; round++) {
          for (let step = 0; step < STEPS; step++) await same(history.next());
          const now = (await sameHash(0)) as Fields;
          const current = Number(now['revision']);
          for (let n = 0; n < 10; n++) await sameHash(1 + history.below(current + 2));
          await sameHash(compacted);
          if (history.below(3) > 0) {
            compacted += 1 + history.below(Math.max(current - compacted, 1));
            // Physical: the hash of the compaction is there when it answers.
            await same(['KV/Compact', { revision: compacted, physical: true }]);
          }
          for (const revision of [0, compacted - 1, compacted, compacted + 1, current, -3]) {
            await sameHash(revision);
          }
        }
        // A restart forgets the hashes of compactions.
        for (const member of members) {
          await member.kill();
          await member.restart();
        }
        for (const revision of [0, compacted - 1, compacted, compacted + 1]) {
          await sameHash(revision);
        }
        t.diagnostic(`${compared} answers compared`);
      } finally {
        real.close();
        ours.close();
        for (const member of members) await member.dispose();
      }
    });
  }
});
