import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyValue } from '../../../src/pb/index.ts';
import { b, codeOf, ok, rangeOf, texts } from '../../support/mvcc/requests.ts';
import { StoreHarness } from '../../support/mvcc/store-harness.ts';

async function withStore(test: (harness: StoreHarness) => void | Promise<void>): Promise<void> {
  const harness = await StoreHarness.open();
  await test(harness);
  await harness.close();
}

async function get(harness: StoreHarness, key: string): Promise<KeyValue | undefined> {
  const response = ok(await harness.store.range(rangeOf(key)));
  return response.kvs.map((kv) => KeyValue.decode(kv))[0];
}

describe('put', () => {
  it('header.revision is the new revision; the first is 2', () =>
    withStore((harness) => {
      assert.equal(ok(harness.put('a', '1')).header?.revision, 2);
      assert.equal(ok(harness.put('a', '2')).header?.revision, 3);
      assert.equal(harness.store.currentRevision, 3);
    }));

  it('version and create_revision count one generation', () =>
    withStore(async (harness) => {
      harness.put('a', '1');
      harness.put('a', '2');
      const second = await get(harness, 'a');
      assert.deepEqual([second?.version, second?.createRevision, second?.modRevision], [2, 2, 3]);
      harness.delete('a');
      harness.put('a', '3');
      const anew = await get(harness, 'a');
      assert.deepEqual([anew?.version, anew?.createRevision, anew?.modRevision], [1, 5, 5]);
    }));

  it('rows are canonical KeyValue bytes', () =>
    withStore(async (harness) => {
      harness.put('k', 'v', { lease: -3n });
      await harness.now.buffer.flush();
      const { kvs } = ok(await harness.store.range(rangeOf('k')));
      const lease = [0x30, 0xfd, ...Array<number>(8).fill(0xff), 0x01];
      const expected = [0x0a, 1, 0x6b, 0x10, 2, 0x18, 2, 0x20, 1, 0x2a, 1, 0x76, ...lease];
      assert.deepEqual([...(kvs[0] as Uint8Array)], expected);
    }));

  it('prev_kv -> the former value, none for a new key', () =>
    withStore((harness) => {
      assert.equal(ok(harness.put('a', '1', { prevKv: true })).prevKv, undefined);
      const { prevKv } = ok(harness.put('a', '2', { prevKv: true }));
      assert.deepEqual(texts([prevKv as Uint8Array]), ['a=1']);
      assert.equal(ok(harness.put('a', '3')).prevKv, undefined);
      harness.delete('a');
      assert.equal(ok(harness.put('a', '4', { prevKv: true })).prevKv, undefined);
    }));

  it('ignore_value and ignore_lease keep what was there', () =>
    withStore(async (harness) => {
      harness.put('a', '1', { lease: 1n });
      harness.put('a', '', { ignoreValue: true, lease: 2n });
      const first = await get(harness, 'a');
      assert.deepEqual([first?.value, first?.lease, first?.version], [b('1'), 2n, 2]);
      harness.put('a', '3', { ignoreLease: true });
      const second = await get(harness, 'a');
      assert.deepEqual([second?.value, second?.lease], [b('3'), 2n]);
      assert.equal(harness.now.lessor.attached.get('a'), 2n);
    }));

  it('ignore_value or ignore_lease on a missing key -> MVCC_KEY_NOT_FOUND', () =>
    withStore((harness) => {
      assert.equal(codeOf(harness.put('a', '', { ignoreValue: true })), 'MVCC_KEY_NOT_FOUND');
      harness.put('a', '1');
      harness.delete('a');
      assert.equal(codeOf(harness.put('a', '1', { ignoreLease: true })), 'MVCC_KEY_NOT_FOUND');
      assert.equal(harness.store.currentRevision, 3);
    }));

  it('an unknown lease -> MVCC_LEASE_NOT_FOUND, before the key is looked for', () =>
    withStore((harness) => {
      const outcome = harness.put('a', '', { lease: 9n, ignoreValue: true });
      assert.equal(codeOf(outcome), 'MVCC_LEASE_NOT_FOUND');
      assert.equal(harness.store.currentRevision, 1);
    }));

  it('attaches to the lease given; lease 0 detaches', () =>
    withStore((harness) => {
      const { attached } = harness.now.lessor;
      harness.put('a', '1', { lease: 1n });
      assert.deepEqual([...attached], [['a', 1n]]);
      harness.put('a', '1', { lease: -3n });
      assert.deepEqual([...attached], [['a', -3n]]);
      harness.put('a', '1');
      assert.deepEqual([...attached], []);
    }));
});

