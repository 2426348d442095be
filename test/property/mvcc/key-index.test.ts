import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { concatBytes, EMPTY_BYTES, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import { KeyIndex, type KeySpan, NO_SLOT } from '../../../src/mvcc/key-index.ts';
import { IndexModel, revisionText } from '../../support/mvcc/index-model.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);
const ALL: KeySpan = { start: EMPTY_BYTES, end: undefined };
/** Small, so that keys fill, leave and share many slabs. */
const SLAB_BYTES = 1024;

/** Index and model side by side; every call goes to both. */
class Pair {
  readonly index = new KeyIndex({ slabBytes: SLAB_BYTES });
  readonly model = new IndexModel();
  main = 1;
  floor = 0;

  put(keys: readonly Uint8Array[]): void {
    this.main++;
    for (const [sub, key] of keys.entries()) {
      this.index.put(key, this.main, sub);
      this.model.put(key, this.main, sub);
    }
  }

  /** Deletes the live keys of the span, as one transaction. */
  deleteRange(span: KeySpan): void {
    const slots = this.index.liveSlots(span, 0);
    if (slots.length === 0) return;
    this.main++;
    for (const [sub, slot] of slots.entries()) {
      this.model.tombstone(this.index.key(slot), this.main, sub);
      this.index.tombstone(slot, this.main, sub);
    }
  }

  /** Compacts in slices, with puts of `between` after each. */
  compact(floor: number, keysMax: number, between: readonly Uint8Array[]): void {
    const expected = this.model.compact(floor);
    this.floor = floor;
    const forgotten: string[] = [];
    let from: Uint8Array | undefined = EMPTY_BYTES;
    let left = [...between];
    while (from !== undefined) {
      const before: number = forgotten.length;
      let freed = 0;
      from = this.index.compact(
        floor,
        { from, keysMax },
        {
          forgot: (revision) => forgotten.push(revisionText(revision)),
          freed: (slot) => {
            assert.equal(this.index.find(this.index.key(slot)), slot);
            freed++;
          },
        },
      );
      assert.ok(forgotten.length - before <= keysMax + freed + 1, 'a slice is bounded');
      if (left.length > 0) this.put(left.slice(0, 1));
      left = left.slice(1);
      this.checkHistory(from ?? EMPTY_BYTES);
    }
    assert.deepEqual(forgotten.sort(), expected);
    this.index.checkInvariants();
    assert.equal(this.index.heldRevisions, this.model.revisions);
  }

  /** Compares everything the index tells about the span. */
  check(span: KeySpan, limit: number): void {
    const live = this.model.live(span).map(latin1);
    assert.equal(this.index.countLive(span), live.length);
    assert.deepEqual(this.#keys(this.index.liveSlots(span, 0)), live);
    if (limit > 0) {
      assert.deepEqual(this.#keys(this.index.liveSlots(span, limit)), live.slice(0, limit));
    }
    const held: string[] = [];
    let from: Uint8Array | undefined = span.start;
    while (from !== undefined) {
      const slots: number[] = [];
      from = this.index.walk({ ...span, start: from }, limit + 1, (slot) => slots.push(slot));
      assert.ok(slots.length <= limit + 1);
      held.push(...this.#keys(slots));
    }
    assert.deepEqual(held, this.model.held(span).map(latin1));
  }

  checkAll(): void {
    this.index.checkInvariants();
    assert.equal(this.index.liveKeys, this.model.live(ALL).length);
    assert.equal(this.index.heldKeys, this.model.held(ALL).length);
    assert.equal(this.index.heldRevisions, this.model.revisions);
    for (const key of this.model.held(ALL)) this.#checkColumns(key);
  }

  /** Compares values at the floor and above, for some keys from `from` on. */
  checkHistory(from: Uint8Array): void {
    const hot = [fromLatin1('hot'), fromLatin1('k/01200')];
    const some = this.model.held({ start: from, end: undefined }).slice(0, 20);
    for (const key of [...hot, ...some]) {
      const slot = this.index.find(key);
      for (let revision = Math.max(this.floor, 1); revision <= this.main; revision++) {
        const pair = slot === NO_SLOT ? undefined : this.index.at(slot, revision);
        assert.deepEqual(pair, this.model.at(key, revision));
      }
    }
  }

  #checkColumns(key: Uint8Array): void {
    const slot = this.index.find(key);
    const newest = this.model.newest(key);
    assert.notEqual(slot, NO_SLOT);
    assert.deepEqual(
      {
        main: this.index.modMain(slot),
        sub: this.index.modSub(slot),
        tombstone: !this.index.isLive(slot),
        createMain: this.index.createMain(slot),
        version: this.index.version(slot),
      },
      newest,
    );
  }

  #keys(slots: readonly number[]): string[] {
    return slots.map((slot) => latin1(this.index.key(slot)));
  }
}

/** Short keys over few bytes collide in words and prefixes; some are longer than a slab. */
const shortKey = fc
  .array(fc.constantFrom(0, 1, 0x61, 0xff), { maxLength: 7 })
  .map((bytes) => Uint8Array.from(bytes));
const anyKey = fc.oneof(
  { weight: 6, arbitrary: shortKey },
  { weight: 3, arbitrary: shortKey.map((key) => concatBytes([fromLatin1('/registry/a/'), key])) },
  { weight: 1, arbitrary: shortKey.map((key) => concatBytes([new Uint8Array(1500), key])) },
);
const span = fc.record({ start: anyKey, end: fc.option(anyKey, { nil: undefined }) });

/** Many keys at once: enough to split leaves and inner nodes, and to merge them again. */
const burst = fc
  .record({
    prefix: fc.constantFrom('', 'k/', '/registry/a/', '/registry/pods/default/'),
    first: fc.nat(400),
    count: fc.integer({ min: 1, max: 300 }),
    stride: fc.constantFrom(1, 7, -1, -3),
  })
  .map(({ prefix, first, count, stride }) =>
    Array.from({ length: count }, (_, i) =>
      fromLatin1(`${prefix}${String(1000 + first + i * stride).padStart(5, '0')}`),
    ),
  );

/** One key put and deleted again and again, so that floors fall on its tombstones. */
const churn = fc
  .record({
    key: fc.constantFrom('hot', 'k/01200'),
    kinds: fc.array(fc.boolean(), { maxLength: 40 }),
  })
  .map(({ key, kinds }) => (pair: Pair) => {
    for (const isPut of kinds) {
      if (isPut) pair.put([fromLatin1(key)]);
      else pair.deleteRange({ start: fromLatin1(key), end: fromLatin1(`${key}\0`) });
    }
  });

type Step = (pair: Pair) => void;
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.uniqueArray(anyKey, { maxLength: 5, selector: latin1 }).map(puts) },
  { weight: 4, arbitrary: burst.map(puts) },
  { weight: 3, arbitrary: churn },
  { weight: 3, arbitrary: span.map((range) => (pair: Pair) => pair.deleteRange(range)) },
  {
    weight: 2,
    arbitrary: fc.tuple(burst, fc.nat(300)).map(([keys, length]) => (pair: Pair) => {
      const start = keys[0] ?? EMPTY_BYTES;
      const end = keys[Math.min(length, keys.length - 1)];
      pair.deleteRange({ start, end });
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ back: fc.nat(30), keysMax: fc.integer({ min: 1, max: 100 }), between: burst })
      .map(({ back, keysMax, between }) => (pair: Pair) => {
        const floor = pair.main - back;
        if (floor > pair.floor) pair.compact(floor, keysMax, between.slice(0, 10));
      }),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(span, fc.integer({ min: 0, max: 70 })).map(
      ([range, limit]) =>
        (pair: Pair) =>
          pair.check(range, limit),
    ),
  },
);

function puts(keys: readonly Uint8Array[]): Step {
  return (pair) => {
    if (keys.length > 0) pair.put(keys);
  };
}

describe('key index against a map of arrays', () => {
  it('IDX-I1 to IDX-I6: any puts, deletes, compactions in slices, ranges -> same answers', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const pair = new Pair();
        for (const run of steps) {
          run(pair);
          pair.index.checkInvariants();
        }
        pair.checkAll();
        pair.check(ALL, 3);
        pair.checkHistory(EMPTY_BYTES);
      }),
      { seed: SEED, numRuns: 120 },
    );
  });
});
