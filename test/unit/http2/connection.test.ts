import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DRAIN_PING_MS_MAX,
  FRAME_MS_MAX,
  LINGER_MS_MAX,
  SETUP_MS_MAX,
} from '../../../src/http2/connection.ts';
import { CONTROL_BYTES_MAX } from '../../../src/http2/control-queue.ts';
import { ErrorCode } from '../../../src/http2/error-code.ts';
import { FLOOD_LIMITS } from '../../../src/http2/flood-guard.ts';
import { FrameFlag, FrameType, PREFACE, STREAM_ID_MAX } from '../../../src/http2/frame.ts';
import { READ_TURN_MS_MAX } from '../../../src/http2/read-turn.ts';
import { Setting } from '../../../src/http2/settings.ts';
import { RECENT_RESETS_MAX } from '../../../src/http2/stream-table.ts';
import {
  data,
  frame,
  GET,
  HELLO,
  headers,
  join,
  POST,
  ping,
  reset,
  settings,
  windowUpdate,
} from '../../support/http2/frames.ts';
import { TestPeer } from '../../support/http2/test-peer.ts';

const TICK_MS = 1000;
const DRAIN_ACK = ping(FrameFlag.ACK, 2);
const NO_BYTES = new Uint8Array(0);

/** Ticks for `ms`, as the timer of a server does. */
function tickFor(peer: TestPeer, ms: number): void {
  for (let passed = 0; passed < ms; passed += TICK_MS) peer.wait(TICK_MS);
}

describe('http2 connection: turns', () => {
  /** Every request takes `ms` to answer. */
  function slow(ms: number): TestPeer {
    const peer = TestPeer.greeted();
    peer.acceptor.onAccept = () => {
      peer.nowMs += ms;
    };
    return peer;
  }
  const request = (id: number): Uint8Array => headers(id, GET, 'end');
  const requests = Array.from({ length: 40 }, (_, at) => request(2 * at + 1));

  it('H2-I8: a read that takes READ_TURN_MS_MAX -> the rest waits for turns to come', () => {
    const peer = slow(1);
    peer.receive(...requests);
    const inFirstTurn = peer.acceptor.requests.length;
    assert.ok(inFirstTurn >= READ_TURN_MS_MAX && inFirstTurn < 20, `${inFirstTurn} requests`);
    assert.equal(peer.sink.isPaused, true);
    peer.turn();
    assert.ok(peer.acceptor.requests.length < 40);
    peer.turns();
    assert.equal(peer.acceptor.requests.length, 40);
    assert.equal(peer.sink.isPaused, false);
  });

  it('requests that are answered in no time -> one turn', () => {
    const peer = slow(0);
    peer.receive(...requests);
    assert.equal(peer.acceptor.requests.length, 40);
    assert.equal(peer.sink.isPaused, false);
  });

  it('the connection ends meanwhile -> the rest is dropped, and the socket read to its end', () => {
    const peer = slow(1);
    peer.receive(...requests);
    const { length } = peer.acceptor.requests;
    peer.connection.abort(ErrorCode.INTERNAL_ERROR);
    assert.equal(peer.sink.isPaused, false);
    peer.turns();
    assert.equal(peer.acceptor.requests.length, length);
  });
});

