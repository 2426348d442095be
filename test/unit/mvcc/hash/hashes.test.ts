import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../../../src/mvcc/errors.ts';
import { MvccError } from '../../../../src/mvcc/errors.ts';
import {
  COMPACTION_HASHES_MAX,
  HASH_REQUESTS_MAX,
  type StoreHash,
} from '../../../../src/mvcc/hash/hashes.ts';
import { SCAN_ROWS } from '../../../../src/mvcc/hash/row-scan.ts';
import { deleteOp, ok, putOp, txnOf } from '../../../support/mvcc/requests.ts';
import { StoreHarness, turn } from '../../../support/mvcc/store-harness.ts';

/** `hash/floor/revision`, or the code of an error. */
function shown(outcome: Outcome<StoreHash>): string {
  if (outcome instanceof MvccError) return outcome.code;
  return `${outcome.hash}/${outcome.compactRevision}/${outcome.revision}`;
}

/** The hashes of all revisions from 0 (the current one) to `last`. */
async function hashes({ store }: StoreHarness, last: number): Promise<string[]> {
  const all: string[] = [];
  for (let at = 0; at <= last; at++) all.push(shown(await store.hashKv(at)));
  return all;
}

async function compact(harness: StoreHarness, revision: number): Promise<void> {
  ok(harness.compact(revision));
  await harness.store.compactionsSettled();
}

/** The history whose hashes real etcd 3.6.14 and 3.5.30 have told. */
function writeGolden(harness: StoreHarness): void {
  harness.put('a', '1'); // 2
  harness.put('b', '2');
  harness.put('a', '3'); // 4
  harness.delete('b');
  harness.txn(txnOf([putOp('c', '4'), deleteOp('a'), putOp('d', '\0\xff')])); // 6
  harness.put('b', '5');
  harness.delete('c'); // 8
  harness.put('e', '6', { lease: 7n });
}

const GONE = 'MVCC_COMPACTED';
const gone = (count: number): string[] => Array.from({ length: count }, () => GONE);
const EMPTY = 1084519789;

describe('HashKV: values of real etcd', () => {
  it('an empty store', async () => {
    const harness = await StoreHarness.open();
    assert.deepEqual(await hashes(harness, 0), [`${EMPTY}/-1/1`]);
    await harness.close();
  });

  it('before, between and after compactions, at every revision (MVCC-I8)', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    assert.deepEqual(await hashes(harness, 9), [
      '2440957881/-1/9',
      `${EMPTY}/-1/1`,
      '2587454935/-1/2',
      '1827592406/-1/3',
      '2069675932/-1/4',
      '1125682900/-1/5',
      '3582808163/-1/6',
      '849846968/-1/7',
      '2264392774/-1/8',
      '2440957881/-1/9',
    ]);
    await compact(harness, 5);
    assert.deepEqual(await hashes(harness, 9), [
      '590913657/5/9',
      ...gone(4),
      // Remembered, with the floor that was there before.
      '1125682900/-1/5',
      '19163916/5/6',
      '1714932910/5/7',
      '1159961437/5/8',
      '590913657/5/9',
    ]);
    await compact(harness, 8);
    assert.deepEqual(await hashes(harness, 9), [
      '692342407/8/9',
      ...gone(4),
      // Remembered, though it cannot be read any more.
      '1125682900/-1/5',
      ...gone(2),
      '1159961437/5/8',
      '692342407/8/9',
    ]);
    harness.delete('\0', '\0'); // 10
    // Nothing is kept: then all rows below the floor count.
    assert.equal(shown(await harness.store.hashKv(10)), '3097665667/8/10');
    await compact(harness, 10);
    assert.equal(shown(await harness.store.hashKv(0)), `${EMPTY}/10/10`);
    assert.equal(shown(await harness.store.hashKv(10)), '1644909490/8/10');
    harness.put('f', '');
    assert.equal(shown(await harness.store.hashKv(11)), '1252288772/10/11');
    await harness.close();
  });

  it('a future revision -> MVCC_FUTURE_REVISION; below 0 nothing was written', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    assert.equal(shown(await harness.store.hashKv(10)), 'MVCC_FUTURE_REVISION');
    assert.equal(shown(await harness.store.hashKv(-3)), `${EMPTY}/-1/-3`);
    await compact(harness, 5);
    assert.equal(shown(await harness.store.hashKv(-3)), `${EMPTY}/5/-3`);
    await harness.close();
  });

  it('more rows than one slice, flushed and not -> as in one go', async () => {
    const harness = await StoreHarness.open();
    for (let i = 0; i < 3 * SCAN_ROWS; i++) {
      harness.put(`k${i % 100}`, `${i}`);
      if (i === 2 * SCAN_ROWS) await harness.now.buffer.flush();
    }
    const whole = await harness.store.hashKv(0);
    await harness.restart();
    assert.deepEqual(await harness.store.hashKv(0), whole);
    await harness.close();
  });
});

