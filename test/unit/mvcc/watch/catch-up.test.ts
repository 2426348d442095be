import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PASS_BYTES_MAX } from '../../../../src/mvcc/watch/catch-up.ts';
import {
  PASS_REVISIONS_MAX,
  PASS_WATCHERS_MAX,
} from '../../../../src/mvcc/watch/catch-up-queue.ts';
import { FilterType } from '../../../../src/pb/index.ts';
import { WatchBench } from '../../../support/watch/watch-bench.ts';

const ALL = { key: '', rangeEnd: '\0' };

describe('watch catch-up: history', () => {
  it('start in the past -> created, then all since in one response of the current revision', async () => {
    const bench = new WatchBench();
    bench.put('a', '1');
    bench.commit({ key: 'a', value: '2' }, { key: 'b', value: '3' });
    bench.delete('a');
    const client = bench.client();
    client.create({ ...ALL, startRevision: 2 });
    assert.equal(await bench.catchUp(), 1);
    bench.put('c', '4');
    assert.deepEqual(client.take(), [
      { id: 0, revision: 4, created: true },
      {
        id: 0,
        revision: 4,
        events: ['put a=1 @2', 'put a=2 @3', 'put b=3 @3', 'delete a @4'],
      },
      { id: 0, revision: 5, events: ['put c=4 @5'] },
    ]);
  });

  it('only keys, types and revisions asked for; nothing left -> nothing sent', async () => {
    const bench = new WatchBench();
    bench.put('a', '1');
    bench.put('b', '2');
    bench.delete('b');
    const client = bench.client();
    client.create({ key: 'b', startRevision: 2, filters: [FilterType.NODELETE] });
    client.create({ key: 'b', startRevision: 4, filters: [FilterType.NODELETE] });
    client.create({ key: 'a', startRevision: 3 });
    client.take();
    await bench.catchUp();
    assert.deepEqual(client.take(), [{ id: 0, revision: 4, events: ['put b=2 @3'] }]);
    client.requestProgress();
    assert.deepEqual(client.take(), [{ id: -1, revision: 4 }]);
  });

  it('prev_kv: the former value for those who asked, absent for a create', async () => {
    const bench = new WatchBench();
    bench.put('k', '1');
    bench.put('k', '2');
    bench.delete('k');
    bench.put('k', '3');
    for (const memoryFrom of [0, 100]) {
      bench.store.memoryFrom = memoryFrom;
      const client = bench.client();
      client.create({ key: 'k', startRevision: 1, prevKv: true });
      client.create({ key: 'k', startRevision: 4 });
      client.take();
      await bench.catchUp();
      assert.deepEqual(client.take(), [
        {
          id: 0,
          revision: 5,
          events: ['put k=1 @2', 'put k=2 @3 was 1', 'delete k @4 was 2', 'put k=3 @5'],
        },
        { id: 1, revision: 5, events: ['delete k @4', 'put k=3 @5'] },
      ]);
    }
  });

  it('prev_kv: absent when compaction took it', async () => {
    const bench = new WatchBench();
    bench.put('k', '1');
    bench.put('k', '2');
    bench.put('k', '3');
    bench.compact(3);
    const client = bench.client();
    client.create({ key: 'k', startRevision: 3, prevKv: true });
    await bench.catchUp();
    assert.deepEqual(client.take()[1]?.events, ['put k=2 @3', 'put k=3 @4 was 2']);
  });
});

