/** HTTP/2 frames as bytes: RFC 9113 sections 4 and 6. */

export const PREFACE: Uint8Array = Uint8Array.from(
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  (character) => character.charCodeAt(0),
);

export const FRAME_HEADER_BYTES = 9;
/**
 * Largest payload either side sends: SETTINGS_MAX_FRAME_SIZE is left at its default here, and a
 * peer's larger one is not used. A larger frame ends the connection by FRAME_SIZE_ERROR.
 */
export const FRAME_PAYLOAD_BYTES_MAX = 16_384;
export const STREAM_ID_MAX = 0x7fff_ffff;
export const WINDOW_BYTES_MAX = 0x7fff_ffff;
/** Windows before any SETTINGS or WINDOW_UPDATE. */
export const WINDOW_BYTES_DEFAULT = 65_535;

export const FrameType = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
} as const;

export const FrameFlag = {
  NONE: 0x0,
  ACK: 0x1,
  END_STREAM: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
} as const;

/** A frame's header, and where its payload lies: `bytes[start, end)`. Reused for every frame. */
export interface Frame {
  type: number;
  flags: number;
  streamId: number;
  bytes: Uint8Array;
  start: number;
  end: number;
}

export interface FrameHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
}

export function writeFrameHeader(target: Uint8Array, at: number, header: FrameHeader): void {
  const { length, streamId } = header;
  target[at] = length >>> 16;
  target[at + 1] = length >>> 8;
  target[at + 2] = length;
  target[at + 3] = header.type;
  target[at + 4] = header.flags;
  writeU32(target, at + 5, streamId);
}

export function writeU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

export function readU32(bytes: Uint8Array, at: number): number {
  return readU31(bytes, at) + ((bytes[at] as number) & 0x80) * 0x100_0000;
}

/** Four bytes without the first bit, which is reserved in stream ids and window increments. */
export function readU31(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) & 0x7f) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
