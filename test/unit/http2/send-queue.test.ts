import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLUSH_BYTES_MAX } from '../../../src/http2/connection.ts';
import { FRAME_PAYLOAD_BYTES_MAX, FrameType } from '../../../src/http2/frame.ts';
import { encodeHeaderBlock } from '../../../src/http2/hpack/index.ts';
import type { Http2Stream } from '../../../src/http2/index.ts';
import { SEND_BUFFER_BYTES } from '../../../src/http2/index.ts';
import { Setting } from '../../../src/http2/settings.ts';
import {
  GET,
  headers,
  POST,
  ping,
  reset,
  settings,
  windowUpdate,
} from '../../support/http2/frames.ts';
import { TestPeer } from '../../support/http2/test-peer.ts';

const OK = encodeHeaderBlock([[':status', '200']]);
const LARGE = 0x3fff_ffff;

/** Requests with the ids 1, 3, …, and a peer whose windows are as wide as is said. */
function requested(streams: number, window: number): TestPeer {
  const peer = TestPeer.greeted();
  peer.send(settings([Setting.INITIAL_WINDOW_SIZE, window]), windowUpdate(0, LARGE));
  for (let at = 0; at < streams; at++) peer.send(headers(2 * at + 1, GET, 'end'));
  peer.read();
  peer.acceptor.events();
  return peer;
}

function answer(stream: Http2Stream, bytes: number): void {
  stream.sendHeaders(OK);
  stream.send(new Uint8Array(bytes));
  stream.endWithData();
}