describe('watch catch-up: bounds', () => {
  it('PASS_REVISIONS_MAX distinct revisions in a response, whole ones', async () => {
    const bench = new WatchBench();
    for (let i = 0; i < 2.5 * PASS_REVISIONS_MAX; i++) {
      bench.store.commit([
        { key: 'a', value: '' },
        { key: 'b', value: '' },
      ]);
      bench.hub.committed(bench.store.currentRevision, []);
    }
    const client = bench.client();
    client.create({ ...ALL, startRevision: 2 });
    client.take();
    await bench.catchUp();
    const responses = client.take();
    assert.deepEqual(
      responses.map(({ events = [] }) => events.length),
      [2000, 2000, 1000],
    );
    assert.ok(responses.every(({ revision }) => revision === bench.store.currentRevision));
  });

  it('PASS_BYTES_MAX of changes collected -> the rest comes in the next response', async () => {
    const bench = new WatchBench();
    const value = 'v'.repeat(PASS_BYTES_MAX / 64);
    for (let i = 0; i < 130; i++) bench.put('k', value);
    const client = bench.client();
    client.create({ key: 'k', startRevision: 2 });
    client.create({ key: 'k', startRevision: 130 });
    client.take();
    await bench.catchUp();
    assert.deepEqual(
      client.take().map(({ id, events = [] }) => [id, events.length]),
      [
        [0, 64],
        [0, 64],
        [0, 2],
        [1, 2],
      ],
    );
  });

  it('PASS_BYTES_MAX: large values -> little more than that is read and sent at a time', async () => {
    const bench = new WatchBench();
    const value = 'v'.repeat(PASS_BYTES_MAX / 8);
    for (let i = 0; i < 30; i++) bench.put('k', value);
    const client = bench.client();
    client.create({ key: 'k', startRevision: 2 });
    client.take();
    await bench.catchUp();
    assert.deepEqual(
      client.take().map(({ events = [] }) => events.length),
      [8, 8, 8, 6],
    );
  });

  it('PASS_WATCHERS_MAX watchers in a pass, the others in the next', async () => {
    const bench = new WatchBench(undefined, 3);
    const client = bench.client();
    for (let i = 0; i <= PASS_WATCHERS_MAX; i++) client.create({ key: 'old', startRevision: 2 });
    client.take();
    await bench.hub.catchUp();
    assert.equal(client.take().length, PASS_WATCHERS_MAX);
    await bench.hub.catchUp();
    assert.equal(client.take().length, 1);
    assert.equal(bench.hub.needsCatchUp, false);
  });

  it('WATCH-I7 streams take turns: many watchers of one do not hold up another', async () => {
    const bench = new WatchBench(undefined, 3);
    const crowd = bench.client();
    for (let i = 0; i < 4 * PASS_WATCHERS_MAX; i++) crowd.create({ ...ALL, startRevision: 2 });
    const single = bench.client();
    single.create({ ...ALL, startRevision: 2 });
    single.take();
    await bench.hub.catchUp();
    assert.equal(single.take().length, 1);
  });

  it('WATCH-I7 a watcher with far to go does not hold up one that is nearly there', async () => {
    const bench = new WatchBench(undefined, 5 * PASS_REVISIONS_MAX);
    const far = bench.client();
    far.create({ ...ALL, startRevision: 2 });
    const near = bench.client();
    near.create({ ...ALL, startRevision: 5 * PASS_REVISIONS_MAX });
    near.take();
    await bench.hub.catchUp();
    await bench.hub.catchUp();
    assert.deepEqual(near.take().length, 1);
    assert.equal(bench.hub.needsCatchUp, true);
  });
});

