import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONNECTION_WINDOW_BYTES } from '../../../src/http2/data-receiver.ts';
import { FRAME_PAYLOAD_BYTES_MAX } from '../../../src/http2/frame.ts';
import { STREAM_WINDOW_BYTES } from '../../../src/http2/stream.ts';
import { data, headers, POST, paddedData, ping } from '../../support/http2/frames.ts';
import { TestPeer } from '../../support/http2/test-peer.ts';

const FULL = new Uint8Array(FRAME_PAYLOAD_BYTES_MAX);
const HALF_WINDOW = (STREAM_WINDOW_BYTES + 1) / 2;

function posted(contentLength?: number): TestPeer {
  const peer = TestPeer.greeted();
  const length =
    contentLength === undefined ? [] : [['content-length', `${contentLength}`] as const];
  peer.send(headers(1, [...POST, ...length], 'open'));
  peer.acceptor.events();
  return peer;
}

describe('http2 bodies', () => {
  it('DATA -> views of what was read, then the end', () => {
    const peer = posted();
    const bytes = data(1, Uint8Array.of(1, 2, 3), 'end');
    peer.connection.receive(bytes);
    const [piece] = peer.acceptor.bodies.get(1) ?? [];
    assert.deepEqual(piece, Uint8Array.of(1, 2, 3));
    assert.equal(piece?.buffer, bytes.buffer);
    assert.deepEqual(peer.acceptor.events(), ['1 data 3', '1 end']);
  });

  it('DATA cut by the end of a read -> its pieces as they come, without its padding', () => {
    const peer = posted();
    const bytes = paddedData(1, Uint8Array.of(1, 2, 3, 4), 3);
    for (const byte of bytes) peer.receive(Uint8Array.of(byte));
    peer.send(data(1, new Uint8Array(0), 'end'));
    assert.deepEqual(peer.acceptor.events(), [...Array(4).fill('1 data 1'), '1 end']);
    assert.deepEqual(Buffer.concat(peer.acceptor.bodies.get(1) ?? []), Buffer.of(1, 2, 3, 4));
  });

  it('content-length: as much as was said -> the end', () => {
    const peer = posted(5);
    peer.send(data(1, new Uint8Array(3), 'open'), data(1, new Uint8Array(2), 'end'));
    assert.deepEqual(peer.acceptor.events(), ['1 data 3', '1 data 2', '1 end']);
  });

  it('content-length: more, or less -> PROTOCOL_ERROR on the stream', () => {
    const more = posted(5);
    more.send(data(1, new Uint8Array(6), 'open'));
    assert.deepEqual(more.read(), ['RST_STREAM 1 PROTOCOL_ERROR']);
    assert.deepEqual(more.acceptor.events(), ['1 cancel']);
    const less = posted(5);
    less.send(data(1, new Uint8Array(4), 'open'), headers(1, [], 'end'));
    assert.deepEqual(less.read(), ['RST_STREAM 1 PROTOCOL_ERROR']);
    assert.deepEqual(less.acceptor.events(), ['1 data 4', '1 cancel']);
  });

  it('DATA after the end -> STREAM_CLOSED on the stream', () => {
    const peer = posted();
    peer.send(data(1, new Uint8Array(1), 'end'), data(1, new Uint8Array(1), 'end'));
    assert.deepEqual(peer.read(), ['RST_STREAM 1 STREAM_CLOSED']);
    assert.deepEqual(peer.acceptor.events(), ['1 data 1', '1 end', '1 cancel']);
  });

  it('DATA after the answer has ended -> is dropped, then cut off by NO_ERROR', () => {
    const peer = posted();
    peer.acceptor.stream(1).endWithTrailers(Uint8Array.of(0x88));
    peer.send(data(1, new Uint8Array(5), 'open'));
    assert.deepEqual(peer.read(), ['HEADERS 1 end']);
    peer.turns();
    assert.deepEqual(peer.read(), ['RST_STREAM 1 NO_ERROR']);
    peer.send(data(1, new Uint8Array(5), 'end'));
    assert.deepEqual(peer.read(), []);
    assert.deepEqual(peer.acceptor.events(), []);
  });
});