describe('http2 answers: their frames', () => {
  const cases: Readonly<Record<string, readonly [(stream: Http2Stream) => void, string[]]>> = {
    'headers, data, trailers': [
      (stream) => {
        stream.sendHeaders(OK);
        stream.sendMessage(new Uint8Array(3));
        stream.endWithTrailers(OK);
      },
      ['HEADERS 1', 'DATA 1 8', 'HEADERS 1 end'],
    ],
    'an end alone': [(stream) => stream.endWithTrailers(OK), ['HEADERS 1 end']],
    'headers and no body': [(stream) => answer(stream, 0), ['HEADERS 1 end']],
    'a body': [(stream) => answer(stream, 10), ['HEADERS 1', 'DATA 1 10 end']],
    'an empty message': [
      (stream) => {
        stream.sendHeaders(OK);
        stream.sendMessage(new Uint8Array(0));
        stream.endWithData();
      },
      ['HEADERS 1', 'DATA 1 5 end'],
    ],
    'several pieces': [
      (stream) => {
        stream.sendHeaders(OK);
        for (let at = 0; at < 9; at++) stream.sendMessage(new Uint8Array(4000));
      },
      ['HEADERS 1', `DATA 1 ${FRAME_PAYLOAD_BYTES_MAX}`, 'DATA 1 16384', 'DATA 1 3277'],
    ],
    'a long header block': [
      (stream) => stream.endWithTrailers(encodeHeaderBlock([['x', '\u0001'.repeat(40_000)]])),
      ['HEADERS 1 unfinished end', 'CONTINUATION 1 unfinished', 'CONTINUATION 1'],
    ],
  };
  for (const [name, [act, frames]] of Object.entries(cases)) {
    it(`${name} -> ${frames.length} frames`, () => {
      const peer = requested(1, 65_535);
      act(peer.acceptor.stream(1));
      peer.turns();
      assert.deepEqual(peer.read(), frames);
    });
  }

  it('the end in a later turn -> an empty DATA frame', () => {
    const peer = requested(1, 65_535);
    peer.acceptor.stream(1).sendHeaders(OK);
    peer.turns();
    peer.acceptor.stream(1).endWithData();
    peer.turns();
    assert.deepEqual(peer.read(), ['HEADERS 1', 'DATA 1 0 end']);
  });

  it('a message -> its prefix says how long it is', () => {
    const peer = requested(1, 65_535);
    peer.acceptor.stream(1).sendMessage(new Uint8Array(0x1_02_03).fill(7));
    peer.turns();
    const bytes = peer.readBytes();
    assert.deepEqual(bytes.subarray(9, 15), Uint8Array.of(0, 0, 1, 2, 3, 7));
  });

  it('messages under a window that grows by single bytes -> the same bytes', () => {
    const peer = requested(1, 0);
    const stream = peer.acceptor.stream(1);
    for (const length of [0, 3, 0x123]) stream.sendMessage(new Uint8Array(length).fill(9));
    const sent: number[] = [];
    for (let at = 0; at < 15 + 3 + 0x123; at++) {
      peer.send(windowUpdate(1, 1));
      sent.push(...peer.readBytes().subarray(9));
    }
    const expected = [0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 9, 9, 9, 0, 0, 0, 1, 0x23];
    assert.deepEqual(sent, [...expected, ...Array<number>(0x123).fill(9)]);
  });

  it('an answer before the request has ended -> cut off by NO_ERROR behind it', () => {
    const peer = TestPeer.greeted();
    peer.send(headers(1, POST, 'open'));
    answer(peer.acceptor.stream(1), 3);
    peer.turns();
    assert.deepEqual(peer.read(), ['HEADERS 1', 'DATA 1 3 end', 'RST_STREAM 1 NO_ERROR']);
    assert.equal(peer.connection.streamCount, 0);
  });

  it('an answer given inside accept -> is sent, and nothing more is heard', () => {
    const peer = TestPeer.greeted();
    peer.acceptor.onAccept = (stream) => answer(stream, 1);
    peer.send(headers(1, POST, 'end'));
    assert.deepEqual(peer.read(), ['HEADERS 1', 'DATA 1 1 end']);
    assert.deepEqual(peer.acceptor.events(), ['1 POST / end']);
  });

  it('reset inside accept -> the stream ends, and nothing is heard', () => {
    const peer = TestPeer.greeted();
    peer.acceptor.onAccept = (stream) => {
      stream.reset(0x2);
      stream.reset(0x2);
    };
    peer.send(headers(1, GET, 'end'));
    assert.deepEqual(peer.read(), ['RST_STREAM 1 INTERNAL_ERROR']);
    assert.deepEqual(peer.acceptor.events(), ['1 GET / end']);
  });

  it('reset -> what was queued is dropped', () => {
    const peer = requested(1, 65_535);
    answer(peer.acceptor.stream(1), 10);
    peer.acceptor.stream(1).reset(0x2);
    answer(peer.acceptor.stream(1), 10);
    assert.equal(peer.acceptor.stream(1).send(new Uint8Array(SEND_BUFFER_BYTES)), true);
    peer.turns();
    assert.deepEqual(peer.read(), ['RST_STREAM 1 INTERNAL_ERROR']);
    assert.deepEqual(peer.acceptor.events(), []);
  });

  it('a peer whose header table shrank -> is told that ours has size 0, once', () => {
    const peer = requested(2, 65_535);
    peer.send(settings([Setting.HEADER_TABLE_SIZE, 0], [Setting.HEADER_TABLE_SIZE, 4096]));
    for (const id of [1, 3]) peer.acceptor.stream(id).endWithTrailers(OK);
    peer.readBytes();
    peer.turns();
    const bytes = peer.readBytes();
    assert.deepEqual(bytes.subarray(9, 9 + 1 + OK.length), Uint8Array.of(0x20, ...OK));
    assert.equal(bytes.length, 2 * (9 + OK.length) + 1);
  });
});