describe('watch catch-up: meanwhile', () => {
  it('WATCH-I8 writes during the read -> none lost, none doubled, synced in the same pass', async () => {
    const bench = new WatchBench();
    for (let i = 2; i <= 100; i++) bench.put('k', String(i));
    bench.store.memoryFrom = 101;
    const client = bench.client();
    client.create({ key: 'k', startRevision: 2 });
    client.take();
    const pass = bench.hub.catchUp();
    bench.put('k', '101');
    await bench.store.answerReads();
    bench.put('k', '102');
    while (bench.store.readsWaiting > 0) await bench.store.answerReads();
    await pass;
    assert.equal(bench.hub.needsCatchUp, false);
    bench.put('k', '103');
    const responses = client.take();
    assert.deepEqual(
      responses.map(({ revision, events = [] }) => [revision, events.length]),
      [
        [102, 101],
        [103, 1],
      ],
    );
    assert.deepEqual(
      responses.flatMap(({ events = [] }) => events),
      Array.from({ length: 102 }, (_, i) => `put k=${i + 2} @${i + 2}`),
    );
  });

  it('one pass at a time', async () => {
    const bench = new WatchBench(undefined, 3);
    bench.store.memoryFrom = 100;
    const client = bench.client();
    client.create({ key: 'old', startRevision: 2 });
    const pass = bench.hub.catchUp();
    client.create({ key: 'old', startRevision: 2 });
    assert.equal(bench.hub.needsCatchUp, false);
    await bench.hub.catchUp();
    assert.equal(bench.store.readsWaiting, 1);
    await bench.store.answerReads();
    await pass;
    assert.equal(bench.hub.needsCatchUp, true);
  });

  it('cancelled during the read -> no event after the answer', async () => {
    const bench = new WatchBench(undefined, 3);
    bench.store.memoryFrom = 100;
    const client = bench.client();
    client.create({ key: 'old', startRevision: 2 });
    const pass = bench.hub.catchUp();
    client.cancel(0n);
    client.create({ key: 'old', watchId: 9n });
    await bench.store.answerReads();
    await pass;
    assert.deepEqual(client.take(), [
      { id: 0, revision: 3, created: true },
      { id: 0, revision: 3, canceled: true },
      { id: 9, revision: 3, created: true },
    ]);
    bench.hub.checkInvariants();
  });

  it('sink full in the middle of a pass -> who had no turn lags, and loses nothing', async () => {
    const bench = new WatchBench(undefined, 3);
    const client = bench.client(3);
    client.create({ key: 'old', startRevision: 2 });
    client.create({ key: 'old', startRevision: 3 });
    await bench.catchUp();
    assert.equal(client.stream.lagging.size, 1);
    assert.deepEqual(client.drain().slice(2), [
      { id: 0, revision: 3, events: ['put old=x @2', 'put old=x @3'] },
    ]);
    await bench.catchUp();
    assert.deepEqual(client.take(), [{ id: 1, revision: 3, events: ['put old=x @3'] }]);
  });

  it('history fails -> the pass rejects, the watchers wait again', async () => {
    const bench = new WatchBench(undefined, 3);
    const client = bench.client();
    client.create({ key: 'old', startRevision: 2 });
    client.take();
    const failure = new RangeError('disk');
    bench.store.failure = failure;
    await assert.rejects(bench.hub.catchUp(), failure);
    bench.hub.checkInvariants();
    bench.store.failure = undefined;
    await bench.catchUp();
    assert.equal(client.take().length, 1);
  });

  it('the store is replaced by a later one -> what was missed comes from it', async () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'k' });
    client.create({ key: 'k', startRevision: 4 });
    client.create({ key: 'k', startRevision: 9 });
    bench.put('k', '2');
    client.take();
    for (let i = 3; i <= 5; i++) bench.store.commit([{ key: 'k', value: String(i) }]);
    bench.hub.restored(bench.store);
    bench.hub.checkInvariants();
    await bench.catchUp();
    assert.deepEqual(client.take(), [
      { id: 0, revision: 5, events: ['put k=3 @3', 'put k=4 @4', 'put k=5 @5'] },
      { id: 1, revision: 5, events: ['put k=4 @4', 'put k=5 @5'] },
    ]);
  });
});

describe('watch catch-up: the store is replaced during a pass', () => {
  it('the read goes on in the former, the next one in the new store -> each event once', async () => {
    const bench = new WatchBench(undefined, 40);
    bench.store.memoryFrom = 100;
    const client = bench.client();
    client.create({ key: 'old', startRevision: 2 });
    const pass = bench.hub.catchUp();
    bench.replace((store) => {
      for (let n = 0; n < 5; n++) store.commit([{ key: 'old', value: 'y' }]);
    });
    while (bench.readsWaiting > 0) await bench.answerReads();
    await pass;
    await bench.catchUp();
    const events = client.take().flatMap((response) => response.events ?? []);
    assert.deepEqual(
      events,
      Array.from({ length: 44 }, (_, at) => `put old=${at < 39 ? 'x' : 'y'} @${at + 2}`),
    );
  });

  it('what was read is compacted in the new store -> cancelled, without events', async () => {
    const bench = new WatchBench(undefined, 10);
    bench.store.memoryFrom = 100;
    const client = bench.client();
    client.create({ key: 'old', startRevision: 2 });
    client.take();
    const pass = bench.hub.catchUp();
    bench.replace((store) => store.compact(9));
    while (bench.readsWaiting > 0) await bench.answerReads();
    await pass;
    assert.deepEqual(client.take(), [{ id: 0, revision: 0, canceled: true, compactRevision: 9 }]);
  });
});

