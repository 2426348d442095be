import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  FRAME_PAYLOAD_BYTES_MAX,
  type Frame,
  FrameType,
  PREFACE,
} from '../../../src/http2/frame.ts';
import { type FrameHandler, FrameReader } from '../../../src/http2/frame-reader.ts';
import { SeededRandom } from '../../sim/seeded-random.ts';
import { data, frame, join, paddedData, ping } from '../../support/http2/frames.ts';

/** Writes down what it is told, the pieces of a body as one. */
class Recorder implements FrameHandler {
  isClosed = false;
  readonly lines: string[] = [];
  #body: number[] = [];

  onFrame({ type, flags, streamId, bytes, start, end }: Frame): void {
    this.lines.push([type, flags, streamId, ...bytes.subarray(start, end)].join(' '));
  }

  onDataStart({ type, flags, streamId }: Frame, payloadBytes: number, bodyBytes: number): void {
    this.lines.push([type, flags, streamId, payloadBytes, bodyBytes].join(' '));
    this.#body = [];
  }

  onDataPiece(bytes: Uint8Array, start: number, end: number): void {
    assert.ok(end > start);
    this.#body.push(...bytes.subarray(start, end));
  }

  onDataEnd(): void {
    this.lines.push(this.#body.join(' '));
  }
}

/** A turn that takes as long as it likes. */
const ENDLESS = { isOver: () => false };

function linesOf(chunks: readonly Uint8Array[]): string[] {
  const recorder = new Recorder();
  const reader = new FrameReader(recorder);
  for (const chunk of chunks) {
    reader.read(chunk, ENDLESS);
    reader.checkInvariants();
  }
  return recorder.lines;
}

describe('http2 frame reader', () => {
  it('H2-I1: cut anywhere -> the same frames', () => {
    const random = new SeededRandom(5);
    const frames = Array.from({ length: 40 }, () => {
      const body = new Uint8Array(random.below(20)).map(() => random.below(256));
      const streamId = random.below(100);
      const kind = random.below(3);
      if (kind === 0) return data(streamId, body, 'open');
      if (kind === 1) return paddedData(streamId, body, random.below(10));
      return frame({ type: 1 + random.below(20), flags: random.below(256), streamId }, body);
    });
    const bytes = join([PREFACE, ...frames]);
    const whole = linesOf([bytes]);
    assert.ok(whole.length >= frames.length);
    for (let round = 0; round < 300; round++) {
      const chunks: Uint8Array[] = [];
      const most = 1 + random.below(40);
      for (let at = 0; at < bytes.length; ) {
        const next = at + random.below(most + 1);
        chunks.push(bytes.slice(at, next));
        at = next;
      }
      assert.deepEqual(linesOf(chunks), whole);
    }
  });

  it('a frame of FRAME_PAYLOAD_BYTES_MAX -> taken; a larger one -> FRAME_SIZE_ERROR by its head', () => {
    const exact = frame({ type: FrameType.HEADERS }, new Uint8Array(FRAME_PAYLOAD_BYTES_MAX));
    assert.equal(linesOf([PREFACE, exact.subarray(0, 99), exact.subarray(99)]).length, 1);
    const large = frame({ type: FrameType.DATA }, new Uint8Array(FRAME_PAYLOAD_BYTES_MAX + 1));
    assert.throws(() => linesOf([PREFACE, large.subarray(0, 9)]), { code: 'FRAME_SIZE_ERROR' });
  });

  it('the handler closes -> nothing more is read', () => {
    const recorder = new Recorder();
    const reader = new FrameReader(recorder);
    reader.read(PREFACE, ENDLESS);
    recorder.isClosed = true;
    reader.read(ping(), ENDLESS);
    assert.deepEqual(recorder.lines, []);
  });

  it('unfinished: names what has begun, another number for each', () => {
    const reader = new FrameReader(new Recorder());
    const seen = [reader.unfinished];
    reader.read(PREFACE, ENDLESS);
    assert.equal(reader.unfinished, 0);
    for (const cut of [3, 9, 12]) {
      reader.read(ping().subarray(0, cut), ENDLESS);
      seen.push(reader.unfinished);
      reader.read(ping().subarray(cut), ENDLESS);
      assert.equal(reader.unfinished, 0);
    }
    assert.equal(new Set(seen).size, 4);
  });
});
