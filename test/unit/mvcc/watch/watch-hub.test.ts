import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WatchBench } from '../../../support/watch/watch-bench.ts';

describe('watch hub: counts', () => {
  it('streams, watchers, those that miss events, and events sent to each', async () => {
    const bench = new WatchBench();
    const { hub } = bench;
    assert.deepEqual(hub.counts(), { streams: 0, watchers: 0, slowWatchers: 0 });
    bench.put('a', '1');
    const [one, two] = [bench.client(), bench.client()];
    one.create({ key: 'a' });
    one.create({ key: 'a' });
    two.create({ key: 'a', startRevision: 1 });
    assert.deepEqual(hub.counts(), { streams: 2, watchers: 3, slowWatchers: 1 });
    assert.equal(hub.eventsSent, 0);
    await bench.catchUp();
    assert.deepEqual(hub.counts(), { streams: 2, watchers: 3, slowWatchers: 0 });
    assert.equal(hub.eventsSent, 1);
    bench.put('a', '2');
    bench.put('b', '2');
    assert.equal(hub.eventsSent, 4);
    one.stream.close();
    assert.deepEqual(hub.counts(), { streams: 1, watchers: 1, slowWatchers: 0 });
    assert.equal(hub.eventsSent, 4);
  });
});