describe('http2 answers: H2-I3 the peer’s windows', () => {
  it('the stream’s window is used up -> waits for WINDOW_UPDATE', () => {
    const peer = requested(1, 10);
    answer(peer.acceptor.stream(1), 25);
    peer.turns();
    assert.deepEqual(peer.read(), ['HEADERS 1', 'DATA 1 10']);
    peer.send(windowUpdate(1, 14));
    assert.deepEqual(peer.read(), ['DATA 1 14']);
    peer.send(windowUpdate(1, 14));
    assert.deepEqual(peer.read(), ['DATA 1 1 end']);
  });

  it('a smaller initial window makes a window negative -> it must be filled up first', () => {
    const peer = requested(1, 10);
    answer(peer.acceptor.stream(1), 25);
    peer.turns();
    peer.send(settings([Setting.INITIAL_WINDOW_SIZE, 3]), windowUpdate(1, 7));
    assert.deepEqual(peer.read(), ['HEADERS 1', 'DATA 1 10', 'SETTINGS ack']);
    peer.send(windowUpdate(1, 1));
    assert.deepEqual(peer.read(), ['DATA 1 1']);
    peer.send(settings([Setting.INITIAL_WINDOW_SIZE, 8]));
    assert.deepEqual(peer.read(), ['SETTINGS ack', 'DATA 1 5']);
  });

  it('the connection’s window is used up -> waits, and those without data go on', () => {
    const peer = TestPeer.greeted();
    peer.send(settings([Setting.INITIAL_WINDOW_SIZE, LARGE]));
    peer.send(headers(1, GET, 'end'), headers(3, GET, 'end'), headers(5, GET, 'end'));
    peer.read();
    answer(peer.acceptor.stream(1), 65_530);
    answer(peer.acceptor.stream(3), 10);
    peer.acceptor.stream(5).endWithTrailers(OK);
    peer.turns();
    const sent = peer.read();
    assert.deepEqual(sent.slice(-3), ['DATA 1 16384', 'DATA 1 16384', 'DATA 1 16373']);
    assert.deepEqual(sent.slice(0, 5), [
      'HEADERS 1',
      'DATA 1 16384',
      'HEADERS 3',
      'DATA 3 10 end',
      'HEADERS 5 end',
    ]);
    peer.send(windowUpdate(0, 3));
    peer.send(windowUpdate(0, 3));
    assert.deepEqual(peer.read(), ['DATA 1 3', 'DATA 1 2 end']);
  });

  it('it grows by single bytes -> the streams that wait for it go on in turn, a byte each', () => {
    const peer = TestPeer.greeted();
    peer.send(settings([Setting.INITIAL_WINDOW_SIZE, LARGE]));
    peer.send(headers(1, GET, 'end'), headers(3, GET, 'end'), headers(5, GET, 'end'));
    for (const id of [1, 3, 5]) answer(peer.acceptor.stream(id), 65_535);
    peer.turns();
    peer.read();
    const seen: string[] = [];
    for (let at = 0; at < 6; at++) {
      peer.send(windowUpdate(0, 1));
      seen.push(...peer.read());
    }
    assert.deepEqual(seen.sort(), [
      'DATA 1 1',
      'DATA 1 1',
      'DATA 3 1',
      'DATA 3 1',
      'DATA 5 1',
      'DATA 5 1',
    ]);
  });

  it('a window made smaller while the stream waits for the connection -> it waits for both', () => {
    const peer = TestPeer.greeted();
    peer.send(settings([Setting.INITIAL_WINDOW_SIZE, LARGE]), headers(1, GET, 'end'));
    answer(peer.acceptor.stream(1), 65_536);
    peer.turns();
    peer.read();
    peer.send(settings([Setting.INITIAL_WINDOW_SIZE, 65_535]), windowUpdate(0, 1));
    assert.deepEqual(peer.read(), ['SETTINGS ack']);
    peer.send(windowUpdate(1, 1));
    assert.deepEqual(peer.read(), ['DATA 1 1 end']);
  });

  it('streams take turns, a frame each', () => {
    const peer = requested(2, LARGE);
    answer(peer.acceptor.stream(1), 40_000);
    answer(peer.acceptor.stream(3), 20_000);
    peer.turns();
    assert.deepEqual(peer.read(), [
      'HEADERS 1',
      'DATA 1 16384',
      'HEADERS 3',
      'DATA 3 16384',
      'DATA 1 16384',
      'DATA 3 3616 end',
      'DATA 1 7232 end',
    ]);
  });

  it('a stream that waits for the connection is reset -> forgotten', () => {
    const peer = TestPeer.greeted();
    peer.send(settings([Setting.INITIAL_WINDOW_SIZE, LARGE]));
    peer.send(headers(1, GET, 'end'), headers(3, GET, 'end'));
    for (const id of [1, 3]) answer(peer.acceptor.stream(id), 100_000);
    peer.turns();
    peer.read();
    peer.send(reset(1), windowUpdate(0, 100_000));
    const sent = peer.read();
    assert.ok(sent.length > 0 && sent.every((line) => line.startsWith('DATA 3 ')), sent.join());
  });
});

