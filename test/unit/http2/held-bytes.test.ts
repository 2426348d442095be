import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  HELD_BYTES_MAX,
  HELD_BYTES_SHARE,
  HELD_BYTES_TOTAL_MAX,
} from '../../../src/http2/held-bytes.ts';
import { encodeHeaderBlock } from '../../../src/http2/hpack/index.ts';
import { Setting } from '../../../src/http2/settings.ts';
import { data, GET, HELLO, headers, POST, reset, settings } from '../../support/http2/frames.ts';
import { TestPeer } from '../../support/http2/test-peer.ts';

const OK = encodeHeaderBlock([[':status', '200']]);
const PIECE = data(1, new Uint8Array(16_384), 'open');

/** Streams 1 and 3 have been asked for, and the peer's window lets none of an answer through. */
function asked(beside?: TestPeer): TestPeer {
  const peer = new TestPeer({}, beside);
  peer.send(HELLO, settings([Setting.INITIAL_WINDOW_SIZE, 0]));
  peer.send(headers(1, POST, 'open'), headers(3, GET, 'end'));
  peer.turns();
  peer.read();
  peer.acceptor.events();
  return peer;
}

describe('http2: H2-I9 bytes held for a peer', () => {
  it('bodies of HELD_BYTES_MAX -> ENHANCE_YOUR_CALM on the stream that goes beyond', () => {
    const peer = asked();
    peer.acceptor.stream(1).expect(HELD_BYTES_MAX);
    while (peer.shared.held.bytes < HELD_BYTES_MAX) peer.connection.receive(PIECE);
    peer.turns();
    peer.read();
    peer.send(PIECE);
    assert.deepEqual(peer.read(), ['RST_STREAM 1 ENHANCE_YOUR_CALM']);
    assert.equal(peer.acceptor.events().at(-1), '1 cancel');
    assert.ok(peer.shared.held.bytes < HELD_BYTES_SHARE, 'and what it held is free');
  });

  it('answers of HELD_BYTES_MAX -> no new streams until they are read', () => {
    const peer = asked();
    assert.equal(peer.acceptor.stream(3).send(new Uint8Array(HELD_BYTES_MAX)), false);
    peer.send(headers(5, GET, 'end'));
    assert.deepEqual(peer.read(), ['RST_STREAM 5 REFUSED_STREAM']);
    peer.send(reset(3), headers(7, GET, 'end'));
    assert.equal(peer.acceptor.events().at(-1), '7 end');
  });

  it('a further answer -> ENHANCE_YOUR_CALM on its stream at the end of the turn', () => {
    const peer = asked();
    peer.acceptor.stream(3).send(new Uint8Array(HELD_BYTES_MAX));
    const stream = peer.acceptor.stream(1);
    stream.sendHeaders(OK);
    assert.equal(stream.send(new Uint8Array(1)), false);
    assert.equal(stream.send(new Uint8Array(1)), false);
    stream.endWithTrailers(OK);
    peer.connection.checkInvariants();
    assert.deepEqual(peer.acceptor.events(), []);
    peer.turns();
    assert.deepEqual(peer.read(), ['RST_STREAM 1 ENHANCE_YOUR_CALM']);
    assert.deepEqual(peer.acceptor.events(), ['1 cancel']);
  });

  it('it is reset before that -> told once', () => {
    const peer = asked();
    peer.acceptor.stream(3).send(new Uint8Array(HELD_BYTES_MAX));
    peer.acceptor.stream(1).send(new Uint8Array(1));
    peer.send(reset(1));
    assert.deepEqual(peer.acceptor.events(), ['1 cancel']);
    assert.deepEqual(peer.read(), []);
  });

  it('the fields of open requests count', () => {
    const peer = asked();
    const before = peer.shared.held.bytes;
    peer.send(headers(5, [...GET, ['x', 'v'.repeat(5000)]], 'end'));
    assert.ok(peer.shared.held.bytes > before + 5000);
    peer.send(reset(5));
    assert.equal(peer.shared.held.bytes, before);
  });

  it('HELD_BYTES_TOTAL_MAX of all connections -> each may hold HELD_BYTES_SHARE and no more', () => {
    const first = asked();
    // An answer larger than every bound is given to who asks for it while there is room.
    first.acceptor.stream(3).send(new Uint8Array(HELD_BYTES_TOTAL_MAX));
    const second = asked(first);
    const room = HELD_BYTES_SHARE / 2;
    second.acceptor.stream(1).send(new Uint8Array(room));
    second.acceptor.stream(3).send(new Uint8Array(room));
    first.turns();
    assert.deepEqual(second.read(), ['RST_STREAM 3 ENHANCE_YOUR_CALM']);
    first.connection.onSinkClosed();
    assert.ok(first.shared.held.bytes < HELD_BYTES_SHARE);
    second.acceptor.stream(1).send(new Uint8Array(room));
    first.turns();
    assert.deepEqual(second.read(), []);
  });
});