describe('delete range', () => {
  it('no match -> 0 deleted, revision unchanged, nobody is told', () =>
    withStore((harness) => {
      harness.put('a', '1');
      const response = harness.delete('b', 'z');
      assert.deepEqual([response.deleted, response.header?.revision], [0, 2]);
      assert.equal(harness.store.currentRevision, 2);
      assert.equal(harness.now.sink.commits.length, 1);
    }));

  it('prev_kvs in key order; one sub-revision for each key', () =>
    withStore(async (harness) => {
      for (const key of ['c', 'a', 'b', 'd']) harness.put(key, key, { lease: 1n });
      const response = harness.delete('a', 'd', true);
      assert.deepEqual(texts(response.prevKvs), ['a=a', 'b=b', 'c=c']);
      assert.deepEqual([response.deleted, response.header?.revision], [3, 6]);
      const rows = await harness.store.changes(6, 6, 1);
      const told = rows.map(({ sub, tombstone, kv }) => [sub, tombstone, ...texts([kv])]);
      assert.deepEqual(told, [
        [0, true, 'a'],
        [1, true, 'b'],
        [2, true, 'c'],
      ]);
      assert.deepEqual([...harness.now.lessor.attached.keys()], ['d']);
    }));

  it('without prev_kv -> no former values', () =>
    withStore((harness) => {
      harness.put('a', '1');
      assert.deepEqual(harness.delete('\0', '\0').prevKvs, []);
      assert.equal(harness.delete('\0', '\0').deleted, 0);
    }));
});

describe('deletion of the keys of a lease', () => {
  it('those that exist go in one revision, none of them -> none', () =>
    withStore((harness) => {
      for (const key of ['a', 'b', 'c']) harness.put(key, '');
      harness.delete('b');
      assert.equal(harness.apply({ deleteKeys: [b('a'), b('b'), b('c'), b('x')] }), 2);
      assert.equal(harness.store.currentRevision, 6);
      assert.equal(harness.apply({ deleteKeys: [b('a')] }), 0);
      assert.equal(harness.store.currentRevision, 6);
    }));
});

describe('what the watch hub is told', () => {
  it('only what it asked for is built', () =>
    withStore((harness) => {
      const { interests, commits } = harness.now.sink;
      interests.set('a', 'none').set('b', 'event');
      for (const key of ['a', 'b', 'c', 'a', 'b', 'c']) harness.put(key, '');
      harness.delete('a', '\0');
      const told = commits.map(({ revision, changes }) => [
        revision,
        ...changes.map(({ type, kv, prevKv }) => [type, ...texts([kv]), prevKv !== undefined]),
      ]);
      assert.deepEqual(told, [
        [2],
        [3, ['put', 'b', false]],
        [4, ['put', 'c', false]],
        [5],
        [6, ['put', 'b', false]],
        [7, ['put', 'c', true]],
        [8, ['delete', 'b', false], ['delete', 'c', true]],
      ]);
    }));

  it('a delete event holds key and mod_revision only', () =>
    withStore((harness) => {
      harness.put('a', '1', { lease: 1n });
      harness.delete('a');
      const change = harness.now.sink.commits[1]?.changes[0];
      const expected = KeyValue.create({ key: b('a'), modRevision: 3 });
      assert.deepEqual(KeyValue.decode(change?.kv as Uint8Array), expected);
    }));

  it('the change is visible to reads when it is told', () =>
    withStore((harness) => {
      const seen: unknown[] = [];
      const { sink } = harness.now;
      const record = sink.committed.bind(sink);
      sink.committed = (revision, changes) => {
        seen.push(revision, harness.store.currentRevision, harness.store.range(rangeOf('a')));
        record(revision, changes);
      };
      harness.put('a', '1');
      assert.deepEqual(seen.slice(0, 2), [2, 2]);
      assert.deepEqual(texts((seen[2] as { kvs: Uint8Array[] }).kvs), ['a=1']);
    }));
});