describe('http2 connection: graceful end', () => {
  it('shutdown -> announced; after the round trip the last id; then streams drain', () => {
    const peer = TestPeer.greeted();
    peer.send(headers(1, GET, 'end'));
    peer.connection.shutdown();
    peer.turns();
    assert.deepEqual(peer.read(), [`GOAWAY ${STREAM_ID_MAX} NO_ERROR`, 'PING']);
    peer.send(headers(3, GET, 'end'), DRAIN_ACK);
    assert.deepEqual(peer.read(), ['GOAWAY 3 NO_ERROR']);
    peer.send(headers(5, GET, 'end'));
    assert.deepEqual(peer.read(), ['RST_STREAM 5 REFUSED_STREAM']);
    peer.acceptor.stream(1).endWithTrailers(Uint8Array.of(0x88));
    peer.turns();
    assert.equal(peer.sink.ends, 'open');
    peer.send(reset(3));
    assert.equal(peer.sink.ends, 'ended');
    assert.deepEqual(peer.read(), ['HEADERS 1 end']);
  });

  it('an error after the last id was announced -> no later stream is named', () => {
    const peer = TestPeer.greeted();
    peer.connection.shutdown();
    peer.turns();
    peer.send(headers(1, GET, 'end'), DRAIN_ACK);
    peer.send(headers(3, GET, 'end'));
    peer.read();
    peer.connection.abort(ErrorCode.PROTOCOL_ERROR);
    assert.deepEqual(peer.read(), ['GOAWAY 1 PROTOCOL_ERROR']);
  });

  it('the peer does not answer the PING by DRAIN_PING_MS_MAX -> the same', () => {
    const peer = TestPeer.greeted();
    peer.connection.shutdown();
    peer.connection.shutdown();
    peer.turns();
    peer.wait(DRAIN_PING_MS_MAX - 1);
    assert.equal(peer.sink.ends, 'open');
    peer.wait(1);
    assert.deepEqual(peer.read(), [
      `GOAWAY ${STREAM_ID_MAX} NO_ERROR`,
      'PING',
      'GOAWAY 0 NO_ERROR',
    ]);
    assert.equal(peer.sink.ends, 'ended');
  });

  it('a PING ack that we did not ask for -> nothing', () => {
    const peer = TestPeer.greeted();
    peer.send(DRAIN_ACK);
    peer.send(headers(1, GET, 'end'));
    assert.deepEqual(peer.read(), []);
    assert.deepEqual(peer.acceptor.events(), ['1 GET / end', '1 end']);
  });
});

describe('http2 connection: H2-I5 sudden end', () => {
  it('abort -> GOAWAY, then the end; streams are told; nothing is read or written any more', () => {
    const peer = TestPeer.greeted();
    peer.send(headers(1, GET, 'end'), headers(3, POST, 'open'));
    peer.acceptor.stream(3).endWithTrailers(Uint8Array.of(0x88));
    peer.connection.abort(0x2, 'why');
    peer.connection.abort(0x2, 'why');
    assert.deepEqual(peer.read(), ['GOAWAY 3 INTERNAL_ERROR why']);
    assert.equal(peer.sink.ends, 'ended');
    assert.deepEqual(peer.acceptor.events().slice(2), ['3 POST /', '1 cancel']);
    peer.acceptor.stream(1).endWithTrailers(Uint8Array.of(0x88));
    peer.send(headers(5, GET, 'end'));
    peer.connection.shutdown();
    peer.connection.onSinkDrained();
    peer.turns();
    assert.deepEqual([peer.read(), peer.acceptor.events()], [[], []]);
  });

  it('the peer does not close by LINGER_MS_MAX -> destroyed', () => {
    const peer = TestPeer.greeted();
    peer.connection.abort(0x2);
    peer.wait(LINGER_MS_MAX - 1);
    assert.equal(peer.sink.ends, 'ended');
    peer.wait(1);
    assert.equal(peer.sink.ends, 'destroyed');
  });

  it('the socket is gone -> streams are told', () => {
    const peer = TestPeer.greeted();
    peer.send(headers(1, GET, 'end'), headers(3, GET, 'end'));
    peer.connection.onSinkClosed();
    peer.connection.onSinkClosed();
    assert.deepEqual(peer.acceptor.events().slice(-2), ['1 cancel', '3 cancel']);
    assert.equal(peer.connection.streamCount, 0);
    peer.turns();
    assert.deepEqual(peer.read(), []);
  });
});