describe('http2 answers: H2-I4 back-pressure', () => {
  it('SEND_BUFFER_BYTES wait -> send says false, and onDrain follows', () => {
    const peer = requested(1, 10);
    const stream = peer.acceptor.stream(1);
    assert.equal(stream.send(new Uint8Array(SEND_BUFFER_BYTES - 1)), true);
    assert.equal(stream.send(new Uint8Array(11)), false);
    peer.turns();
    assert.deepEqual(peer.acceptor.events(), []);
    peer.send(windowUpdate(1, 1));
    assert.deepEqual(peer.acceptor.events(), ['1 drain']);
    peer.send(windowUpdate(1, 1));
    assert.deepEqual(peer.acceptor.events(), []);
  });

  it('onDrain may send more, or reset', () => {
    const peer = requested(2, LARGE);
    peer.acceptor.onDrain = (stream) => {
      if (stream.id === 1) stream.endWithTrailers(OK);
      else stream.reset(0x8);
    };
    for (const id of [1, 3]) peer.acceptor.stream(id).send(new Uint8Array(SEND_BUFFER_BYTES));
    peer.turns();
    const ends = peer.read().filter((line) => !line.startsWith('DATA'));
    assert.deepEqual(ends.sort(), ['HEADERS 1 end', 'RST_STREAM 3 CANCEL']);
  });

  it('the sink is full -> nothing is written until it drains; control frames neither', () => {
    const peer = requested(2, LARGE);
    peer.sink.isFull = true;
    answer(peer.acceptor.stream(1), 3);
    peer.turns();
    assert.deepEqual(peer.read(), ['HEADERS 1', 'DATA 1 3 end']);
    answer(peer.acceptor.stream(3), 3);
    peer.send(ping());
    peer.turns();
    assert.deepEqual(peer.read(), []);
    peer.drain();
    assert.deepEqual(peer.read(), ['PING ack', 'HEADERS 3', 'DATA 3 3 end']);
  });

  it('FLUSH_BYTES_MAX -> the rest leaves in the next turns', () => {
    const peer = requested(1, LARGE);
    answer(peer.acceptor.stream(1), 3 * FLUSH_BYTES_MAX);
    peer.turn();
    const bytes = peer.readBytes().length;
    assert.ok(bytes >= FLUSH_BYTES_MAX && bytes < FLUSH_BYTES_MAX + 2 * FRAME_PAYLOAD_BYTES_MAX);
    peer.turns();
    assert.equal(peer.read().at(-1)?.endsWith('end'), true);
  });

  it('pieces written to the sink -> are not written to again', () => {
    const peer = requested(1, LARGE);
    const stream = peer.acceptor.stream(1);
    const copies: Buffer[] = [];
    for (let turn = 0; turn < 40; turn++) {
      stream.send(new Uint8Array(10_000).fill(turn));
      peer.turns();
      copies.push(...peer.sink.writes.slice(copies.length).map((bytes) => Buffer.from(bytes)));
    }
    assert.deepEqual(Buffer.concat(peer.sink.writes), Buffer.concat(copies));
    assert.equal(peer.sink.writes[0]?.[3], FrameType.DATA);
  });
});
