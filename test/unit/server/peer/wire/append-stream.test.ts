import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Entry, Message, MessageType } from '../../../../../src/pb/index.ts';
import {
  AppendDecoder,
  AppendEncoder,
  frameEntriesMax,
} from '../../../../../src/server/peer/wire/append-stream.ts';
import { FrameBuffer } from '../../../../../src/server/peer/wire/frame-buffer.ts';
import { frameBytesMax } from '../../../../../src/server/peer/wire/message-bytes.ts';
import { recording } from '../../../../support/peer/recording.ts';

const LEADER = 7n;
const FOLLOWER = 8n;

function append(index: number, entries: readonly Entry[], fields: Partial<Message> = {}): Message {
  return Message.create({
    type: MessageType.MsgApp,
    from: LEADER,
    to: FOLLOWER,
    term: 2,
    logTerm: 2,
    index,
    entries: [...entries],
    commit: index,
    ...fields,
  });
}

function entry(index: number, text = 'x'): Entry {
  return Entry.create({ term: 2, index, data: new TextEncoder().encode(text) });
}

function encoded(encoder: AppendEncoder, ...messages: readonly Message[]): Uint8Array {
  const frames = new FrameBuffer();
  for (const message of messages) encoder.encode(message, frames);
  return frames.take();
}

function u64(value: number | bigint): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return [...bytes];
}

function decoder(): AppendDecoder {
  return new AppendDecoder(FOLLOWER, LEADER);
}

describe('append stream', () => {
  it('a recording of real members -> its appends, and the same bytes again (PEER-I1)', () => {
    const { answerBody, requestHead } = recording('msgapp');
    const to = BigInt(`0x${/msgapp\/(\w+) /.exec(requestHead[0] ?? '')?.[1] ?? ''}`);
    const from = BigInt(`0x${/X-Raft-To: (\w+)/.exec(requestHead.join('\n'))?.[1] ?? ''}`);
    const messages = new AppendDecoder(to, from).decode(answerBody);
    assert.ok(messages.length > 10);
    const encoder = new AppendEncoder();
    let at = 0;
    let last = 0;
    for (const message of messages) {
      assert.deepEqual([message.from, message.to, message.type], [from, to, MessageType.MsgApp]);
      for (const { index } of message.entries) last = Math.max(last, index);
      while (answerBody[at] === 0) at++;
      const bytes = encoded(encoder, message);
      assert.deepEqual(bytes, Uint8Array.from(answerBody.subarray(at, at + bytes.length)));
      at += bytes.length;
    }
    const indexes = messages.flatMap(({ entries }) => entries.map(({ index }) => index));
    const first = indexes[0] ?? 0;
    assert.deepEqual(
      indexes,
      Array.from({ length: last - first + 1 }, (_, i) => first + i),
    );
  });

  it('the first append -> in full, whatever it is', () => {
    assert.equal(encoded(new AppendEncoder(), append(0, [], { term: 1, logTerm: 0 }))[0], 2);
  });

  it('appends in steady replication -> entries and commit index alone', () => {
    const encoder = new AppendEncoder();
    encoded(encoder, append(4, [entry(5)]));
    const bytes = [...Entry.encode(entry(6))];
    assert.deepEqual(
      [...encoded(encoder, append(5, [entry(6)]))],
      [1, ...u64(1), ...u64(bytes.length), ...bytes, ...u64(5)],
    );
    assert.deepEqual([...encoded(encoder, append(6, []))], [1, ...u64(0), ...u64(6)]);
  });

  for (const [situation, next] of [
    ['a gap', append(7, [entry(8)])],
    ['a step back', append(4, [entry(5)])],
    ['a new term', append(5, [], { term: 3 })],
    ['a new term that has entries', append(5, [], { term: 3, logTerm: 3 })],
  ] as const) {
    it(`${situation} -> in full, and the place moves there`, () => {
      const encoder = new AppendEncoder();
      const read = decoder();
      read.decode(encoded(encoder, append(4, [entry(5)])));
      const bytes = encoded(encoder, next);
      assert.equal(bytes[0], 2);
      assert.deepEqual(read.decode(bytes), [next]);
    });
  }

  it('heartbeats -> one byte, and no message', () => {
    const frames = new FrameBuffer();
    new AppendEncoder().heartbeat(frames);
    const bytes = frames.take();
    assert.deepEqual([...bytes], [0]);
    assert.deepEqual(decoder().decode(bytes), []);
  });

  for (const [situation, bytes, code] of [
    ['a kind that does not exist', [3], 'PEER_MALFORMED'],
    ['a message that is none', [2, ...u64(2), 0xff, 0xff], 'PEER_MALFORMED'],
    ['an entry that is none', [1, ...u64(1), ...u64(1), 0x08], 'PEER_MALFORMED'],
    ['a message beyond frameBytesMax', [2, ...u64(frameBytesMax + 1)], 'PEER_TOO_LARGE'],
    ['more entries than frameEntriesMax', [1, ...u64(frameEntriesMax + 1)], 'PEER_TOO_LARGE'],
    ['2^64 - 1 entries', [1, ...u64(2n ** 64n - 1n)], 'PEER_TOO_LARGE'],
    ['an entry beyond frameBytesMax', [1, ...u64(1), ...u64(2n ** 63n)], 'PEER_TOO_LARGE'],
    [
      'entries beyond frameBytesMax together',
      [1, ...u64(2), ...u64(6), 8, 0, 16, 0, 24, 0, ...u64(frameBytesMax)],
      'PEER_TOO_LARGE',
    ],
  ] as const) {
    it(`${situation} -> ${code}, before more has to come (PEER-I1, PEER-I2)`, () => {
      assert.throws(() => decoder().decode(Uint8Array.from(bytes)), { code });
    });
  }

  it('a commit index beyond 2^53 -> the highest that a counter holds', () => {
    const [message] = decoder().decode(Uint8Array.from([1, ...u64(0), ...u64(2n ** 63n)]));
    assert.equal(message?.commit, Number.MAX_SAFE_INTEGER);
  });
});
