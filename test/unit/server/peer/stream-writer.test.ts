import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { beforeEach, describe, it } from 'node:test';
import { Entry, Message, MessageType } from '../../../../src/pb/index.ts';
import { DeferredEvents } from '../../../../src/server/peer/deferred-events.ts';
import { PeerClient } from '../../../../src/server/peer/dial/peer-client.ts';
import type { PeerContext, PeerView } from '../../../../src/server/peer/peer-context.ts';
import { PeerCounters } from '../../../../src/server/peer/peer-meters.ts';
import { PeerStatus } from '../../../../src/server/peer/peer-status.ts';
import { QuietLog } from '../../../../src/server/peer/quiet-log.ts';
import {
  HEARTBEAT_PERIOD_MS,
  STREAM_WRITE_TIMEOUT_MS,
  StreamWriter,
  streamQueueBytesMax,
  streamQueueMax,
} from '../../../../src/server/peer/stream-writer.ts';
import { EntryRuns } from '../../../../src/server/peer/wire/entry-runs.ts';
import { MessageDecoder } from '../../../../src/server/peer/wire/message-stream.ts';
import { ManualTime } from '../../../support/peer/manual-time.ts';
import { MemorySnapshots, RecordedEvents } from '../../../support/peer/recorded-events.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const PEER = 2n;

/** A connection that takes bytes only when it is told to. */
class SlowSink extends Writable {
  readonly written: Buffer[] = [];
  #pending: (() => void) | undefined;

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.written.push(chunk);
    this.#pending = done;
  }

  /** Takes what was written, and what comes of it in this turn. */
  async take(): Promise<void> {
    const done = this.#pending;
    this.#pending = undefined;
    done?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function message(index: number, bytes = 0): Message {
  const entries = bytes === 0 ? [] : [Entry.create({ index, data: new Uint8Array(bytes) })];
  return Message.create({ type: MessageType.MsgHeartbeat, from: 1n, to: PEER, index, entries });
}

describe('stream writer', () => {
  let time: ManualTime;
  let recorded: RecordedEvents;
  let view: PeerView;
  let writer: StreamWriter;
  let sink: SlowSink;

  beforeEach(() => {
    time = new ManualTime();
    recorded = new RecordedEvents();
    const logger = new RecordingLogger();
    const counters = new PeerCounters();
    const quietLog = new QuietLog(logger, time);
    const becameActive = (): void => undefined;
    const status = new PeerStatus(PEER, counters, { clock: time, logger, quietLog, becameActive });
    view = { id: PEER, status, counters, quietLog };
    const context: PeerContext = {
      identity: { memberId: 1n, clusterId: 9n, peerURLs: [] },
      clock: time,
      scheduler: time,
      logger,
      client: new PeerClient({ dialTimeoutMs: 1000 }, time),
      events: new DeferredEvents(recorded, time),
      snapshots: new MemorySnapshots(),
      entryRuns: new EntryRuns(),
      receive: () => undefined,
    };
    writer = new StreamWriter('message', view, context);
    sink = new SlowSink();
    writer.attach(sink);
  });

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const indexes = (chunks: readonly Buffer[]): number[] =>
    new MessageDecoder().decode(Buffer.concat(chunks)).map(({ index }) => index);

  it('messages of one turn -> one write', async () => {
    for (let i = 0; i < 3; i++) assert.ok(writer.queue(message(i)));
    writer.flush();
    assert.equal(sink.written.length, 1);
    assert.deepEqual(indexes(sink.written), [0, 1, 2]);
    assert.equal(view.counters.sentBytes, sink.written[0]?.length);
    writer.checkInvariants();
    await sink.take();
  });

  it('a connection that takes nothing -> messages wait, and leave in order', async () => {
    writer.queue(message(0, 2 << 20));
    writer.flush();
    for (let i = 1; i < 5; i++) writer.queue(message(i));
    writer.flush();
    assert.equal(sink.written.length, 1);
    writer.checkInvariants();
    await sink.take();
    assert.deepEqual(indexes(sink.written), [0, 1, 2, 3, 4]);
    writer.checkInvariants();
  });

  it('streamQueueMax messages wait -> the next one is refused (PEER-I3)', () => {
    for (let i = 0; i < streamQueueMax; i++) assert.ok(writer.queue(message(i)));
    assert.equal(writer.queue(message(0)), false);
  });

  it('streamQueueBytesMax wait -> the next one is refused, but one alone never (PEER-I3)', () => {
    assert.ok(writer.queue(message(1, streamQueueBytesMax + 1)));
    assert.equal(writer.queue(message(2)), false);
  });

  it('silence -> heartbeats; a connection that takes none is given up', async () => {
    time.advance(HEARTBEAT_PERIOD_MS);
    assert.equal(sink.written.length, 1);
    assert.deepEqual(indexes(sink.written), []);
    writer.queue(message(0, 2 << 20));
    writer.flush();
    time.advance(STREAM_WRITE_TIMEOUT_MS - 1);
    assert.ok(writer.isWorking);
    time.advance(HEARTBEAT_PERIOD_MS + 1);
    assert.equal(writer.isWorking, false);
    assert.ok(sink.destroyed);
    assert.equal(view.status.isActive, false);
    await settled();
    assert.deepEqual(recorded.others, [`unreachable ${PEER}`]);
    assert.equal(time.timers, 0);
  });

  it('the connection breaks with messages on it -> the peer is unreachable, once', async () => {
    writer.queue(message(0));
    writer.flush();
    sink.destroy(new TypeError('broken'));
    await settled();
    assert.equal(writer.isWorking, false);
    assert.equal(view.counters.sentFailures, 1);
    await settled();
    assert.deepEqual(recorded.others, [`unreachable ${PEER}`]);
  });

  it('the peer dials again -> the former connection ends, the new one starts afresh', async () => {
    const next = new SlowSink();
    writer.attach(next);
    await settled();
    assert.ok(sink.writableEnded);
    assert.ok(writer.isWorking);
    writer.queue(message(7));
    writer.flush();
    assert.deepEqual(indexes(next.written), [7]);
    await settled();
    assert.deepEqual(recorded.others, []);
  });

  it('stopped -> the connection ends and no timer is left (PEER-I7)', () => {
    writer.stop();
    assert.ok(sink.writableEnded);
    assert.equal(time.timers, 0);
  });
});
