/** Reads what a watch stream brings, as far as the load has to know it. */
import { readU64Be } from '../../src/base/bytes.ts';
import { Reader } from '../../src/pb/index.ts';
import { BenchError } from '../bench-error.ts';

export interface WatchSink {
  onCreated(watchId: number): void;
  /** `write` is the number that the stored value starts with. */
  onEvent(watchId: number, modRevision: number, write: number): void;
}

const NO_FIELDS: readonly number[] = [];
/** Tags of WatchResponse: number << 3 | wire type. */
const WATCH_ID = 2 << 3;
const CREATED = 3 << 3;
const CANCELED = 4 << 3;
const CANCEL_REASON = (6 << 3) | 2;
const EVENTS = (11 << 3) | 2;
/** Tags of Event and of KeyValue. */
const EVENT_KV = (2 << 3) | 2;
const MOD_REVISION = 3 << 3;
const VALUE = (5 << 3) | 2;

/**
 * Reads the WatchResponse `bytes[start, end)`. Throws BENCH_ANSWER when the watch was cancelled,
 * or an event carries no value of ours.
 */
export function readWatchResponse(
  bytes: Uint8Array,
  start: number,
  end: number,
  sink: WatchSink,
): void {
  const reader = new Reader(bytes, start, end);
  let watchId = 0;
  let created = false;
  let canceled = false;
  let reason = '';
  while (!reader.done) {
    const tag = reader.tag();
    // Fields come in ascending order from every encoder we meet: the id is known by now.
    if (tag === EVENTS) readEvent(reader, watchId, sink);
    else if (tag === WATCH_ID) watchId = reader.int64Counter();
    else if (tag === CREATED) created = reader.bool();
    else if (tag === CANCELED) canceled = reader.bool();
    else if (tag === CANCEL_REASON) reason = reader.string();
    else reader.skipUnknown(tag, NO_FIELDS);
  }
  if (canceled) throw new BenchError('BENCH_ANSWER', `Watch: watch cancelled: ${reason}`);
  if (created) sink.onCreated(watchId);
}

function readEvent(reader: Reader, watchId: number, sink: WatchSink): void {
  const outside = reader.enter();
  let modRevision = 0;
  let write = -1;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== EVENT_KV) {
      reader.skipUnknown(tag, NO_FIELDS);
      continue;
    }
    const event = reader.enter();
    while (!reader.done) {
      const field = reader.tag();
      if (field === MOD_REVISION) modRevision = reader.int64Counter();
      else if (field === VALUE) {
        const value = reader.bytes();
        if (value.length >= 8) write = readU64Be(value, 0);
      } else reader.skipUnknown(field, NO_FIELDS);
    }
    reader.leave(event);
  }
  reader.leave(outside);
  if (write < 0) throw new BenchError('BENCH_ANSWER', 'Watch: event without a value');
  sink.onEvent(watchId, modRevision, write);
}
