/**
 * Cuts what the socket read into frames, in place: only a frame other than DATA that is cut by
 * the end of a chunk is copied together; the pieces of a cut DATA frame are passed on as they
 * come. So a reader holds at most one payload.
 */
import { assert } from '../base/assert.ts';
import { EMPTY_BYTES } from '../base/bytes.ts';
import {
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_BYTES_MAX,
  type Frame,
  FrameFlag,
  FrameType,
  PREFACE,
  readU31,
} from './frame.ts';
import { Http2Error } from './http2-error.ts';
import type { ReadTurn } from './read-turn.ts';

/** Any method may throw Http2Error, and the reader must not be used again. */
export interface FrameHandler {
  /** True: what is left of the chunk is of no interest. */
  readonly isClosed: boolean;
  /** A whole frame of any type but DATA; valid during the call. */
  onFrame(frame: Frame): void;
  /** A DATA frame begins: `payloadBytes` count against the windows, `bodyBytes` will come. */
  onDataStart(frame: Frame, payloadBytes: number, bodyBytes: number): void;
  /** Some of its body, `bytes[start, end)`, never empty. */
  onDataPiece(bytes: Uint8Array, start: number, end: number): void;
  /** It is complete. */
  onDataEnd(): void;
}

/** What the next byte is part of. */
type Position = 'preface' | 'head' | 'payload' | 'padLength' | 'body' | 'padding';

