import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvariantError } from '../../../../src/base/assert.ts';
import { FilterType, WatchRequest, WatchResponse } from '../../../../src/pb/index.ts';
import { WatchBench } from '../../../support/watch/watch-bench.ts';

const COMPACTED = 'etcdserver: mvcc: required revision has been compacted';

describe('watch stream: create', () => {
  it('WATCH-I2 created comes first, with the current revision, then the events', () => {
    const bench = new WatchBench(undefined, 7);
    const client = bench.client();
    client.create({ key: 'k' });
    bench.put('k', 'v');
    assert.deepEqual(client.take(), [
      { id: 0, revision: 7, created: true },
      { id: 0, revision: 8, events: ['put k=v @8'] },
    ]);
  });

  it('header: cluster, member and the term of the moment', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'k' });
    bench.raftTerm = 4;
    client.create({ key: 'k' });
    const headers = client.sink.responses.map((bytes) => WatchResponse.decode(bytes).header);
    assert.deepEqual(headers, [
      { clusterId: 1n, memberId: 2n, revision: 1, raftTerm: 3 },
      { clusterId: 1n, memberId: 2n, revision: 1, raftTerm: 4 },
    ]);
  });

  it('empty key with end \\0 -> the whole key space', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: '', rangeEnd: '\0' });
    client.take();
    bench.put('\0', '1');
    bench.put('\xff\xff', '2');
    assert.deepEqual(
      client.take().flatMap((response) => response.events ?? []),
      ['put \0=1 @2', 'put \xff\xff=2 @3'],
    );
  });

  it('range: the key is inside, the end is not', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'b', rangeEnd: 'd' });
    client.take();
    for (const key of ['a', 'b', 'cz', 'd']) bench.put(key, 'v');
    assert.deepEqual(
      client.take().flatMap((response) => response.events ?? []),
      ['put b=v @3', 'put cz=v @4'],
    );
  });

  it('key not below the end -> created and canceled, id -1', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'b', rangeEnd: 'b' });
    client.create({ key: 'c', rangeEnd: 'b' });
    const reason = 'mvcc: watcher range is empty';
    const refused = { id: -1, revision: 1, created: true, canceled: true, reason };
    assert.deepEqual(client.take(), [refused, refused]);
    assert.deepEqual([...client.stream.watchers], []);
  });

  it('used id -> created and canceled, id -1, and the first watcher lives on', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'a', watchId: 5n });
    client.create({ key: 'b', watchId: 5n });
    bench.put('a', '1');
    const reason = 'mvcc: duplicate watch ID provided on the WatchStream';
    assert.deepEqual(client.take(), [
      { id: 5, revision: 1, created: true },
      { id: -1, revision: 1, created: true, canceled: true, reason },
      { id: 5, revision: 2, events: ['put a=1 @2'] },
    ]);
  });

  it('id 0 -> 0, 1, 2, ... per stream, passing over ids in use', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'a', watchId: 1n });
    for (let i = 0; i < 3; i++) client.create({ key: 'a' });
    client.cancel(2n);
    client.create({ key: 'a' });
    const other = bench.client();
    other.create({ key: 'a' });
    assert.deepEqual(
      client.take().map(({ id }) => id),
      [1, 0, 2, 3, 2, 4],
    );
    assert.equal(other.take()[0]?.id, 0);
  });

  it('id beyond 2^53 -> kept exactly', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'a', watchId: 2n ** 63n - 1n });
    const [bytes] = client.sink.responses;
    assert.equal(WatchResponse.decode(bytes ?? new Uint8Array()).watchId, 2n ** 63n - 1n);
  });

  it('negative start -> created and canceled as compacted, before any permission counts', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'a', startRevision: -1 }, 'not allowed');
    const refused = { id: -1, revision: 1, created: true, canceled: true, reason: COMPACTED };
    assert.deepEqual(client.take(), [refused]);
  });

  it('not permitted -> created and canceled with the reason; the stream stays open', () => {
    const bench = new WatchBench();
    const client = bench.client();
    const reason = 'rpc error: code = PermissionDenied desc = etcdserver: permission denied';
    client.create({ key: 'b', rangeEnd: 'a' }, reason);
    client.create({ key: 'a' });
    assert.deepEqual(client.take(), [
      { id: -1, revision: 1, created: true, canceled: true, reason },
      { id: 0, revision: 1, created: true },
    ]);
  });

  it('a request without content is ignored', () => {
    const client = new WatchBench().client();
    assert.equal(client.stream.handle(WatchRequest.create({})), true);
    assert.deepEqual(client.take(), []);
  });
});

