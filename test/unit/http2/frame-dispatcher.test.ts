import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameFlag, FrameType, PREFACE, WINDOW_BYTES_MAX } from '../../../src/http2/frame.ts';
import { Setting } from '../../../src/http2/settings.ts';
import {
  data,
  frame,
  GET,
  HELLO,
  headers,
  POST,
  ping,
  reset,
  settings,
  u32,
  windowUpdate,
} from '../../support/http2/frames.ts';
import { TestPeer } from '../../support/http2/test-peer.ts';

const { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY } = FrameType;
const { WINDOW_UPDATE, CONTINUATION } = FrameType;
const body = new Uint8Array(4);
const opened = headers(1, POST, 'open');
const answered = headers(1, GET, 'end');
const unfinished = frame({ type: HEADERS, streamId: 1 }, body);

/** After HELLO; each ends the connection by the code. */
const FATAL: Readonly<Record<string, readonly [string, ...Uint8Array[]]>> = {
  'DATA on stream 0': ['PROTOCOL_ERROR', data(0, body, 'open')],
  'DATA on an idle stream': ['PROTOCOL_ERROR', data(1, body, 'open')],
  'DATA on an even stream': ['PROTOCOL_ERROR', opened, data(2, body, 'open')],
  'HEADERS on stream 0': ['PROTOCOL_ERROR', headers(0, GET, 'end')],
  'HEADERS on an even stream': ['PROTOCOL_ERROR', headers(2, GET, 'end')],
  'HEADERS on a stream passed over': [
    'PROTOCOL_ERROR',
    headers(5, GET, 'end'),
    headers(3, GET, 'end'),
  ],
  'HEADERS on a stream the peer reset': ['STREAM_CLOSED', opened, reset(1), answered],
  'HEADERS that depend on themselves': [
    'PROTOCOL_ERROR',
    frame(
      { type: HEADERS, flags: FrameFlag.PRIORITY, streamId: 1 },
      new Uint8Array([0, 0, 0, 1, 9]),
    ),
  ],
  'HEADERS without room for its priority': [
    'FRAME_SIZE_ERROR',
    frame({ type: HEADERS, flags: FrameFlag.PRIORITY, streamId: 1 }, body),
  ],
  'HEADERS with too much padding': [
    'PROTOCOL_ERROR',
    frame({ type: HEADERS, flags: FrameFlag.PADDED, streamId: 1 }, Uint8Array.of(4, 0, 0, 0)),
  ],
  'HEADERS that HPACK cannot decode': [
    'COMPRESSION_ERROR',
    frame({ type: HEADERS, flags: FrameFlag.END_HEADERS, streamId: 1 }, Uint8Array.of(0xff)),
  ],
  'DATA with too much padding': [
    'PROTOCOL_ERROR',
    opened,
    frame({ type: DATA, flags: FrameFlag.PADDED, streamId: 1 }, Uint8Array.of(4, 0, 0, 0)),
  ],
  'padded DATA without a byte': [
    'FRAME_SIZE_ERROR',
    opened,
    frame({ type: DATA, flags: FrameFlag.PADDED, streamId: 1 }),
  ],
  'a frame inside a header block': ['PROTOCOL_ERROR', unfinished, ping()],
  'DATA inside a header block': ['PROTOCOL_ERROR', unfinished, data(1, body, 'open')],
  'CONTINUATION on another stream': [
    'PROTOCOL_ERROR',
    unfinished,
    frame({ type: CONTINUATION, streamId: 3 }),
  ],
  'CONTINUATION without HEADERS': ['PROTOCOL_ERROR', frame({ type: CONTINUATION, streamId: 1 })],
  'PRIORITY on stream 0': ['PROTOCOL_ERROR', frame({ type: PRIORITY }, new Uint8Array(5))],
  'PRIORITY of four bytes': ['FRAME_SIZE_ERROR', frame({ type: PRIORITY, streamId: 1 }, body)],
  'PRIORITY that depends on itself': [
    'PROTOCOL_ERROR',
    frame({ type: PRIORITY, streamId: 1 }, Uint8Array.of(0, 0, 0, 1, 0)),
  ],
  'RST_STREAM on stream 0': ['PROTOCOL_ERROR', reset(0)],
  'RST_STREAM on an idle stream': ['PROTOCOL_ERROR', reset(1)],
  'RST_STREAM of three bytes': [
    'FRAME_SIZE_ERROR',
    opened,
    frame({ type: RST_STREAM, streamId: 1 }, new Uint8Array(3)),
  ],
  'SETTINGS on a stream': ['PROTOCOL_ERROR', frame({ type: SETTINGS, streamId: 1 })],
  'SETTINGS of four bytes': ['FRAME_SIZE_ERROR', frame({ type: SETTINGS }, body)],
  'SETTINGS ack with a payload': [
    'FRAME_SIZE_ERROR',
    frame({ type: SETTINGS, flags: FrameFlag.ACK }, new Uint8Array(6)),
  ],
  'SETTINGS_ENABLE_PUSH 2': ['PROTOCOL_ERROR', settings([Setting.ENABLE_PUSH, 2])],
  'SETTINGS_INITIAL_WINDOW_SIZE 2^31': [
    'FLOW_CONTROL_ERROR',
    settings([Setting.INITIAL_WINDOW_SIZE, 2 ** 31]),
  ],
  'SETTINGS_MAX_FRAME_SIZE 16383': ['PROTOCOL_ERROR', settings([Setting.MAX_FRAME_SIZE, 16_383])],
  'SETTINGS_MAX_FRAME_SIZE 2^24': ['PROTOCOL_ERROR', settings([Setting.MAX_FRAME_SIZE, 2 ** 24])],
  'SETTINGS that make a window overflow': [
    'FLOW_CONTROL_ERROR',
    opened,
    windowUpdate(1, 1000),
    settings([Setting.INITIAL_WINDOW_SIZE, WINDOW_BYTES_MAX]),
  ],
  PUSH_PROMISE: ['PROTOCOL_ERROR', frame({ type: PUSH_PROMISE, streamId: 1 }, body)],
  'PING on a stream': ['PROTOCOL_ERROR', frame({ type: PING, streamId: 1 }, new Uint8Array(8))],
  'PING of four bytes': ['FRAME_SIZE_ERROR', frame({ type: PING }, body)],
  'GOAWAY on a stream': ['PROTOCOL_ERROR', frame({ type: GOAWAY, streamId: 1 }, new Uint8Array(8))],
  'GOAWAY of four bytes': ['FRAME_SIZE_ERROR', frame({ type: GOAWAY }, body)],
  'WINDOW_UPDATE of three bytes': [
    'FRAME_SIZE_ERROR',
    frame({ type: WINDOW_UPDATE }, new Uint8Array(3)),
  ],
  'WINDOW_UPDATE of 0': ['PROTOCOL_ERROR', windowUpdate(0, 0)],
  'WINDOW_UPDATE on an idle stream': ['PROTOCOL_ERROR', windowUpdate(1, 1)],
  'WINDOW_UPDATE beyond 2^31': ['FLOW_CONTROL_ERROR', windowUpdate(0, WINDOW_BYTES_MAX)],
};

