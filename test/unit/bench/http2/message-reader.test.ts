import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BenchError } from '../../../../bench/bench-error.ts';
import {
  framedMessage,
  MESSAGE_BYTES_MAX,
  MessageReader,
} from '../../../../bench/http2/message-reader.ts';

const MESSAGES = ['', 'a', 'bc'.repeat(200), '', 'd'];
const WIRE = Buffer.concat(MESSAGES.map((text) => framedMessage(Buffer.from(text))));

function read(...chunks: readonly Uint8Array[]): string[] {
  const seen: string[] = [];
  const reader = new MessageReader((bytes, start, end) => {
    seen.push(Buffer.from(bytes.slice(start, end)).toString());
  });
  for (const chunk of chunks) reader.push(chunk, 0, chunk.length);
  assert.ok(reader.idle);
  return seen;
}

const refuses = (...bytes: number[]): void => {
  assert.throws(
    () => read(Uint8Array.from(bytes)),
    (error) => error instanceof BenchError && error.code === 'BENCH_PROTOCOL',
  );
};

describe('MessageReader', () => {
  it('data cut in two anywhere, or byte by byte -> the same messages', () => {
    for (let cut = 0; cut <= WIRE.length; cut++) {
      assert.deepEqual(read(WIRE.subarray(0, cut), WIRE.subarray(cut)), MESSAGES, `cut at ${cut}`);
    }
    assert.deepEqual(read(...[...WIRE].map((byte) => Uint8Array.of(byte))), MESSAGES);
  });

  it('half a message -> not idle', () => {
    const reader = new MessageReader(() => assert.fail('no message has ended'));
    reader.push(WIRE, 5, 9);
    assert.equal(reader.idle, false);
  });

  it('compressed, or longer than MESSAGE_BYTES_MAX -> BENCH_PROTOCOL', () => {
    refuses(1, 0, 0, 0, 1, 7);
    const length = MESSAGE_BYTES_MAX + 1;
    refuses(0, length >>> 24, length >>> 16, length >>> 8, length);
  });
});