describe('watch stream: cancel', () => {
  it('known id -> canceled with the current revision, and no event after it', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'k' });
    bench.put('k', '1');
    client.cancel(0n);
    bench.put('k', '2');
    assert.deepEqual(client.take().slice(2), [{ id: 0, revision: 2, canceled: true }]);
    assert.equal(bench.hub.interest(new Uint8Array([0x6b])), 'none');
  });

  it('unknown id -> silence', () => {
    const client = new WatchBench().client();
    client.cancel(7n);
    assert.deepEqual(client.take(), []);
  });

  it('close -> all watchers are gone', () => {
    const bench = new WatchBench(undefined, 3);
    const client = bench.client();
    client.create({ key: 'k' });
    client.create({ key: 'k', startRevision: 1 });
    client.stream.close();
    bench.put('k', '1');
    assert.equal(bench.hub.needsCatchUp, false);
    assert.equal(client.take().length, 2);
    assert.throws(() => client.create({ key: 'k' }), InvariantError);
  });
});

describe('watch stream: events', () => {
  it('WATCH-I3 the changes of one revision come in one response, in their order', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'a', rangeEnd: 'z' });
    client.take();
    bench.commit({ key: 'b', value: '1' }, { key: 'a', value: '2' }, { key: 'zz', value: '3' });
    bench.commit({ key: 'a' }, { key: 'b' });
    assert.deepEqual(client.take(), [
      { id: 0, revision: 2, events: ['put b=1 @2', 'put a=2 @2'] },
      { id: 0, revision: 3, events: ['delete a @3', 'delete b @3'] },
    ]);
  });

  it('filters drop events; nothing left -> nothing sent', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'k', filters: [FilterType.NOPUT] });
    client.create({ key: 'k', filters: [FilterType.NODELETE] });
    client.create({ key: 'k', filters: [FilterType.NOPUT, FilterType.NODELETE] });
    client.create({ key: 'k', filters: [7] });
    client.take();
    bench.put('k', '1');
    bench.delete('k');
    assert.deepEqual(client.take(), [
      { id: 1, revision: 2, events: ['put k=1 @2'] },
      { id: 3, revision: 2, events: ['put k=1 @2'] },
      { id: 0, revision: 3, events: ['delete k @3'] },
      { id: 3, revision: 3, events: ['delete k @3'] },
    ]);
  });

  it('prev_kv: the former value for those who asked; none for a create', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'k', prevKv: true });
    client.create({ key: 'k' });
    client.take();
    bench.put('k', '1');
    bench.put('k', '2');
    bench.delete('k');
    const events = client.take().flatMap(({ id, events = [] }) => events.map((e) => [id, e]));
    assert.deepEqual(events, [
      [0, 'put k=1 @2'],
      [1, 'put k=1 @2'],
      [0, 'put k=2 @3 was 1'],
      [1, 'put k=2 @3'],
      [0, 'delete k @4 was 2'],
      [1, 'delete k @4'],
    ]);
  });

  it('interest: what the watchers of a key want to know', () => {
    const bench = new WatchBench();
    const client = bench.client();
    const interest = (key: string): string => bench.hub.interest(new TextEncoder().encode(key));
    assert.equal(interest('k'), 'none');
    client.create({ key: 'k' });
    client.create({ key: 'l', rangeEnd: 'n' });
    assert.deepEqual(['j', 'k', 'm'].map(interest), ['none', 'event', 'event']);
    client.create({ key: 'a', rangeEnd: '\0', prevKv: true });
    assert.deepEqual(['0', 'k', 'm'].map(interest), ['none', 'event-with-prev', 'event-with-prev']);
    client.cancel(2n);
    assert.deepEqual(['j', 'k', 'm'].map(interest), ['none', 'event', 'event']);
  });

  it('future start -> silent until then, at first as a change of any other key', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'k', startRevision: 4 });
    for (let i = 2; i <= 5; i++) bench.put('k', String(i));
    assert.deepEqual(client.take(), [
      { id: 0, revision: 1, created: true },
      { id: 0, revision: 4, events: ['put k=4 @4'] },
      { id: 0, revision: 5, events: ['put k=5 @5'] },
    ]);
  });

  it('one event for many watchers -> encoded once, equal responses share their bytes', () => {
    const bench = new WatchBench();
    const clients = [bench.client(), bench.client(), bench.client()];
    for (const client of clients) {
      client.create({ key: 'k' });
      client.take();
    }
    bench.put('k', 'v');
    const [first, ...others] = clients.map((client) => client.sink.responses[0]);
    for (const other of others) assert.equal(other, first);
  });

  it('same watch id and first event, but fewer events -> a response of its own', () => {
    const bench = new WatchBench();
    const wide = bench.client();
    wide.create({ key: 'a', rangeEnd: 'c' });
    const narrow = bench.client();
    narrow.create({ key: 'a', rangeEnd: 'b' });
    bench.commit({ key: 'a', value: '1' }, { key: 'b', value: '2' });
    assert.deepEqual(wide.take()[1]?.events, ['put a=1 @2', 'put b=2 @2']);
    assert.deepEqual(narrow.take()[1]?.events, ['put a=1 @2']);
  });
});

