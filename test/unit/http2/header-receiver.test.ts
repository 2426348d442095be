import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameFlag, FrameType } from '../../../src/http2/frame.ts';
import {
  CONTINUATION_FRAMES_MAX,
  HEADER_BLOCK_BYTES_MAX,
  HEADER_LIST_BYTES_MAX,
} from '../../../src/http2/header-receiver.ts';
import { encodeHeaderBlock } from '../../../src/http2/hpack/index.ts';
import { STREAMS_MAX } from '../../../src/http2/shared.ts';
import {
  data,
  type Fields,
  frame,
  GET,
  headers,
  POST,
  ping,
  reset,
} from '../../support/http2/frames.ts';
import { TestPeer } from '../../support/http2/test-peer.ts';

const { HEADERS, CONTINUATION } = FrameType;
const REQUEST_ENDS = FrameFlag.END_STREAM;

/** A request on stream 1 whose block comes in HEADERS and so many CONTINUATIONs. */
function inPieces(block: Uint8Array, continuations: number, endHeaders = true): Uint8Array[] {
  const size = Math.ceil(block.length / (continuations + 1));
  return Array.from({ length: continuations + 1 }, (_, at) => {
    const type = at === 0 ? HEADERS : CONTINUATION;
    const isLast = at === continuations && endHeaders;
    const flags = (at === 0 ? REQUEST_ENDS : 0) | (isLast ? FrameFlag.END_HEADERS : 0);
    return frame({ type, flags, streamId: 1 }, block.subarray(at * size, (at + 1) * size));
  });
}

describe('http2 requests: heads', () => {
  it('a request -> method, scheme, authority, path; the other fields in order', () => {
    const peer = TestPeer.greeted();
    peer.send(headers(1, [...POST, ['a', '1'], ['te', 'trailers'], ['a', '2']], 'end'));
    const [request] = peer.acceptor.requests;
    const { method, scheme, authority, path } = request ?? {};
    assert.deepEqual([method, scheme, authority, path], ['POST', 'http', 'localhost', '/']);
    assert.deepEqual(
      request?.fields.map(({ name, value }) => `${name}=${value}`),
      ['a=1', 'te=trailers', 'a=2'],
    );
    assert.deepEqual(peer.acceptor.events(), ['1 POST / end', '1 end']);
  });

  it('CONNECT has an authority and no more', () => {
    const peer = TestPeer.greeted();
    const connect: Fields = [
      [':method', 'CONNECT'],
      [':authority', 'localhost:1'],
    ];
    peer.send(headers(1, connect, 'open'), headers(3, [...connect, [':path', '/']], 'open'));
    assert.deepEqual(peer.acceptor.events(), ['1 CONNECT ']);
    assert.deepEqual(peer.read(), ['RST_STREAM 3 PROTOCOL_ERROR']);
  });

  const malformed: Readonly<Record<string, Fields>> = {
    'no method': GET.slice(1),
    'no scheme': [...GET.slice(0, 1), ...GET.slice(2)],
    'no path': GET.slice(0, 3),
    'an empty path': [...GET.slice(0, 3), [':path', '']],
    'a second method': [...GET, [':method', 'GET']],
    'a second scheme': [...GET, [':scheme', 'http']],
    'a second authority': [...GET, [':authority', 'a']],
    'a second path': [...GET, [':path', '/']],
    'a pseudo-header behind a field': [...GET.slice(0, 3), ['a', '1'], [':path', '/']],
    'a pseudo-header of answers': [...GET, [':status', '200']],
    'an unknown pseudo-header': [...GET, [':protocol', 'websocket']],
    'an upper-case name': [...GET, ['Accept', '*/*']],
    'a name that is no token': [...GET, ['a b', '1']],
    'a line break in a value': [...GET, ['a', 'b\r\nc: d']],
    'a connection field': [...GET, ['connection', 'close']],
    'te other than trailers': [...GET, ['te', 'gzip']],
    'a content-length that is no number': [...GET, ['content-length', '1x']],
    'two content-lengths': [...GET, ['content-length', '1'], ['content-length', '1']],
    'a content-length and no body': [...GET, ['content-length', '1']],
  };
  for (const [name, fields] of Object.entries(malformed)) {
    it(`${name} -> PROTOCOL_ERROR on the stream`, () => {
      const peer = TestPeer.greeted();
      peer.send(headers(1, fields, 'end'), headers(3, GET, 'end'));
      assert.deepEqual(peer.read(), ['RST_STREAM 1 PROTOCOL_ERROR']);
      assert.deepEqual(peer.acceptor.events(), ['3 GET / end', '3 end']);
    });
  }

  it('trailers -> end the request and are not seen', () => {
    const peer = TestPeer.greeted();
    peer.send(headers(1, POST, 'open'), data(1, new Uint8Array(3), 'open'));
    peer.send(headers(1, [['checksum', '7']], 'end'));
    assert.deepEqual(peer.acceptor.events(), ['1 POST /', '1 data 3', '1 end']);
  });

  it('trailers after the end -> STREAM_CLOSED on the stream', () => {
    const peer = TestPeer.greeted();
    peer.send(headers(1, GET, 'end'), headers(1, [['a', 'b']], 'end'));
    assert.deepEqual(peer.read(), ['RST_STREAM 1 STREAM_CLOSED']);
    assert.deepEqual(peer.acceptor.events(), ['1 GET / end', '1 end', '1 cancel']);
  });
});

