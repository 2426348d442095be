/** Small frames that wait for the flush: answers to PING and SETTINGS, window updates, resets. */
import { EMPTY_BYTES } from '../base/bytes.ts';
import type { ErrorCode } from './error-code.ts';
import { FRAME_HEADER_BYTES, FrameFlag, FrameType, writeFrameHeader, writeU32 } from './frame.ts';
import type { OutputSlab } from './output-slab.ts';

/**
 * So much of them waits for a peer that does not read; beyond it the connection ends by
 * ENHANCE_YOUR_CALM.
 */
export const CONTROL_BYTES_MAX = 262_144;
const FIRST_BYTES = 128;
const PING_BYTES = 8;

export class ControlQueue {
  #bytes: Uint8Array = EMPTY_BYTES;
  #fill = 0;

  get size(): number {
    return this.#fill;
  }

  get isOverfull(): boolean {
    return this.#fill > CONTROL_BYTES_MAX;
  }

  settings(payload: Uint8Array): void {
    const at = this.#frame(payload.length, FrameType.SETTINGS, 0);
    this.#bytes.set(payload, at);
  }

  settingsAck(): void {
    this.#frame(0, FrameType.SETTINGS, 0, FrameFlag.ACK);
  }

  /** `bytes[start, start + 8)` is what the peer sent. */
  pingAck(bytes: Uint8Array, start: number): void {
    const at = this.#frame(PING_BYTES, FrameType.PING, 0, FrameFlag.ACK);
    this.#bytes.set(bytes.subarray(start, start + PING_BYTES), at);
  }

  /** A PING of ours; the answer carries `mark`, 32 bits, too. */
  ping(mark: number): void {
    const at = this.#frame(PING_BYTES, FrameType.PING, 0);
    writeU32(this.#bytes, at, 0);
    writeU32(this.#bytes, at + 4, mark);
  }

  windowUpdate(streamId: number, increment: number): void {
    const at = this.#frame(4, FrameType.WINDOW_UPDATE, streamId);
    writeU32(this.#bytes, at, increment);
  }

  reset(streamId: number, code: ErrorCode): void {
    const at = this.#frame(4, FrameType.RST_STREAM, streamId);
    writeU32(this.#bytes, at, code);
  }

  /** `debugData`: ASCII. */
  goAway(lastStreamId: number, code: ErrorCode, debugData: string): void {
    const at = this.#frame(8 + debugData.length, FrameType.GOAWAY, 0);
    writeU32(this.#bytes, at, lastStreamId);
    writeU32(this.#bytes, at + 4, code);
    for (let i = 0; i < debugData.length; i++) this.#bytes[at + 8 + i] = debugData.charCodeAt(i);
  }

  /** Moves everything to `out`. */
  moveTo(out: OutputSlab): void {
    if (this.#fill === 0) return;
    const at = out.take(this.#fill);
    out.bytes.set(this.#bytes.subarray(0, this.#fill), at);
    this.clear();
  }

  clear(): void {
    this.#fill = 0;
    if (this.#bytes.length > FIRST_BYTES) this.#bytes = EMPTY_BYTES;
  }

  /** Returns where in `#bytes`, which it may replace, the payload is to be written. */
  #frame(length: number, type: number, streamId: number, flags: number = FrameFlag.NONE): number {
    const at = this.#fill;
    this.#fill = at + FRAME_HEADER_BYTES + length;
    if (this.#fill > this.#bytes.length) this.#grow();
    writeFrameHeader(this.#bytes, at, { length, type, flags, streamId });
    return at + FRAME_HEADER_BYTES;
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(FIRST_BYTES, 2 * this.#fill));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