describe('watch stream: progress', () => {
  it('request -> one response for all watchers, id -1', () => {
    const bench = new WatchBench(undefined, 5);
    const client = bench.client();
    client.create({ key: 'a' });
    client.create({ key: 'b' });
    client.take();
    client.requestProgress();
    assert.deepEqual(client.take(), [{ id: -1, revision: 5 }]);
  });

  it('request without watchers -> silence', () => {
    const client = new WatchBench().client();
    client.requestProgress();
    assert.deepEqual(client.take(), []);
  });

  it('WATCH-I4 request while one watcher is not synced -> silence', async () => {
    const bench = new WatchBench(undefined, 5);
    const client = bench.client();
    client.create({ key: 'a' });
    client.create({ key: 'old', startRevision: 5 });
    client.take();
    client.requestProgress();
    assert.deepEqual(client.take(), []);
    await bench.catchUp();
    client.requestProgress();
    assert.deepEqual(client.take(), [
      { id: 1, revision: 5, events: ['put old=x @5'] },
      { id: -1, revision: 5 },
    ]);
  });

  it('request while a start is in the future, be it the next revision -> silence', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'a', startRevision: 2 });
    client.take();
    client.requestProgress();
    assert.deepEqual(client.take(), []);
    bench.put('b', '');
    client.requestProgress();
    assert.deepEqual(client.take(), [{ id: -1, revision: 2 }]);
  });

  it('tick: each watcher that asked, with its id; skipped once after events', () => {
    const bench = new WatchBench();
    const client = bench.client();
    client.create({ key: 'a', progressNotify: true });
    client.create({ key: 'b', progressNotify: true });
    client.create({ key: 'c' });
    bench.put('a', '1');
    client.take();
    client.stream.progressTick();
    assert.deepEqual(client.take(), [{ id: 1, revision: 2 }]);
    client.stream.progressTick();
    assert.deepEqual(client.take(), [
      { id: 0, revision: 2 },
      { id: 1, revision: 2 },
    ]);
  });

  it('tick: not for a watcher behind or in the future, nor into a full sink', () => {
    const bench = new WatchBench(undefined, 5);
    const client = bench.client();
    client.create({ key: 'a', progressNotify: true, startRevision: 2 });
    client.create({ key: 'a', progressNotify: true, startRevision: 6 });
    client.take();
    client.stream.progressTick();
    assert.deepEqual(client.take(), []);
    const full = bench.client(1);
    full.create({ key: 'a', progressNotify: true });
    full.stream.progressTick();
    assert.deepEqual(full.take(), [{ id: 0, revision: 5, created: true }]);
  });
});