describe('http2 connection: time limits', () => {
  it('no SETTINGS by SETUP_MS_MAX -> SETTINGS_TIMEOUT, whatever trickles in', () => {
    for (const bytes of [NO_BYTES, PREFACE.subarray(0, 9), HELLO.subarray(0, 30)]) {
      const peer = new TestPeer();
      peer.send(bytes);
      tickFor(peer, SETUP_MS_MAX - TICK_MS);
      assert.ok(!peer.connection.isClosed);
      peer.wait(TICK_MS);
      assert.equal(peer.read().at(-1), 'GOAWAY 0 SETTINGS_TIMEOUT no SETTINGS');
    }
  });

  it('a frame or block that takes FRAME_MS_MAX -> ENHANCE_YOUR_CALM', () => {
    const request = headers(1, POST, 'open');
    const unfinished = frame({ type: FrameType.HEADERS, streamId: 1 }, Uint8Array.of(0x82));
    const more = frame({ type: FrameType.CONTINUATION, streamId: 1 }, Uint8Array.of(0x82));
    const slow: readonly (readonly [Uint8Array, Uint8Array])[] = [
      [request.subarray(0, 5), NO_BYTES],
      [request.subarray(0, 12), NO_BYTES],
      [join([request, data(1, new Uint8Array(99), 'open').subarray(0, 20)]), Uint8Array.of(1)],
      [unfinished, more],
    ];
    for (const [begin, trickle] of slow) {
      const peer = TestPeer.greeted();
      peer.send(begin);
      tickFor(peer, FRAME_MS_MAX / 2);
      peer.send(trickle);
      tickFor(peer, FRAME_MS_MAX / 2);
      assert.ok(!peer.connection.isClosed);
      peer.wait(TICK_MS);
      assert.match(peer.read().at(-1) ?? '', /ENHANCE_YOUR_CALM a frame takes too long$/);
    }
  });

  it('a peer that is always inside a frame, but goes on -> lives', () => {
    const peer = TestPeer.greeted();
    const unknown = frame({ type: 0x77 }, new Uint8Array(20));
    let sent = 0;
    for (let passed = 0; passed < 3 * FRAME_MS_MAX; passed += TICK_MS) {
      peer.send(unknown.subarray(sent), unknown.subarray(0, (passed / TICK_MS) % 20));
      sent = (passed / TICK_MS) % 20;
      peer.wait(TICK_MS);
    }
    assert.deepEqual(peer.read(), []);
  });

  it('keepalive: silence -> a PING; silence after it -> destroyed', () => {
    const peer = TestPeer.greeted({ keepaliveIntervalMs: 10_000, keepaliveTimeoutMs: 4000 });
    peer.send(headers(1, GET, 'end'));
    tickFor(peer, 11_000);
    assert.deepEqual(peer.read(), ['PING']);
    peer.send(ping(FrameFlag.ACK, 1));
    tickFor(peer, 11_000);
    assert.deepEqual(peer.read(), ['PING']);
    tickFor(peer, 3000);
    assert.equal(peer.sink.ends, 'open');
    peer.wait(TICK_MS);
    assert.equal(peer.sink.ends, 'destroyed');
    assert.equal(peer.acceptor.events().at(-1), '1 cancel');
  });
});