describe('HashKV: meanwhile', () => {
  it('writes and compactions up to the revision change nothing (MVCC-I8)', async () => {
    const harness = await StoreHarness.open({ store: { sliceKeysMax: 2 } });
    writeGolden(harness);
    await compact(harness, 5);
    const expected = shown(await harness.store.hashKv(8));
    const { turns } = harness.now;
    turns.hold();
    const hashing = harness.store.hashKv(8);
    await turn();
    assert.equal(turns.waiting, 1);
    harness.put('a', 'later');
    harness.delete('b');
    ok(harness.compact(7));
    // Both go on in turn: the compaction has its own scan, and takes keys out of the index.
    for (let step = 0; step < 20; step++) await turns.step();
    turns.release();
    assert.equal(shown(await hashing), expected);
    await harness.close();
  });

  it('a compaction above the revision waits until it is hashed (MVCC-I8)', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    const expected = shown(await harness.store.hashKv(6));
    const { turns, index } = harness.now;
    const held = index.heldRevisions;
    turns.hold();
    const hashing = harness.store.hashKv(6);
    await turn();
    ok(harness.compact(9));
    await turn();
    // The hash stands still, and so does the compaction, however often it looks.
    for (let step = 0; step < 20; step++) await turns.stepNewest();
    assert.equal(index.heldRevisions, held);
    // A new request is refused already.
    assert.equal(shown(await harness.store.hashKv(6)), GONE);
    turns.release();
    assert.equal(shown(await hashing), expected);
    await harness.store.compactionsSettled();
    assert.ok(index.heldRevisions < held);
    await harness.close();
  });

  it('compacted while it stood in line -> MVCC_COMPACTED', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    const { turns } = harness.now;
    turns.hold();
    const first = harness.store.hashKv(9);
    const second = harness.store.hashKv(4);
    await turn();
    ok(harness.compact(5));
    turns.release();
    assert.equal(shown(await first), '2440957881/-1/9');
    assert.equal(shown(await second), GONE);
    await harness.close();
  });

  it('HASH_REQUESTS_MAX under way -> one more is refused', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    harness.now.turns.hold();
    const requests = Array.from({ length: HASH_REQUESTS_MAX }, () => harness.store.hashKv(0));
    await turn();
    assert.equal(shown(await harness.store.hashKv(0)), 'MVCC_TOO_MANY_READS');
    const state = await harness.store.hashState();
    assert.ok(state instanceof MvccError && state.code === 'MVCC_TOO_MANY_READS');
    harness.now.turns.release();
    for (const answer of await Promise.all(requests))
      assert.equal(shown(answer), '2440957881/-1/9');
    assert.equal(shown(await harness.store.hashKv(0)), '2440957881/-1/9');
    await harness.close();
  });

  it('close -> MVCC_CLOSED, for those in line too', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    harness.now.turns.hold();
    const requests = [harness.store.hashKv(0), harness.store.hashKv(0)];
    const state = harness.store.hashState();
    await turn();
    const closing = harness.store.close();
    harness.now.turns.release();
    for (const answer of await Promise.all(requests)) assert.equal(shown(answer), 'MVCC_CLOSED');
    const refused = await state;
    assert.ok(refused instanceof MvccError && refused.code === 'MVCC_CLOSED');
    await closing;
    assert.equal(shown(await harness.store.hashKv(0)), 'MVCC_CLOSED');
  });

  it('a failing disk -> rejects, and the next in line goes on', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    harness.now.backend.failCommit(1);
    await assert.rejects(harness.store.hashKv(0), { code: 'BACKEND_IO' });
    await assert.rejects(harness.store.hashKv(0), { code: 'BACKEND_IO' });
    harness.store.checkInvariants();
  });
});

