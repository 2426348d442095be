/** Cuts a byte stream into HTTP/2 frames. */
import { readU32Be } from '../../src/base/bytes.ts';
import { checkProtocol } from '../bench-error.ts';
import { FRAME_HEADER_BYTES, FRAME_PAYLOAD_BYTES_MAX, type Frame } from './frame.ts';

const FRAME_BYTES_MAX = FRAME_HEADER_BYTES + FRAME_PAYLOAD_BYTES_MAX;
const NONE = new Uint8Array(0);

export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  /** The start of a frame whose end has not come yet: `[0, #kept)`. Made when first needed. */
  #partial: Uint8Array = NONE;
  #kept = 0;
  /** Reused for every frame: nothing is allocated per frame. */
  readonly #frame: Frame = {
    type: 0,
    flags: 0,
    streamId: 0,
    bytes: NONE,
    start: 0,
    end: 0,
  };

  /** `onFrame` gets each frame once it is whole; frame and bytes are its for the moment only. */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** Takes `chunk[0, length)`, which may be overwritten afterwards. Throws BENCH_PROTOCOL. */
  push(chunk: Uint8Array, length: number = chunk.length): void {
    let at = this.#kept === 0 ? 0 : this.#completePartial(chunk, length);
    while (length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + payloadLength(chunk, at);
      if (end > length) break;
      this.#emit(chunk, at, end);
      at = end;
    }
    if (at < length) {
      if (this.#partial === NONE) this.#partial = new Uint8Array(FRAME_BYTES_MAX);
      this.#partial.set(chunk.subarray(at, length), this.#kept);
      this.#kept += length - at;
    }
  }

  /** Adds to the partial frame what it lacks; returns how much of the chunk that took. */
  #completePartial(chunk: Uint8Array, length: number): number {
    const afterHeader = this.#fillTo(FRAME_HEADER_BYTES, chunk.subarray(0, length));
    if (this.#kept < FRAME_HEADER_BYTES) return length;
    const end = FRAME_HEADER_BYTES + payloadLength(this.#partial, 0);
    const taken = afterHeader + this.#fillTo(end, chunk.subarray(afterHeader, length));
    if (this.#kept < end) return length;
    this.#kept = 0;
    this.#emit(this.#partial, 0, end);
    return taken;
  }

  #fillTo(size: number, from: Uint8Array): number {
    const wanted = Math.min(Math.max(size - this.#kept, 0), from.length);
    this.#partial.set(from.subarray(0, wanted), this.#kept);
    this.#kept += wanted;
    return wanted;
  }

  #emit(bytes: Uint8Array, start: number, end: number): void {
    const frame = this.#frame;
    frame.type = bytes[start + 3] as number;
    frame.flags = bytes[start + 4] as number;
    frame.streamId = readU32Be(bytes, start + 5) & 0x7fffffff;
    frame.bytes = bytes;
    frame.start = start + FRAME_HEADER_BYTES;
    frame.end = end;
    this.#onFrame(frame);
  }
}

function payloadLength(bytes: Uint8Array, at: number): number {
  const length =
    ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  checkProtocol(length <= FRAME_PAYLOAD_BYTES_MAX, `frame of ${length} bytes`);
  return length;
}
