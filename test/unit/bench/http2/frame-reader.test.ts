import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import {
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_BYTES_MAX,
  type Frame,
  FrameFlag,
  FrameType,
  stripPadding,
  writeFrameHeader,
} from '../../../../bench/http2/frame.ts';
import { FrameReader } from '../../../../bench/http2/frame-reader.ts';

interface Seen {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: string;
}

const SENT: readonly Seen[] = [
  { type: 4, flags: 0, streamId: 0, payload: '' },
  { type: 1, flags: 4, streamId: 1, payload: 'headers' },
  { type: 0, flags: 1, streamId: 2 ** 31 - 1, payload: 'd'.repeat(300) },
  { type: 8, flags: 0, streamId: 3, payload: 'w' },
];

const WIRE = Buffer.concat(
  SENT.map(({ type, flags, streamId, payload }) => {
    const bytes = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
    writeFrameHeader(bytes, 0, { length: payload.length, type, flags, streamId });
    bytes.write(payload, FRAME_HEADER_BYTES, 'latin1');
    return bytes;
  }),
);

function read(...chunks: readonly Uint8Array[]): Seen[] {
  const seen: Seen[] = [];
  const reader = new FrameReader(({ type, flags, streamId, bytes, start, end }) => {
    seen.push({ type, flags, streamId, payload: Buffer.from(bytes.slice(start, end)).toString() });
  });
  for (const chunk of chunks) {
    // The reader may keep nothing of a chunk: it is overwritten by the next one.
    const lent = Uint8Array.from(chunk);
    reader.push(lent);
    lent.fill(0xee);
  }
  return seen;
}

describe('FrameReader', () => {
  it('input cut in two anywhere -> the same frames', () => {
    for (let cut = 0; cut <= WIRE.length; cut++) {
      assert.deepEqual(read(WIRE.subarray(0, cut), WIRE.subarray(cut)), SENT, `cut at ${cut}`);
    }
  });

  it('input byte by byte -> the same frames', () => {
    assert.deepEqual(read(...[...WIRE].map((byte) => Uint8Array.of(byte))), SENT);
  });

  it('a chunk longer than what it holds -> only what it holds is read', () => {
    const seen: number[] = [];
    const reader = new FrameReader((frame) => seen.push(frame.type));
    const buffer = Buffer.concat([WIRE, WIRE]);
    reader.push(buffer, WIRE.length);
    assert.deepEqual(seen, [4, 1, 0, 8]);
  });

  it('the largest payload passes, a larger one -> BENCH_PROTOCOL', () => {
    const header = new Uint8Array(FRAME_HEADER_BYTES);
    const largest = { length: FRAME_PAYLOAD_BYTES_MAX, type: 0, flags: 0, streamId: 1 };
    writeFrameHeader(header, 0, largest);
    assert.equal(read(header, new Uint8Array(FRAME_PAYLOAD_BYTES_MAX)).length, 1);
    writeFrameHeader(header, 0, { ...largest, length: FRAME_PAYLOAD_BYTES_MAX + 1 });
    assert.throws(
      () => read(header),
      (error) => error instanceof BenchError && error.code === 'BENCH_PROTOCOL',
    );
  });
});

describe('stripPadding', () => {
  const frame = (flags: number, ...payload: number[]): Frame => ({
    type: FrameType.HEADERS,
    flags,
    streamId: 1,
    bytes: Uint8Array.from(payload),
    start: 0,
    end: payload.length,
  });

  it('padding and priority -> only the content is left', () => {
    const padded = frame(FrameFlag.PADDED | FrameFlag.PRIORITY, 2, 0, 0, 0, 0, 0, 7, 8, 0, 0);
    assert.equal(stripPadding(padded), true);
    assert.deepEqual([...padded.bytes.subarray(padded.start, padded.end)], [7, 8]);
  });

  it('padding longer than the frame, or no length -> malformed', () => {
    assert.equal(stripPadding(frame(FrameFlag.PADDED, 3, 1, 1)), false);
    assert.equal(stripPadding(frame(FrameFlag.PADDED)), false);
    assert.equal(stripPadding(frame(FrameFlag.PRIORITY, 0, 0)), false);
  });
});
