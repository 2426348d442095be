/** HTTP/2 frames as the fuzzer writes and reads them: its own, so that it shares no mistake. */
import { concatBytes, latin1, readU32Be } from '../../src/base/bytes.ts';

export const PREFACE_TEXT = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
export const FRAME_HEADER_BYTES = 9;
export const PAYLOAD_BYTES_MAX = 16384;
export const STREAM_ID_MAX = 0x7fffffff;

export const FRAME_TYPES = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
  'CONTINUATION',
] as const;
export type FrameTypeName = (typeof FRAME_TYPES)[number] | 'UNKNOWN';

export const Type = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const Flag = {
  ACK: 0x1,
  END_STREAM: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
} as const;

export const SettingId = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

/** What stands in a frame. `length` lies when it is not that of the payload. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
  readonly length?: number;
}

export function typeName(type: number): FrameTypeName {
  return FRAME_TYPES[type] ?? 'UNKNOWN';
}

export function encodeFrame(frame: Frame): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + frame.payload.length);
  const length = frame.length ?? frame.payload.length;
  bytes.set([length >>> 16, length >>> 8, length, frame.type, frame.flags]);
  bytes.set(u32(frame.streamId), 5);
  bytes.set(frame.payload, FRAME_HEADER_BYTES);
  return bytes;
}

/** The payload's length as a frame's first three bytes state it. */
export function statedLength(bytes: Uint8Array, at: number): number {
  return readU32Be(bytes, at) >>> 8;
}

/** Reads the frame of which `bytes[at, at + 9 + stated length)` is the whole. */
export function decodeFrame(bytes: Uint8Array, at: number): Frame {
  const start = at + FRAME_HEADER_BYTES;
  return {
    type: bytes[at + 3] as number,
    flags: bytes[at + 4] as number,
    streamId: readU32Be(bytes, at + 5),
    payload: bytes.slice(start, start + statedLength(bytes, at)),
  };
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Payload of a SETTINGS frame. */
export function settingsPayload(settings: readonly (readonly [id: number, value: number])[]) {
  return concatBytes(settings.flatMap(([id, value]) => [Uint8Array.of(id >>> 8, id), u32(value)]));
}

/** Payload with padding of `padding` zero bytes. The flag is the caller's to set. */
export function padded(payload: Uint8Array, padding: number): Uint8Array {
  return concatBytes([Uint8Array.of(padding), payload, new Uint8Array(padding)]);
}

/**
 * What a DATA or HEADERS frame carries, without padding and priority; undefined when the padding
 * is longer than the frame.
 */
export function unpadded(frame: Frame): Uint8Array | undefined {
  const isPadded = (frame.flags & Flag.PADDED) !== 0;
  const hasPriority = frame.type === Type.HEADERS && (frame.flags & Flag.PRIORITY) !== 0;
  const start = (isPadded ? 1 : 0) + (hasPriority ? 5 : 0);
  const end = frame.payload.length - (isPadded ? (frame.payload[0] ?? 0) : 0);
  return start <= end && frame.payload.length >= start
    ? frame.payload.subarray(start, end)
    : undefined;
}

/** Cuts a stream of bytes, which may come in any pieces, into frames. */
export class FrameCutter {
  #rest = new Uint8Array(0);
  #prefaceLeft: number;

  constructor(options: { readonly prefaceBytes: number }) {
    this.#prefaceLeft = options.prefaceBytes;
  }

  /** Bytes of a frame that began and has not ended: how many it lacks. */
  get missing(): number {
    if (this.#prefaceLeft > 0) return this.#prefaceLeft;
    if (this.#rest.length === 0) return 0;
    if (this.#rest.length < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES - this.#rest.length;
    return FRAME_HEADER_BYTES + statedLength(this.#rest, 0) - this.#rest.length;
  }

  /** What has come of a frame that began and has not ended. */
  get partial(): Uint8Array {
    return this.#rest;
  }

  push(bytes: Uint8Array): Frame[] {
    const skipped = Math.min(this.#prefaceLeft, bytes.length);
    this.#prefaceLeft -= skipped;
    const input = this.#rest.length === 0 ? bytes : concatBytes([this.#rest, bytes]);
    const frames: Frame[] = [];
    let at = skipped;
    while (input.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + statedLength(input, at);
      if (end > input.length) break;
      frames.push(decodeFrame(input, at));
      at = end;
    }
    this.#rest = input.slice(at);
    return frames;
  }
}

/** One line for people. */
export function describeFrame(frame: Frame): string {
  const { payload, flags, streamId } = frame;
  const lie = frame.length === undefined ? '' : ` (says ${frame.length})`;
  const shown = payload.length > 48 ? payload.subarray(0, 48) : payload;
  const more = payload.length > 48 ? '…' : '';
  const text = latin1(shown).replaceAll(/[^ -~]/g, '.');
  const name = typeName(frame.type) === 'UNKNOWN' ? `type ${frame.type}` : typeName(frame.type);
  const head = `${name} flags 0x${flags.toString(16)} stream ${streamId} ${payload.length} B${lie}`;
  return `${head} ${Buffer.from(shown).toString('hex')}${more} |${text}|`;
}
