import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Entry, Message, MessageType } from '../../../src/pb/index.ts';
import { PeerError } from '../../../src/server/peer/errors.ts';
import { AppendDecoder, AppendEncoder } from '../../../src/server/peer/wire/append-stream.ts';
import { FrameBuffer } from '../../../src/server/peer/wire/frame-buffer.ts';
import { MessageDecoder, messageEncoder } from '../../../src/server/peer/wire/message-stream.ts';
import type { StreamDecoder, StreamEncoder } from '../../../src/server/peer/wire/stream-codec.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const LEADER = 7n;
const FOLLOWER = 2n ** 64n - 1n;

const counter = fc.oneof(fc.nat(5), fc.maxSafeNat());
const bytes = fc.uint8Array({ maxLength: 40 });

/** Entries that follow `index`, as raft sends them. */
const entriesAfter = (index: number): fc.Arbitrary<Entry[]> =>
  fc
    .array(fc.record({ type: fc.nat(2), data: fc.option(bytes, { nil: undefined }) }), {
      maxLength: 4,
    })
    .map((parts) => parts.map((part, at) => ({ ...part, term: 1, index: index + 1 + at })));

/** Small numbers, so that appends often follow one another. */
const append = fc
  .record({ index: fc.nat(3), term: fc.nat(2), logTerm: fc.nat(2), commit: counter })
  .chain((fields) =>
    entriesAfter(fields.index).map((entries) =>
      Message.create({
        ...fields,
        type: MessageType.MsgApp,
        from: LEADER,
        to: FOLLOWER,
        entries,
      }),
    ),
  );

const anyMessage = fc
  .record({
    type: fc.nat(23),
    from: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    to: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    term: counter,
    index: counter,
    reject: fc.boolean(),
    context: fc.option(bytes, { nil: undefined }),
  })
  .map((fields) => Message.create(fields));

/** Heartbeats are null. */
function encodeAll(encoder: StreamEncoder, items: readonly (Message | null)[]): Uint8Array {
  const frames = new FrameBuffer();
  for (const item of items) {
    if (item === null) encoder.heartbeat(frames);
    else encoder.encode(item, frames);
  }
  return frames.take();
}

function decodeAll(decoder: StreamDecoder, stream: Uint8Array, cuts: readonly number[]): Message[] {
  const messages: Message[] = [];
  const ends = [...cuts.map((cut) => cut % (stream.length + 1)), stream.length];
  let at = 0;
  for (const end of ends.sort((a, b) => a - b)) {
    // A copy that is overwritten afterwards: messages must own their bytes.
    const chunk = stream.slice(at, end);
    messages.push(...decoder.decode(chunk));
    chunk.fill(0xee);
    at = end;
  }
  return messages;
}

const KINDS = [
  {
    kind: 'append stream',
    message: append,
    encoder: () => new AppendEncoder(),
    decoder: () => new AppendDecoder(FOLLOWER, LEADER),
  },
  {
    kind: 'message stream',
    message: anyMessage,
    encoder: () => messageEncoder,
    decoder: () => new MessageDecoder(),
  },
] as const;

describe(`peer streams (SEED=${SEED})`, () => {
  for (const { kind, message, encoder, decoder } of KINDS) {
    const item = fc.option<Message>(message, { freq: 5 });

    it(`${kind}: any messages, cut anywhere -> the same messages (PEER-I1)`, () => {
      fc.assert(
        fc.property(
          fc.array(item, { maxLength: 12 }),
          fc.array(fc.nat(), { maxLength: 20 }),
          (items, cuts) => {
            const read = decodeAll(decoder(), encodeAll(encoder(), items), cuts);
            assert.deepEqual(
              read,
              items.filter((sent) => sent !== null),
            );
          },
        ),
        { seed: SEED, numRuns: 300 },
      );
    });

    it(`${kind}: anything at all -> messages or PeerError, the same however cut (PEER-I1)`, () => {
      const damaged = fc
        .tuple(fc.array(item, { maxLength: 5 }), fc.array(fc.tuple(fc.nat(), fc.nat(255))))
        .map(([items, flips]) => {
          const stream = encodeAll(encoder(), items);
          for (const [at, value] of flips) stream[at % stream.length] = value;
          return stream;
        });
      const outcome = (stream: Uint8Array, cuts: readonly number[]): unknown => {
        try {
          return decodeAll(decoder(), stream, cuts);
        } catch (error) {
          assert.ok(error instanceof PeerError, String(error));
          return error.code;
        }
      };
      fc.assert(
        fc.property(
          fc.oneof(damaged, fc.uint8Array({ maxLength: 60 })),
          fc.array(fc.nat(), { maxLength: 8 }),
          (stream, cuts) => {
            assert.deepEqual(outcome(stream, cuts), outcome(stream, []));
          },
        ),
        { seed: SEED, numRuns: 500 },
      );
    });
  }
});
