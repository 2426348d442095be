import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteSlabs, bigEndianWord, NO_REF, type SlabRef } from '../../../src/base/byte-slabs.ts';
import { EMPTY_BYTES, fromLatin1, latin1 } from '../../../src/base/bytes.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);
const SLAB_BYTES = 1024;

/** Slabs and a map that says what must be in them. */
class Checked {
  readonly refs = new Map<number, SlabRef>();
  readonly bytes = new Map<number, string>();
  readonly slabs = new ByteSlabs({
    slabBytes: SLAB_BYTES,
    moved: (owner, from, to) => {
      assert.equal(this.refs.get(owner), from);
      this.refs.set(owner, to);
    },
  });

  store(owner: number, bytes: Uint8Array): void {
    this.free(owner);
    const closed = this.slabs.closedBytes;
    const growth = this.slabs.growth(bytes.length);
    const ref = this.slabs.store(owner, bytes);
    assert.notEqual(ref, NO_REF);
    // The slab that closes may hold nothing that lives, and is released at once.
    assert.ok(this.slabs.closedBytes <= closed + growth);
    this.refs.set(owner, ref);
    this.bytes.set(owner, latin1(bytes));
  }

  replace(owner: number, bytes: Uint8Array): void {
    const ref = this.refs.get(owner);
    if (ref !== undefined && this.slabs.replace(ref, bytes)) this.bytes.set(owner, latin1(bytes));
  }

  free(owner: number): void {
    const ref = this.refs.get(owner);
    if (ref === undefined) return;
    this.slabs.free(ref);
    this.refs.delete(owner);
    this.bytes.delete(owner);
  }

  check(): void {
    this.slabs.checkInvariants();
    for (const [owner, ref] of this.refs) {
      assert.equal(this.slabs.owner(ref), owner);
      assert.equal(latin1(this.slabs.view(ref)), this.bytes.get(owner));
      assert.equal(latin1(this.slabs.copy(ref)), this.bytes.get(owner));
      assert.equal(this.slabs.length(ref), this.bytes.get(owner)?.length);
    }
  }

  /** Bytes that the entries take with header and padding. */
  get liveBytes(): number {
    return [...this.bytes.values()].reduce((sum, { length }) => sum + ((length + 15) & ~7), 0);
  }
}

const owner = fc.nat(60);
const bytes = fc
  .tuple(fc.oneof(fc.nat(40), fc.nat(1500)), fc.nat(255))
  .map(([length, fill]) => new Uint8Array(length).fill(fill));
const step = fc.oneof(
  fc.tuple(owner, bytes).map(
    ([o, b]) =>
      (c: Checked) =>
        c.store(o, b),
  ),
  fc.tuple(owner, bytes).map(
    ([o, b]) =>
      (c: Checked) =>
        c.replace(o, b),
  ),
  owner.map((o) => (c: Checked) => c.free(o)),
  fc.constant((c: Checked) => void c.slabs.clean()),
);

describe('byte slabs', () => {
  it('any stores, replaces, frees and cleanings -> every entry keeps its bytes and owner', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const checked = new Checked();
        for (const run of steps) {
          run(checked);
          checked.slabs.checkInvariants();
        }
        checked.check();
        while (checked.slabs.clean());
        checked.check();
        assert.ok(checked.slabs.closedBytes <= 2 * checked.liveBytes, 'closed slabs: half live');
        assert.ok(checked.slabs.bytesUsed <= checked.slabs.closedBytes + 2 * SLAB_BYTES);
        for (const held of checked.refs.keys()) checked.free(held);
        assert.equal(checked.slabs.closedBytes, 0);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('clean: many sparse slabs -> few dense ones, and false when none is left', () => {
    const checked = new Checked();
    for (let i = 0; i < 2000; i++) checked.store(i, fromLatin1(`value ${i}`));
    const full = checked.slabs.bytesUsed;
    for (let i = 0; i < 2000; i++) if (i % 20 !== 0) checked.free(i);
    assert.ok(checked.slabs.bytesUsed > full / 2, 'freeing moves nothing');
    while (checked.slabs.clean());
    checked.check();
    assert.ok(checked.slabs.bytesUsed < full / 5);
  });

  it('a long entry has a slab of its own, which goes with it', () => {
    const checked = new Checked();
    checked.store(1, new Uint8Array(1_600_000).fill(7));
    assert.equal(checked.slabs.growth(2 * SLAB_BYTES), 2 * SLAB_BYTES + 8);
    assert.ok(checked.slabs.closedBytes >= 1_600_000);
    checked.check();
    checked.free(1);
    assert.equal(checked.slabs.bytesUsed, 0);
  });

  it('turnover in the open slab alone -> no more than one slab', () => {
    const checked = new Checked();
    for (let i = 0; i < 1000; i++) checked.store(1, new Uint8Array(100));
    assert.ok(checked.slabs.bytesUsed <= 2 * SLAB_BYTES);
    checked.check();
  });

  it('replace: same size in place, another size refused', () => {
    const checked = new Checked();
    checked.store(1, fromLatin1('abc'));
    const ref = checked.refs.get(1) ?? NO_REF;
    assert.equal(checked.slabs.replace(ref, fromLatin1('abcdefgh')), true);
    assert.equal(checked.slabs.replace(ref, fromLatin1('abcdefghi')), false);
    assert.equal(latin1(checked.slabs.view(ref)), 'abcdefgh');
  });

  it('compare, comparePrefix, commonPrefix, word: as on plain bytes', () => {
    const { slabs } = new Checked();
    const short = fc
      .array(fc.constantFrom(0, 1, 255), { maxLength: 9 })
      .map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(short, short, fc.nat(9), (a, b, length) => {
        const [aRef, bRef] = [slabs.store(0, a), slabs.store(0, b)];
        assert.equal(Math.sign(slabs.compare(aRef, b, 0)), Buffer.compare(a, b));
        let shared = slabs.commonPrefix(aRef, bRef);
        assert.deepEqual(a.subarray(0, shared), b.subarray(0, shared));
        assert.ok(shared === Math.min(a.length, b.length) || a[shared] !== b[shared]);
        assert.equal(Math.sign(slabs.compare(aRef, b, shared)), Buffer.compare(a, b));
        const prefix = Math.min(length, a.length);
        assert.equal(
          Math.sign(slabs.comparePrefix(aRef, b, prefix)),
          Buffer.compare(a.subarray(0, prefix), b.subarray(0, prefix)),
        );
        const padded = Buffer.concat([a.subarray(length), Buffer.alloc(4)]);
        assert.equal(slabs.word(aRef, length), padded.readUInt32BE());
        assert.equal(bigEndianWord(a, length, a.length), padded.readUInt32BE());
        shared = slabs.commonPrefix(aRef, aRef);
        assert.equal(shared, a.length);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('our own mistakes are caught: an entry freed twice, a size that is no power of two', () => {
    const { slabs } = new Checked();
    const ref = slabs.store(1, EMPTY_BYTES);
    slabs.store(2, EMPTY_BYTES);
    slabs.free(ref);
    assert.throws(() => slabs.free(ref), /freed twice/);
    assert.throws(() => new ByteSlabs({ slabBytes: 1000, moved: () => undefined }), /power/);
  });
});