describe('http2 connection: H2-I6 floods', () => {
  const opened = headers(1, POST, 'open');
  const malformed = (id: number): Uint8Array => headers(id, [], 'end');
  /** What is sent again and again on stream 1, which is open, or on further ones. */
  const floods: Readonly<Record<string, (id: number) => Uint8Array>> = {
    resets: () => reset(1),
    badRequests: malformed,
    ignored: () => frame({ type: 0x77 }),
    windowUpdates: () => windowUpdate(1, 1),
    pings: () => ping(FrameFlag.ACK),
    settings: () => settings(),
    emptyData: () => data(1, NO_BYTES, 'open'),
  };

  /** Receives so many frames of a flood; `firstId` names the stream of the first. */
  function flood(peer: TestPeer, kind: string, frames: number, firstId: number): void {
    for (let at = 0; at < frames && !peer.connection.isClosed; at++) {
      peer.connection.receive(floods[kind]?.(firstId + 2 * at) ?? NO_BYTES);
    }
  }

  for (const [kind, { burstMax, perSecond }] of Object.entries(FLOOD_LIMITS)) {
    it(`${kind}: ${burstMax} at once -> lives; one more -> ENHANCE_YOUR_CALM`, () => {
      const peer = TestPeer.greeted();
      peer.send(opened);
      // The hello had SETTINGS, too.
      flood(peer, kind, kind === 'settings' ? burstMax - 1 : burstMax, 3);
      peer.turns();
      peer.nowMs += 1000;
      flood(peer, kind, perSecond, 100_003);
      assert.ok(!peer.connection.isClosed);
      flood(peer, kind, 1, 200_003);
      assert.match(peer.read().at(-1) ?? '', new RegExp(`ENHANCE_YOUR_CALM too many: ${kind}$`));
    });
  }

  it('SETTINGS that change the windows of 99 000 streams -> count for 100', () => {
    const peer = new TestPeer({ maxConcurrentStreams: 200_000 });
    peer.connection.receive(HELLO);
    for (let at = 0; at < 99_000; at++) peer.connection.receive(headers(2 * at + 1, GET, 'end'));
    const burst = Math.floor((FLOOD_LIMITS.settings.burstMax - 1) / 100);
    for (let at = 1; at <= burst; at++) {
      peer.connection.receive(settings([Setting.INITIAL_WINDOW_SIZE, at]));
    }
    assert.ok(!peer.connection.isClosed);
    peer.connection.receive(settings([Setting.INITIAL_WINDOW_SIZE, 0]));
    assert.match(peer.read().at(-1) ?? '', /ENHANCE_YOUR_CALM too many: settings$/);
  });

  it('CONTROL_BYTES_MAX wait for a peer that does not read -> ENHANCE_YOUR_CALM', () => {
    const peer = TestPeer.greeted();
    peer.sink.isFull = true;
    peer.send(ping());
    peer.read();
    const resetsMax = Math.floor(CONTROL_BYTES_MAX / reset(1).length);
    flood(peer, 'badRequests', 20_000, 1);
    peer.nowMs += 1000;
    flood(peer, 'badRequests', resetsMax - 20_000, 100_001);
    assert.ok(!peer.connection.isClosed);
    flood(peer, 'badRequests', 1, 200_001);
    assert.match(peer.read().at(-1) ?? '', /ENHANCE_YOUR_CALM too much that is not read$/);
  });

  it('RECENT_RESETS_MAX -> older ones are forgotten', () => {
    const peer = TestPeer.greeted({ maxConcurrentStreams: 1 });
    peer.send(opened);
    for (let at = 1; at <= RECENT_RESETS_MAX + 1; at++)
      peer.send(headers(2 * at + 1, POST, 'open'));
    peer.read();
    peer.send(data(3, Uint8Array.of(1), 'end'));
    assert.deepEqual(peer.read(), ['RST_STREAM 3 STREAM_CLOSED']);
    peer.send(data(5, Uint8Array.of(1), 'end'));
    assert.deepEqual(peer.read(), []);
  });

  it('pings that come too early -> too_many_pings, unless answers were sent between', () => {
    const peer = TestPeer.greeted();
    for (let at = 0; at < 3; at++) peer.send(ping());
    assert.ok(!peer.connection.isClosed);
    peer.send(headers(1, GET, 'end'));
    peer.acceptor.stream(1).sendHeaders(Uint8Array.of(0x88));
    peer.turns();
    for (let at = 0; at < 3; at++) peer.send(ping());
    assert.ok(!peer.connection.isClosed);
    peer.send(ping());
    assert.equal(peer.read().at(-1), 'GOAWAY 1 ENHANCE_YOUR_CALM too_many_pings');
  });

  it('a ping for every answer, as Go sends them, for very long -> no flood', () => {
    const peer = TestPeer.greeted();
    for (let at = 0; at < 2 * FLOOD_LIMITS.pings.burstMax; at++) {
      const id = 2 * at + 1;
      peer.send(headers(id, GET, 'end'));
      const stream = peer.acceptor.stream(id);
      stream.sendHeaders(Uint8Array.of(0x88));
      stream.endWithTrailers(Uint8Array.of(0x88));
      peer.turns();
      peer.send(ping());
      peer.read();
    }
    assert.ok(!peer.connection.isClosed);
  });
});
