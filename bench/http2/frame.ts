/** HTTP/2 frames, RFC 9113 sections 4 and 6: the parts that gRPC needs. */

export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
export const FRAME_HEADER_BYTES = 9;
/** Largest payload unless SETTINGS say otherwise, and the smallest limit they can set. */
export const PAYLOAD_BYTES_DEFAULT = 16384;
export const WINDOW_BYTES_DEFAULT = 65535;
export const STREAM_ID_MAX = 2 ** 31 - 1;

export const FrameType = {
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

export const FrameFlag = {
  ACK: 0x1,
  END_STREAM: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
} as const;

export const Setting = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
} as const;

/** One frame as it lies in the input: `bytes[start, end)` is the payload, valid for the moment. */
export interface Frame {
  type: number;
  flags: number;
  streamId: number;
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** What goes into the nine bytes before a payload. */
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

/** Takes padding and priority off a DATA or HEADERS frame; false: the frame is malformed. */
export function stripPadding(frame: Frame): boolean {
  let padding = 0;
  if ((frame.flags & FrameFlag.PADDED) !== 0) padding = frame.bytes[frame.start++] as number;
  const withPriority = frame.type === FrameType.HEADERS && (frame.flags & FrameFlag.PRIORITY) !== 0;
  if (withPriority) frame.start += 5;
  frame.end -= padding;
  return frame.start <= frame.end;
}