describe('http2 bodies: H2-I6 windows', () => {
  it('padding -> is given back at once: a user that needs more body never sees it', () => {
    const peer = posted();
    peer.send(paddedData(1, new Uint8Array(10), 99));
    assert.deepEqual(peer.read(), ['WINDOW_UPDATE 1 100']);
    peer.send(paddedData(1, new Uint8Array(0), 255), data(1, new Uint8Array(0), 'end'));
    assert.deepEqual(peer.read(), ['WINDOW_UPDATE 1 256']);
  });

  it('more than the window of a stream -> FLOW_CONTROL_ERROR on the stream', () => {
    const peer = posted();
    for (let sent = 0; sent < 3; sent++) peer.send(data(1, FULL, 'open'));
    peer.send(data(1, FULL.subarray(1), 'open'));
    assert.deepEqual(peer.read(), []);
    peer.send(data(1, new Uint8Array(1), 'open'), ping());
    assert.deepEqual(peer.read(), ['RST_STREAM 1 FLOW_CONTROL_ERROR', 'PING ack']);
  });

  it('half of the connection’s window was used -> it is given back, whoever holds the bytes', () => {
    const peer = posted();
    const frames = CONNECTION_WINDOW_BYTES / 2 / FULL.length;
    peer.acceptor.stream(1).expect(4 * CONNECTION_WINDOW_BYTES);
    peer.turn();
    peer.read();
    for (let sent = 1; sent < frames; sent++) peer.send(data(1, FULL, 'open'));
    assert.deepEqual(peer.read(), []);
    peer.send(data(1, FULL, 'open'));
    assert.deepEqual(peer.read(), [`WINDOW_UPDATE ${CONNECTION_WINDOW_BYTES / 2}`]);
    assert.ok(!peer.connection.isClosed);
  });

  it('credit -> the window grows when half of it is free', () => {
    const peer = posted();
    for (let sent = 0; sent < 3; sent++) peer.send(data(1, FULL, 'open'));
    const stream = peer.acceptor.stream(1);
    stream.credit(HALF_WINDOW - 1);
    peer.turns();
    assert.deepEqual(peer.read(), []);
    stream.credit(1);
    peer.turns();
    assert.deepEqual(peer.read(), [`WINDOW_UPDATE 1 ${HALF_WINDOW}`]);
    stream.credit(2 ** 30);
    peer.turns();
    assert.deepEqual(peer.read(), []);
  });

  it('expect -> what is missing is allowed at once, and does not come again with credit', () => {
    const peer = posted();
    peer.send(data(1, new Uint8Array(5), 'open'));
    const stream = peer.acceptor.stream(1);
    stream.expect(100_000);
    stream.expect(100_000);
    stream.expect(10);
    peer.turns();
    const missing = 100_000 - STREAM_WINDOW_BYTES + 5;
    assert.deepEqual(peer.read(), [`WINDOW_UPDATE 1 ${missing + HALF_WINDOW}`]);
    stream.credit(5);
    peer.turns();
    assert.deepEqual(peer.read(), []);
  });

  it('expect of all that the window has -> the window does not come to 0', () => {
    const peer = posted();
    peer.acceptor.stream(1).expect(STREAM_WINDOW_BYTES - 1);
    peer.turns();
    assert.deepEqual(peer.read(), []);
    peer.acceptor.stream(1).expect(STREAM_WINDOW_BYTES);
    peer.turns();
    assert.deepEqual(peer.read(), [`WINDOW_UPDATE 1 ${HALF_WINDOW}`]);
  });

  it('a request that has ended -> its window does not grow', () => {
    const peer = posted();
    for (let sent = 0; sent < 3; sent++) peer.send(data(1, FULL, 'open'));
    peer.send(data(1, FULL.subarray(1), 'end'));
    peer.acceptor.stream(1).credit(STREAM_WINDOW_BYTES);
    peer.acceptor.stream(1).expect(2 * STREAM_WINDOW_BYTES);
    peer.turns();
    assert.deepEqual(peer.read(), []);
  });
});
