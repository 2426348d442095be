import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import { readWatchResponse } from '../../../../bench/load/watch-events.ts';
import { writeU64Be } from '../../../../src/base/bytes.ts';
import { Event, KeyValue, ResponseHeader, WatchResponse } from '../../../../src/pb/index.ts';

function read(partial: Partial<WatchResponse>): string[] {
  const header = ResponseHeader.create({ revision: 50 });
  const bytes = WatchResponse.encode(WatchResponse.create({ header, ...partial }));
  const seen: string[] = [];
  readWatchResponse(bytes, 0, bytes.length, {
    onCreated: (id) => seen.push(`created ${id}`),
    onEvent: (id, revision, write) => seen.push(`${id}: ${revision} ${write}`),
  });
  return seen;
}

function event(write: number, modRevision: number): Uint8Array {
  const value = new Uint8Array(20);
  writeU64Be(value, 0, write);
  const kv = KeyValue.encode(KeyValue.create({ key: Buffer.from('k'), value, modRevision }));
  return Event.encode(Event.create({ kv, prevKv: KeyValue.encode(KeyValue.create()) }));
}

const isAnswerError = (error: unknown): boolean =>
  error instanceof BenchError && error.code === 'BENCH_ANSWER';

describe('readWatchResponse', () => {
  it('created, several events, progress -> told', () => {
    assert.deepEqual(read({ watchId: 3n, created: true }), ['created 3']);
    const events = [event(0, 7), event(99_999, 8)];
    assert.deepEqual(read({ watchId: 3n, events }), ['3: 7 0', '3: 8 99999']);
    assert.deepEqual(read({ watchId: 3n }), []);
  });

  it('cancelled, or an event without value -> BENCH_ANSWER', () => {
    assert.throws(() => read({ canceled: true, cancelReason: 'compacted' }), isAnswerError);
    const bare = Event.encode(Event.create({ kv: KeyValue.encode(KeyValue.create()) }));
    assert.throws(() => read({ events: [bare] }), isAnswerError);
  });
});
