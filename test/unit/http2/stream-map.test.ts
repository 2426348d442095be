import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Stream, type StreamHost } from '../../../src/http2/stream.ts';
import { StreamMap } from '../../../src/http2/stream-map.ts';

const HOST: StreamHost = {
  mayQueue: () => true,
  onQueued: () => undefined,
  onResetByUser: () => undefined,
  onCredited: () => undefined,
  onWindowGrown: () => undefined,
};

function stream(id: number): Stream {
  return new Stream(id, HOST, 0);
}

describe('stream map', () => {
  it('any adds and removes -> what a Map would hold', () => {
    const action = fc.record({ id: fc.nat(300).map((n) => 2 * n + 1), adds: fc.boolean() });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 500 }), (actions) => {
        const map = new StreamMap();
        const model = new Map<number, Stream>();
        for (const { id, adds } of actions) {
          const known = model.get(id);
          if (adds && known === undefined) {
            const added = stream(id);
            map.add(added);
            model.set(id, added);
          } else if (!adds && known !== undefined) {
            map.remove(known);
            model.delete(id);
          }
          assert.equal(map.get(id), model.get(id));
        }
        map.checkInvariants();
        assert.equal(map.size, model.size);
        assert.deepEqual(new Set(map.values()), new Set(model.values()));
      }),
    );
  });

  it('ids that share a chain: each is found, and goes alone', () => {
    const map = new StreamMap();
    const streams = [1, 33, 65, 97].map(stream);
    for (const each of streams) map.add(each);
    const [first, second, third, fourth] = streams;
    assert.ok(first && second && third && fourth);
    map.remove(second);
    assert.equal(map.get(33), undefined);
    assert.deepEqual([map.get(1), map.get(65), map.get(97)], [first, third, fourth]);
    map.checkInvariants();
  });

  it('streams that are removed while one looks at them all: each is seen once', () => {
    const map = new StreamMap();
    for (let id = 1; id < 200; id += 2) map.add(stream(id));
    const seen = map.values();
    for (const each of seen) map.remove(each);
    assert.equal(seen.length, 100);
    assert.equal(map.size, 0);
    map.checkInvariants();
  });

  it('a stream that is not in the map -> assertion', () => {
    const map = new StreamMap();
    map.add(stream(1));
    assert.throws(() => map.remove(stream(1)), /not in it/);
  });
});
