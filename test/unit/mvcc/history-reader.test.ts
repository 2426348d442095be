import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HistoryRow } from '../../../src/mvcc/ports.ts';
import { b, deleteOp, ok, putOp, texts, txnOf } from '../../support/mvcc/requests.ts';
import { StoreHarness, VALUE_BYTES_TINY } from '../../support/mvcc/store-harness.ts';

/** A store that forgets what it has flushed. */
function forgetful(): Promise<StoreHarness> {
  return StoreHarness.open({
    valueBytesMax: VALUE_BYTES_TINY,
    buffer: { batchOperationsMax: 1000, batchBytesMax: 1 << 20, keptBytesMax: 1 },
  });
}

function told(rows: readonly HistoryRow[]): string[] {
  return rows.map(
    ({ main, sub, tombstone, kv }) =>
      `${main}/${sub}${tombstone ? ' -' : ' '}${texts([kv]).join()}`,
  );
}

describe('history: changes', () => {
  it('in memory -> at once, cut after whole revisions', async () => {
    const harness = await forgetful();
    harness.put('a', '1');
    ok(harness.txn(txnOf([putOp('b', '2'), deleteOp('a')])));
    harness.put('c', '3');
    const all = harness.store.changes(2, 4, 10);
    assert.ok(!(all instanceof Promise));
    assert.deepEqual(told(all), ['2/0 a=1', '3/0 b=2', '3/1 -a', '4/0 c=3']);
    const cut = harness.store.changes(2, 4, 2);
    assert.ok(!(cut instanceof Promise));
    assert.deepEqual(told(cut), ['2/0 a=1', '3/0 b=2', '3/1 -a']);
    assert.deepEqual(harness.store.changes(5, 4, 10), []);
    await harness.close();
  });

  it('on disk, the rest in memory -> all of it, whatever is flushed meanwhile', async () => {
    const harness = await forgetful();
    const { buffer } = harness.now;
    for (let i = 0; i < 300; i++) harness.put('a', `${i}`);
    await buffer.flush();
    for (let i = 0; i < 300; i++) harness.put('b', `${i}`);
    const answer = harness.store.changes(2, 601, 1000);
    assert.ok(answer instanceof Promise);
    const flushed = buffer.flush();
    for (let i = 0; i < 10; i++) harness.put('c', `${i}`);
    const rows = await answer;
    await flushed;
    assert.deepEqual(
      rows.map(({ main }) => main),
      Array.from({ length: 600 }, (_, i) => i + 2),
    );
    const cut = await harness.store.changes(100, 601, 250);
    assert.deepEqual(
      cut.map(({ main }) => main),
      Array.from({ length: 250 }, (_, i) => i + 100),
    );
    await harness.close();
  });

  it('from the floor on, where revisions may be gone -> the wanted number all the same', async () => {
    const harness = await forgetful();
    for (let i = 0; i < 20; i++) harness.put('a', `${i}`);
    ok(harness.txn(txnOf([putOp('x', '1'), deleteOp('x')])));
    for (let i = 0; i < 20; i++) harness.put('a', `${i}`);
    ok(harness.compact(21));
    await harness.store.compactionsSettled();
    const rows = await harness.store.changes(21, 42, 3);
    assert.deepEqual(
      rows.map(({ main }) => main),
      [21, 22, 22, 23],
    );
    await harness.close();
  });
});

describe('history: end', () => {
  it('the store is closed while it is being read -> it waits, and the read has all', async () => {
    const harness = await forgetful();
    for (let i = 0; i < 300; i++) harness.put('a', `${i}`);
    await harness.now.buffer.flush();
    const answers: string[] = [];
    const { store } = harness;
    const changes = Promise.resolve(store.changes(2, 301, 1000));
    const values = Promise.resolve(store.valuesAt([{ key: b('a'), revision: 9 }]));
    void changes.then((rows) => answers.push(`${rows.length} rows`));
    void values.then(([value]) => answers.push(value === undefined ? 'none' : 'a value'));
    await store.close();
    assert.deepEqual(answers.sort(), ['300 rows', 'a value']);
    await harness.close();
  });
});

describe('history: values', () => {
  const lookup = (key: string, revision: number) => ({ key: b(key), revision });

  it('in memory -> at once; none before it was made or after it was deleted', async () => {
    const harness = await forgetful();
    harness.put('a', '1');
    harness.put('a', '2');
    harness.delete('a');
    const values = harness.store.valuesAt([1, 2, 3, 4].map((revision) => lookup('a', revision)));
    assert.ok(!(values instanceof Promise));
    assert.deepEqual(
      values.map((value) => value && texts([value])),
      [undefined, ['a=1'], ['a=2'], undefined],
    );
    await harness.close();
  });

  it('on disk -> the same, in the order asked', async () => {
    const harness = await forgetful();
    for (let i = 0; i < 9; i++) harness.put('a', `${i}`);
    await harness.now.buffer.flush();
    harness.put('b', 'new');
    const asked = [
      lookup('b', 11),
      lookup('a', 3),
      lookup('no', 5),
      lookup('a', 2),
      lookup('a', 11),
    ];
    const answer = harness.store.valuesAt(asked);
    assert.ok(answer instanceof Promise);
    const values = (await answer).map((value) => value && texts([value]));
    assert.deepEqual(values, [['b=new'], ['a=1'], undefined, ['a=0'], ['a=8']]);
    await harness.close();
  });

  it('below the floor -> none', async () => {
    const harness = await forgetful();
    for (let i = 0; i < 4; i++) harness.put('a', `${i}`);
    ok(harness.compact(4));
    const values = await harness.store.valuesAt([lookup('a', 3), lookup('a', 4)]);
    assert.deepEqual(
      values.map((value) => value && texts([value])),
      [undefined, ['a=2']],
    );
    await harness.close();
  });
});