/** After HELLO and a request on stream 1 that has not ended; each resets the stream by the code. */
const PER_STREAM: Readonly<Record<string, readonly [string, Uint8Array]>> = {
  'WINDOW_UPDATE of 0': ['PROTOCOL_ERROR', windowUpdate(1, 0)],
  'WINDOW_UPDATE beyond 2^31': ['FLOW_CONTROL_ERROR', windowUpdate(1, WINDOW_BYTES_MAX)],
  'a second header block that does not end it': [
    'PROTOCOL_ERROR',
    headers(1, [['x', 'y']], 'open'),
  ],
  'trailers with a pseudo-header': ['PROTOCOL_ERROR', headers(1, GET, 'end')],
};

describe('http2 frames: broken rules', () => {
  for (const [name, [code, ...frames]] of Object.entries(FATAL)) {
    it(`${name} -> the connection ends by ${code}`, () => {
      const peer = TestPeer.greeted();
      peer.send(...frames);
      const goAway = peer.read().at(-1) ?? '';
      assert.match(goAway, new RegExp(`^GOAWAY \\d+ ${code}`));
      assert.equal(peer.sink.ends, 'ended');
      assert.ok(peer.connection.isClosed);
    });
  }

  for (const [name, [code, bytes]] of Object.entries(PER_STREAM)) {
    it(`${name} -> the stream ends by ${code}, the connection goes on`, () => {
      const peer = TestPeer.greeted();
      peer.send(opened, bytes);
      assert.deepEqual(peer.read(), [`RST_STREAM 1 ${code}`]);
      assert.deepEqual(peer.acceptor.events(), ['1 POST /', '1 cancel']);
      peer.send(ping());
      assert.deepEqual(peer.read(), ['PING ack']);
    });
  }

  it('a bad preface, or another first frame than SETTINGS -> PROTOCOL_ERROR', () => {
    const http1 = new TestPeer();
    http1.send(new Uint8Array(Buffer.from('GET / HTTP/1.1\r\n')));
    assert.match(http1.read().at(-1) ?? '', /^GOAWAY 0 PROTOCOL_ERROR bad connection preface/);
    for (const first of [ping(), answered, frame({ type: SETTINGS, flags: FrameFlag.ACK })]) {
      const peer = new TestPeer();
      peer.send(PREFACE, first);
      assert.match(peer.read().at(-1) ?? '', /^GOAWAY 0 PROTOCOL_ERROR the first frame/);
    }
  });

  it('what follows a fatal frame -> is not read', () => {
    const peer = TestPeer.greeted();
    peer.send(ping(), data(1, body, 'open'), answered);
    peer.send(answered);
    assert.deepEqual(peer.acceptor.events(), []);
    assert.deepEqual(peer.read(), ['PING ack', 'GOAWAY 0 PROTOCOL_ERROR DATA on an idle stream']);
  });
});