describe('HashKV: what compactions saw', () => {
  it('COMPACTION_HASHES_MAX are remembered, the oldest goes first', async () => {
    const harness = await StoreHarness.open();
    for (let i = 0; i <= COMPACTION_HASHES_MAX + 2; i++) harness.put('a', `${i}`);
    for (let floor = 2; floor <= COMPACTION_HASHES_MAX + 2; floor++) await compact(harness, floor);
    harness.store.checkInvariants();
    assert.equal(shown(await harness.store.hashKv(2)), GONE);
    assert.match(shown(await harness.store.hashKv(3)), /^\d+\/2\/3$/);
    assert.match(shown(await harness.store.hashKv(4)), /^\d+\/3\/4$/);
    await harness.close();
  });

  it('set before the last one had ended -> it is not remembered', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    ok(harness.compact(5));
    await compact(harness, 8);
    assert.equal(shown(await harness.store.hashKv(5)), '1125682900/-1/5');
    assert.match(shown(await harness.store.hashKv(8)), /^\d+\/8\/8$/);
    await harness.close();
  });

  it('cut short by a crash -> not remembered after it', async () => {
    const harness = await StoreHarness.open();
    writeGolden(harness);
    harness.now.turns.hold();
    ok(harness.compact(5));
    await harness.now.buffer.flush();
    await harness.restart();
    await harness.store.compactionsSettled();
    assert.match(shown(await harness.store.hashKv(5)), /^\d+\/5\/5$/);
    await harness.close();
  });
});

describe('row bytes', () => {
  it('grow with writes, fall when a compaction is done, survive a restart', async () => {
    const harness = await StoreHarness.open();
    const bytes: number[] = [harness.store.rowBytes];
    harness.put('a', 'x'.repeat(1000));
    harness.put('b', '');
    bytes.push(harness.store.rowBytes);
    harness.delete('a');
    bytes.push(harness.store.rowBytes);
    await compact(harness, harness.store.currentRevision);
    bytes.push(harness.store.rowBytes);
    harness.put('b', '');
    await compact(harness, harness.store.currentRevision);
    bytes.push(harness.store.rowBytes);
    assert.deepEqual(bytes, [0, 1055, 1076, 47, 26]);
    await harness.now.buffer.flush();
    await harness.restart();
    assert.equal(harness.store.rowBytes, 26);
    await harness.close();
  });

  it('a row without a key, as --bump-revision leaves it, is no row that compactions remove', async () => {
    const harness = await StoreHarness.open();
    harness.put('a', '');
    harness.now.buffer.putRevision({ main: 3, sub: 0, tombstone: false, kv: new Uint8Array(0) });
    await harness.now.buffer.flush();
    await harness.restart();
    const before = harness.store.rowBytes;
    await compact(harness, 3);
    assert.equal(harness.store.rowBytes, before);
    assert.match(shown(await harness.store.hashKv(3)), /^\d+\/-1\/3$/);
    await harness.close();
  });
});
