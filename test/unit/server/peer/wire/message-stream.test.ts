import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Message, MessageType } from '../../../../../src/pb/index.ts';
import { ByteQueue } from '../../../../../src/server/peer/wire/byte-queue.ts';
import { FrameBuffer } from '../../../../../src/server/peer/wire/frame-buffer.ts';
import { frameBytesMax } from '../../../../../src/server/peer/wire/message-bytes.ts';
import {
  MessageDecoder,
  messageEncoder,
  takeMessage,
} from '../../../../../src/server/peer/wire/message-stream.ts';
import { recording } from '../../../../support/peer/recording.ts';

function heartbeat(): Uint8Array {
  const frames = new FrameBuffer();
  messageEncoder.heartbeat(frames);
  return frames.take();
}

function encoded(message: Message): Uint8Array {
  const frames = new FrameBuffer();
  messageEncoder.encode(message, frames);
  return frames.take();
}

describe('message stream', () => {
  it('a recording of real members -> its messages, and the same bytes again (PEER-I1)', () => {
    const { answerBody } = recording('message');
    const messages = new MessageDecoder().decode(answerBody);
    assert.ok(messages.length > 10);
    const beat = heartbeat();
    let at = 0;
    let beats = 0;
    const follows = (bytes: Uint8Array): boolean =>
      Buffer.compare(answerBody.subarray(at, at + bytes.length), bytes) === 0;
    for (const message of messages) {
      for (; follows(beat); at += beat.length) beats++;
      const bytes = encoded(message);
      assert.ok(follows(bytes), JSON.stringify(message.type));
      at += bytes.length;
    }
    assert.ok(beats > 0);
  });

  it('a posted message of a real member -> the same bytes again (PEER-I1)', () => {
    const { requestBody } = recording('pipeline');
    assert.deepEqual(Message.encode(Message.decode(requestBody)), Uint8Array.from(requestBody));
  });

  it('a snapshot of a real member -> the message, and the database behind it (PEER-I1)', () => {
    const { requestBody } = recording('snapshot');
    const queue = new ByteQueue();
    queue.push(requestBody);
    const message = takeMessage(queue);
    assert.ok(message !== undefined);
    assert.equal(message.type, MessageType.MsgSnap);
    assert.ok((message.snapshot?.metadata.index ?? 0) > 0);
    const bytes = encoded(message);
    assert.deepEqual(bytes, Uint8Array.from(requestBody.subarray(0, bytes.length)));
    // The first page of a bbolt database is a meta page.
    const database = Buffer.from(queue.take(queue.length));
    assert.equal(database.readUInt16LE(8), 4);
    assert.equal(database.readUInt32LE(16), 0xed0cdaed);
  });

  it('a heartbeat -> a message from nobody to nobody, which nobody gets', () => {
    assert.equal(heartbeat().length, 8 + 20);
    assert.deepEqual(new MessageDecoder().decode(heartbeat()), []);
  });

  it('a length beyond frameBytesMax -> PEER_TOO_LARGE, before more comes (PEER-I2)', () => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(frameBytesMax) + 1n);
    assert.throws(() => new MessageDecoder().decode(bytes), { code: 'PEER_TOO_LARGE' });
  });

  it('a message that is none -> PEER_MALFORMED', () => {
    const bytes = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0xff]);
    assert.throws(() => new MessageDecoder().decode(bytes), { code: 'PEER_MALFORMED' });
  });
});