describe('watch catch-up: compaction', () => {
  it('start below the compaction -> created, then canceled with revision 0 and no reason', async () => {
    const bench = new WatchBench(undefined, 6);
    bench.compact(4);
    const client = bench.client();
    client.create({ key: 'old', startRevision: 3 });
    client.create({ key: 'old', startRevision: 4 });
    await bench.catchUp();
    assert.deepEqual(client.take(), [
      { id: 0, revision: 6, created: true },
      { id: 1, revision: 6, created: true },
      { id: 0, revision: 0, canceled: true, compactRevision: 4 },
      { id: 1, revision: 6, events: ['put old=x @4', 'put old=x @5', 'put old=x @6'] },
    ]);
  });

  it('a cancelled one keeps its id, and holds progress back, until the client cancels it', async () => {
    const bench = new WatchBench(undefined, 6);
    bench.compact(4);
    const client = bench.client();
    client.create({ key: 'old', startRevision: 3, watchId: 8n });
    await bench.catchUp();
    client.take();
    client.create({ key: 'old', watchId: 8n });
    client.requestProgress();
    client.cancel(8n);
    client.cancel(8n);
    assert.deepEqual(client.take(), [
      {
        id: -1,
        revision: 6,
        created: true,
        canceled: true,
        reason: 'mvcc: duplicate watch ID provided on the WatchStream',
      },
      { id: 8, revision: 6, canceled: true },
    ]);
  });

  it('compacted while lagging -> told after the drain', async () => {
    const bench = new WatchBench();
    const client = bench.client(1);
    client.create({ key: 'k' });
    bench.put('k', '1');
    bench.put('k', '2');
    bench.compact(3);
    assert.equal(bench.hub.needsCatchUp, false);
    client.drain();
    await bench.catchUp();
    assert.deepEqual(client.take(), [{ id: 0, revision: 0, canceled: true, compactRevision: 3 }]);
  });

  it('compacted during the read -> those below are told, those above get theirs', async () => {
    const bench = new WatchBench(undefined, 6);
    bench.store.memoryFrom = 100;
    const client = bench.client();
    client.create({ key: 'old', startRevision: 2 });
    client.create({ key: 'old', startRevision: 5, prevKv: true });
    client.take();
    const pass = bench.hub.catchUp();
    bench.compact(5);
    await bench.store.answerReads();
    await bench.store.answerReads();
    await pass;
    assert.deepEqual(client.take(), [
      { id: 0, revision: 0, canceled: true, compactRevision: 5 },
      { id: 1, revision: 6, events: ['put old=x @5', 'put old=x @6 was x'] },
    ]);
  });

  it('compacted during the first read of several -> the later ones are not taken for done', async () => {
    const bench = new WatchBench(undefined, 200);
    bench.store.memoryFrom = 1000;
    const client = bench.client();
    client.create({ key: 'old', startRevision: 2 });
    client.create({ key: 'old', startRevision: 60 });
    client.take();
    const pass = bench.hub.catchUp();
    bench.compact(60);
    while (bench.store.readsWaiting > 0) await bench.store.answerReads();
    await pass;
    const [canceled, response] = client.take();
    assert.equal(canceled?.compactRevision, 60);
    assert.deepEqual(
      response?.events,
      Array.from({ length: 141 }, (_, i) => `put old=x @${60 + i}`),
    );
  });

  it('synced watchers do not notice', async () => {
    const bench = new WatchBench(undefined, 6);
    const client = bench.client();
    client.create({ key: 'old' });
    bench.compact(6);
    bench.put('old', 'y');
    await bench.catchUp();
    assert.equal(client.take()[1]?.revision, 7);
  });
});