describe('watch stream: a full sink', () => {
  it('WATCH-I5 requests are refused, and taken again after the drain', () => {
    const bench = new WatchBench();
    const client = bench.client(1);
    assert.equal(client.create({ key: 'a' }), true);
    assert.equal(client.create({ key: 'b' }), false);
    assert.equal(client.cancel(0n), false);
    assert.equal(client.requestProgress(), false);
    assert.deepEqual(client.drain(), [{ id: 0, revision: 1, created: true }]);
    assert.equal(client.create({ key: 'b' }), true);
    assert.deepEqual(client.take(), [{ id: 1, revision: 1, created: true }]);
  });

  it('WATCH-I6 events stay in the store until the drain; nothing is kept for the stream', async () => {
    const bench = new WatchBench();
    const client = bench.client(2);
    client.create({ key: 'k' });
    for (let i = 2; i <= 500; i++) bench.put('k', String(i));
    assert.equal(client.sink.responses.length, 2);
    assert.equal(client.stream.lagging.size, 1);
    assert.equal(bench.hub.interest(new Uint8Array([0x6b])), 'none');
    assert.equal(await bench.catchUp(), 0);
    client.drain();
    assert.equal(await bench.catchUp(), 1);
    const [response] = client.take();
    assert.equal(response?.revision, 500);
    assert.equal(response?.events?.length, 498);
    assert.equal(response?.events?.[0], 'put k=3 @3');
  });
});

describe('watch stream: fragments', () => {
  const value = 'v'.repeat(100);

  function fill(bench: WatchBench): void {
    bench.commit(...Array.from({ length: 7 }, (_, i) => ({ key: `k${i}`, value })));
  }

  it('asked for, response too big -> parts below the limit, all but the last marked', () => {
    const bench = new WatchBench(300);
    const client = bench.client();
    client.create({ key: 'k', rangeEnd: 'l', fragment: true });
    client.take();
    fill(bench);
    const sizes = client.sink.responses.map((response) => response.length);
    const parts = client.take();
    assert.ok(sizes.every((size) => size < 300));
    assert.deepEqual(
      parts.map(({ fragment, events = [] }) => [fragment ?? false, events.length]),
      [
        [true, 2],
        [true, 2],
        [true, 2],
        [false, 1],
      ],
    );
    assert.deepEqual(
      parts.flatMap(({ events = [] }) => events),
      Array.from({ length: 7 }, (_, i) => `put k${i}=${value} @2`),
    );
  });

  it('a part has one event at least, however big', () => {
    const bench = new WatchBench(10);
    const client = bench.client();
    client.create({ key: 'k', rangeEnd: 'l', fragment: true });
    client.take();
    fill(bench);
    bench.put('k', value);
    assert.deepEqual(
      client.take().map(({ fragment, events = [] }) => [fragment ?? false, events.length]),
      [...Array.from({ length: 6 }, () => [true, 1]), [false, 1], [false, 1]],
    );
  });

  it('limit: what has as many bytes is split, what has one byte less is not', () => {
    const sizesAt = (fragmentBytesMin: number): number[] => {
      const bench = new WatchBench(fragmentBytesMin);
      const client = bench.client();
      client.create({ key: 'k', rangeEnd: 'l', fragment: true });
      client.take();
      fill(bench);
      return client.sink.responses.map((response) => response.length);
    };
    const [whole = 0] = sizesAt(Number.POSITIVE_INFINITY);
    assert.deepEqual(sizesAt(whole + 1), [whole]);
    assert.equal(sizesAt(whole).length, 2);
    const [pair = 0] = sizesAt(300);
    assert.equal(sizesAt(pair + 1).length, 4);
    assert.equal(sizesAt(pair).length, 7);
  });

  it('not asked for -> one response, however big', () => {
    const bench = new WatchBench(300);
    const client = bench.client();
    client.create({ key: 'k', rangeEnd: 'l' });
    client.take();
    fill(bench);
    assert.equal(client.take().length, 1);
  });

  it('the sink fills up in the middle -> the parts of the response still stay together', () => {
    const bench = new WatchBench(300);
    const client = bench.client(2);
    client.create({ key: 'k', rangeEnd: 'l', fragment: true });
    fill(bench);
    assert.equal(client.take().length, 5);
  });
});
