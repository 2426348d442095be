import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/base/assert.ts';
import { Entry, HardState } from '../../../src/pb/index.ts';
import { encodeBatch, visitBatch, type WalBatch } from '../../../src/wal/batch.ts';
import { RecordType } from '../../../src/wal/record.ts';
import { entries, entry, hardState } from '../../support/wal-fixture.ts';

function records(batch: WalBatch): { type: number; data: number[] }[] {
  const found: { type: number; data: number[] }[] = [];
  visitBatch(batch, (type, data) => found.push({ type, data: [...data] }));
  return found;
}

test('batch: entries and hard state -> entries in order, then the state', () => {
  const batch = encodeBatch(entries(7, 9), hardState(1, 8));
  assert.equal(batch.lastIndex, 9);
  assert.deepEqual(records(batch), [
    ...entries(7, 9).map((e) => ({ type: RecordType.entry, data: [...Entry.encode(e)] })),
    { type: RecordType.state, data: [...HardState.encode(hardState(1, 8))] },
  ]);
});

test('batch: hard state alone -> no last index', () => {
  const batch = encodeBatch([], hardState(2, 1));
  assert.equal(batch.lastIndex, 0);
  assert.deepEqual(
    records(batch).map((r) => r.type),
    [RecordType.state],
  );
});

test('batch: empty hard state, as raft means "unchanged" -> not written', () => {
  assert.deepEqual(records(encodeBatch([], HardState.create())), []);
});

test('batch: small or large -> owns its buffer, to be handed to another thread', () => {
  const small = encodeBatch([entry(1)]);
  const large = encodeBatch([entry(1, 1, 'x'.repeat(200_000))]);
  const next = encodeBatch([entry(2)]);
  assert.notEqual(small.bytes.buffer, next.bytes.buffer);
  assert.notEqual(large.bytes.buffer, next.bytes.buffer);
  const [moved] = [structuredClone(large.bytes, { transfer: [large.bytes.buffer as ArrayBuffer] })];
  assert.equal(records({ bytes: moved, lastIndex: 1 }).length, 1);
  assert.equal(records(next).length, 1);
});

test('batch: entries with a gap -> refused', () => {
  assert.throws(() => encodeBatch([entry(1), entry(3)]), InvariantError);
});