export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #frame: Frame = { type: 0, flags: 0, streamId: 0, bytes: EMPTY_BYTES, start: 0, end: 0 };
  #position: Position = 'preface';
  /** A head that is cut: its first `#filled` bytes. */
  readonly #head = new Uint8Array(FRAME_HEADER_BYTES);
  /** A payload that is cut: its first `#filled` bytes. */
  #payload: Uint8Array = EMPTY_BYTES;
  #filled = 0;
  /** Payload bytes of the frame by its head. */
  #length = 0;
  #bodyLeft = 0;
  #paddingLeft = 0;
  /** Frames, and the preface, that are complete. */
  #framesRead = 0;

  constructor(handler: FrameHandler) {
    this.#handler = handler;
  }

  /** Names the frame, or the preface, that has begun and not ended; 0 when there is none. */
  get unfinished(): number {
    if (this.#position === 'head' && this.#filled === 0) return 0;
    return this.#framesRead + 1;
  }

  /**
   * Takes the next bytes of the stream; views of them may be kept by the handler. Returns where it
   * stopped: before their end when the turn was over, or the connection.
   */
  read(bytes: Uint8Array, turn: Pick<ReadTurn, 'isOver'>): number {
    let at = 0;
    while (at < bytes.length && !this.#handler.isClosed) {
      at = this.#step(bytes, at);
      if (turn.isOver()) break;
    }
    return at;
  }

  checkInvariants(): void {
    const wanted = { preface: PREFACE.length, head: FRAME_HEADER_BYTES, payload: this.#length };
    const position = this.#position;
    if (position === 'preface' || position === 'head' || position === 'payload') {
      assert(this.#filled < wanted[position], `reader: a whole ${position} was not passed on`);
    }
    assert(this.#payload.length <= FRAME_PAYLOAD_BYTES_MAX, 'reader: holds more than a frame');
    assert(
      (position === 'payload') === (this.#payload !== EMPTY_BYTES),
      'reader: holds no payload',
    );
    assert(position !== 'body' || this.#bodyLeft > 0, 'reader: waits for no body');
    assert(position !== 'padding' || this.#paddingLeft > 0, 'reader: waits for no padding');
  }

  /** Returns where the bytes of the next step begin. */
  #step(bytes: Uint8Array, at: number): number {
    switch (this.#position) {
      case 'head':
        return this.#readHead(bytes, at);
      case 'body':
        return this.#readBody(bytes, at);
      case 'padding':
        return this.#skipPadding(bytes, at);
      case 'payload':
        return this.#fillPayload(bytes, at);
      case 'padLength':
        this.#startData(bytes[at] as number, 1);
        return at + 1;
      case 'preface':
        return this.#readPreface(bytes, at);
    }
  }

  #readPreface(bytes: Uint8Array, at: number): number {
    let next = at;
    while (next < bytes.length && this.#filled < PREFACE.length) {
      if (bytes[next++] !== PREFACE[this.#filled++]) {
        throw new Http2Error('PROTOCOL_ERROR', 'bad connection preface');
      }
    }
    if (this.#filled === PREFACE.length) this.#expectHead();
    return next;
  }

  #readHead(bytes: Uint8Array, at: number): number {
    if (this.#filled === 0 && bytes.length - at >= FRAME_HEADER_BYTES) {
      this.#parseHead(bytes, at);
      return this.#readPayload(bytes, at + FRAME_HEADER_BYTES);
    }
    const next = Math.min(bytes.length, at + FRAME_HEADER_BYTES - this.#filled);
    this.#head.set(bytes.subarray(at, next), this.#filled);
    this.#filled += next - at;
    if (this.#filled < FRAME_HEADER_BYTES) return next;
    this.#filled = 0;
    this.#parseHead(this.#head, 0);
    return this.#readPayload(bytes, next);
  }

  #parseHead(bytes: Uint8Array, at: number): void {
    const frame = this.#frame;
    this.#length =
      ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    frame.type = bytes[at + 3] as number;
    frame.flags = bytes[at + 4] as number;
    frame.streamId = readU31(bytes, at + 5);
    if (this.#length > FRAME_PAYLOAD_BYTES_MAX) {
      throw new Http2Error('FRAME_SIZE_ERROR', `frame of ${this.#length} bytes`);
    }
  }

  #readPayload(bytes: Uint8Array, at: number): number {
    const frame = this.#frame;
    if (frame.type === FrameType.DATA) {
      if ((frame.flags & FrameFlag.PADDED) === 0) this.#startData(0, 0);
      else if (this.#length === 0) throw new Http2Error('FRAME_SIZE_ERROR', 'no padding length');
      else this.#position = 'padLength';
      return at;
    }
    const end = at + this.#length;
    if (end <= bytes.length) {
      this.#passFrame(bytes, at, end);
      return end;
    }
    this.#payload = new Uint8Array(this.#length);
    this.#position = 'payload';
    return this.#fillPayload(bytes, at);
  }

  #fillPayload(bytes: Uint8Array, at: number): number {
    const next = Math.min(bytes.length, at + this.#length - this.#filled);
    this.#payload.set(bytes.subarray(at, next), this.#filled);
    this.#filled += next - at;
    if (this.#filled === this.#length) {
      const payload = this.#payload;
      this.#payload = EMPTY_BYTES;
      this.#passFrame(payload, 0, payload.length);
    }
    return next;
  }

  #passFrame(bytes: Uint8Array, start: number, end: number): void {
    const frame = this.#frame;
    frame.bytes = bytes;
    frame.start = start;
    frame.end = end;
    this.#expectHead();
    this.#handler.onFrame(frame);
  }

  /** `padFieldBytes`: what the padding length itself takes. */
  #startData(padding: number, padFieldBytes: number): void {
    const bodyBytes = this.#length - padFieldBytes - padding;
    if (bodyBytes < 0) throw new Http2Error('PROTOCOL_ERROR', 'padding longer than its frame');
    this.#bodyLeft = bodyBytes;
    this.#paddingLeft = padding;
    this.#handler.onDataStart(this.#frame, this.#length, bodyBytes);
    this.#position = 'body';
    if (bodyBytes === 0) this.#endBody();
  }

  #readBody(bytes: Uint8Array, at: number): number {
    const next = Math.min(bytes.length, at + this.#bodyLeft);
    this.#bodyLeft -= next - at;
    this.#handler.onDataPiece(bytes, at, next);
    if (this.#bodyLeft === 0) this.#endBody();
    return next;
  }

  #skipPadding(bytes: Uint8Array, at: number): number {
    const next = Math.min(bytes.length, at + this.#paddingLeft);
    this.#paddingLeft -= next - at;
    if (this.#paddingLeft === 0) this.#endBody();
    return next;
  }

  #endBody(): void {
    if (this.#paddingLeft > 0) {
      this.#position = 'padding';
      return;
    }
    this.#expectHead();
    this.#handler.onDataEnd();
  }

  #expectHead(): void {
    this.#framesRead++;
    this.#position = 'head';
    this.#filled = 0;
  }
}