describe('http2 frames: what has no effect', () => {
  it('frames for a stream that has ended -> are ignored, other than HEADERS and DATA', () => {
    const peer = TestPeer.greeted();
    peer.send(opened, reset(1), reset(1), windowUpdate(1, 0));
    peer.send(frame({ type: PRIORITY, streamId: 1 }, new Uint8Array(5)));
    assert.deepEqual(peer.read(), []);
    peer.send(data(1, body, 'open'));
    assert.deepEqual(peer.read(), ['RST_STREAM 1 STREAM_CLOSED']);
  });

  it('unknown frames, unknown settings, GOAWAY -> are ignored', () => {
    const peer = TestPeer.greeted();
    peer.send(frame({ type: 0xb0, streamId: 8 }, body), frame({ type: GOAWAY }, new Uint8Array(8)));
    assert.deepEqual(peer.read(), []);
    peer.send(settings([0xff, 7]));
    assert.deepEqual(peer.read(), ['SETTINGS ack']);
  });

  it('frames of a stream that we reset -> are ignored', () => {
    const peer = TestPeer.greeted();
    peer.send(opened);
    peer.acceptor.stream(1).reset(0x8);
    peer.turns();
    assert.deepEqual(peer.read(), ['RST_STREAM 1 CANCEL']);
    peer.send(data(1, body, 'open'), headers(1, [['x', 'y']], 'end'));
    assert.deepEqual(peer.read(), []);
    assert.deepEqual(peer.acceptor.events(), ['1 POST /']);
  });
});

describe('http2 frames: the connection', () => {
  it('hello -> our SETTINGS and window, then an ack', () => {
    const peer = new TestPeer();
    peer.turn();
    assert.deepEqual(peer.read(), ['SETTINGS', 'WINDOW_UPDATE 16711681']);
    peer.send(HELLO);
    assert.deepEqual(peer.read(), ['SETTINGS ack']);
  });

  it('PING -> answered with what it carried', () => {
    const peer = TestPeer.greeted();
    peer.send(ping(0, 0xdeadbeef));
    assert.deepEqual(peer.readBytes().subarray(13), u32(0xdeadbeef));
  });

  it('everything of a turn -> one write', () => {
    const peer = TestPeer.greeted();
    peer.acceptor.onAccept = (stream) => stream.endWithTrailers(Uint8Array.of(0x88));
    peer.receive(ping(), headers(1, GET, 'end'));
    peer.receive(headers(3, GET, 'end'), settings());
    assert.equal(peer.sink.writes.length, 0);
    peer.turn();
    assert.equal(peer.sink.writes.length, 1);
    assert.deepEqual(peer.read(), ['PING ack', 'SETTINGS ack', 'HEADERS 1 end', 'HEADERS 3 end']);
  });
});