describe('http2 requests: H2-I6 limits', () => {
  it('CONTINUATION_FRAMES_MAX -> taken; one more -> ENHANCE_YOUR_CALM', () => {
    const block = encodeHeaderBlock([...GET, ['x', 'y'.repeat(300)]]);
    const peer = TestPeer.greeted();
    peer.send(...inPieces(block, CONTINUATION_FRAMES_MAX));
    assert.deepEqual(peer.acceptor.events(), ['1 GET / end', '1 end']);
    const flooded = TestPeer.greeted();
    flooded.send(...inPieces(block, CONTINUATION_FRAMES_MAX + 1));
    assert.deepEqual(flooded.read(), ['GOAWAY 0 ENHANCE_YOUR_CALM too many: CONTINUATION']);
  });

  it('HEADER_BLOCK_BYTES_MAX -> decoded; one byte more -> ENHANCE_YOUR_CALM', () => {
    const exact = new Uint8Array(HEADER_BLOCK_BYTES_MAX).fill(0x82);
    const peer = TestPeer.greeted();
    peer.send(...inPieces(exact, 4), ping());
    assert.deepEqual(peer.read(), ['PING ack', 'HEADERS 1 end']);
    const tooLong = TestPeer.greeted();
    tooLong.send(...inPieces(new Uint8Array(HEADER_BLOCK_BYTES_MAX + 1).fill(0x82), 4, false));
    assert.deepEqual(tooLong.read(), ['GOAWAY 0 ENHANCE_YOUR_CALM header block too long']);
  });

  it('HEADER_LIST_BYTES_MAX -> taken; more -> 431, and the connection goes on', () => {
    const others = GET.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 33);
    const fields = (length: number): Fields => [...GET, ['x', 'y'.repeat(length - others)]];
    const peer = TestPeer.greeted();
    peer.send(...inPieces(encodeHeaderBlock(fields(HEADER_LIST_BYTES_MAX)), 5));
    assert.deepEqual(peer.acceptor.events(), ['1 GET / end', '1 end']);
    const large = TestPeer.greeted();
    large.send(...inPieces(encodeHeaderBlock(fields(HEADER_LIST_BYTES_MAX + 1)), 5), ping());
    assert.deepEqual(large.acceptor.events(), []);
    const answer = large.readBytes();
    assert.equal(Buffer.from(answer.subarray(-3)).toString(), '431');
    assert.equal(large.connection.streamCount, 0);
    assert.ok(!large.connection.isClosed);
  });

  it('a list too large as trailers -> ENHANCE_YOUR_CALM on the stream', () => {
    const peer = TestPeer.greeted();
    const many: Fields = Array.from({ length: 2100 }, () => ['accept-encoding', 'gzip, deflate']);
    peer.send(headers(1, POST, 'open'), headers(1, many, 'end'));
    assert.deepEqual(peer.read(), ['RST_STREAM 1 ENHANCE_YOUR_CALM']);
  });

  it('more streams than allowed -> REFUSED_STREAM until one ends', () => {
    const peer = TestPeer.greeted({ maxConcurrentStreams: 2 });
    peer.send(headers(1, POST, 'open'), headers(3, POST, 'open'), headers(5, POST, 'open'));
    assert.deepEqual(peer.read(), ['RST_STREAM 5 REFUSED_STREAM']);
    peer.send(data(5, new Uint8Array(9), 'end'), reset(1), headers(7, GET, 'end'));
    assert.deepEqual(peer.read(), []);
    assert.deepEqual(peer.acceptor.events().slice(-3), ['1 cancel', '7 GET / end', '7 end']);
  });

  it('STREAMS_MAX holds whatever the options say', () => {
    const peer = TestPeer.greeted({ maxConcurrentStreams: 0xffff_ffff });
    const request = headers(1, GET, 'end').subarray(9);
    for (let id = 1; id < 2 * STREAMS_MAX; id += 2) {
      const flags = FrameFlag.END_HEADERS | FrameFlag.END_STREAM;
      peer.connection.receive(frame({ type: HEADERS, flags, streamId: id }, request));
    }
    assert.equal(peer.connection.streamCount, STREAMS_MAX);
    peer.send(headers(2 * STREAMS_MAX + 1, GET, 'end'));
    assert.deepEqual(peer.read(), [`RST_STREAM ${2 * STREAMS_MAX + 1} REFUSED_STREAM`]);
  });
});
