/** Frames as a client sends them, and as a test wants to read them: in one line each. */
import { ErrorCode } from '../../../src/http2/error-code.ts';
import {
  FRAME_HEADER_BYTES,
  FrameFlag,
  FrameType,
  PREFACE,
  readU32,
  writeFrameHeader,
  writeU32,
} from '../../../src/http2/frame.ts';
import { encodeHeaderBlock } from '../../../src/http2/hpack/index.ts';
import { settingsPayload } from '../../../src/http2/settings.ts';

export type Fields = readonly (readonly [string, string])[];

export const GET: Fields = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'localhost'],
  [':path', '/'],
];
export const POST: Fields = [[':method', 'POST'], ...GET.slice(1)];

export interface FrameText {
  readonly type: number;
  readonly flags?: number;
  readonly streamId?: number;
}

export function frame(head: FrameText, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  const { type, flags = 0, streamId = 0 } = head;
  writeFrameHeader(bytes, 0, { length: payload.length, type, flags, streamId });
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

export function settings(...pairs: readonly (readonly [number, number])[]): Uint8Array {
  return frame({ type: FrameType.SETTINGS }, settingsPayload(pairs));
}

export const HELLO: Uint8Array = join([PREFACE, settings()]);

/** Flags besides END_STREAM and END_HEADERS are left out, and END_HEADERS is set. */
export function headers(streamId: number, fields: Fields, end: 'end' | 'open'): Uint8Array {
  const endStream = end === 'end' ? FrameFlag.END_STREAM : 0;
  const flags = FrameFlag.END_HEADERS | endStream;
  return frame({ type: FrameType.HEADERS, flags, streamId }, encodeHeaderBlock(fields));
}

export function data(streamId: number, body: Uint8Array, end: 'end' | 'open'): Uint8Array {
  const flags = end === 'end' ? FrameFlag.END_STREAM : 0;
  return frame({ type: FrameType.DATA, flags, streamId }, body);
}

export function paddedData(streamId: number, body: Uint8Array, padding: number): Uint8Array {
  const payload = join([Uint8Array.of(padding), body, new Uint8Array(padding)]);
  return frame({ type: FrameType.DATA, flags: FrameFlag.PADDED, streamId }, payload);
}

export function reset(streamId: number, code: number = ErrorCode.CANCEL): Uint8Array {
  return frame({ type: FrameType.RST_STREAM, streamId }, u32(code));
}

export function windowUpdate(streamId: number, increment: number): Uint8Array {
  return frame({ type: FrameType.WINDOW_UPDATE, streamId }, u32(increment));
}

export function ping(flags = 0, last = 0): Uint8Array {
  return frame({ type: FrameType.PING, flags }, join([u32(0), u32(last)]));
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Each frame as `TYPE stream details`; throws when the last one is cut. */
export function describeFrames(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = readU32(bytes, at) >>> 8;
    const end = at + FRAME_HEADER_BYTES + length;
    if (end > bytes.length) throw new RangeError('the output ends inside a frame');
    lines.push(describeFrame(bytes.subarray(at, end)));
    at = end;
  }
  return lines;
}

const TYPES = Object.keys(FrameType);

function describeFrame(bytes: Uint8Array): string {
  const payload = bytes.subarray(FRAME_HEADER_BYTES);
  const flags = bytes[4] as number;
  const streamId = readU32(bytes, 5);
  const words = [TYPES[bytes[3] as number] ?? '?'];
  if (streamId > 0) words.push(String(streamId));
  switch (bytes[3]) {
    case FrameType.HEADERS:
    case FrameType.CONTINUATION:
      if ((flags & FrameFlag.END_HEADERS) === 0) words.push('unfinished');
      if ((flags & FrameFlag.END_STREAM) !== 0) words.push('end');
      break;
    case FrameType.DATA:
      words.push(String(payload.length));
      if ((flags & FrameFlag.END_STREAM) !== 0) words.push('end');
      break;
    case FrameType.RST_STREAM:
      words.push(codeName(readU32(payload, 0)));
      break;
    case FrameType.WINDOW_UPDATE:
      words.push(String(readU32(payload, 0)));
      break;
    case FrameType.GOAWAY:
      words.push(String(readU32(payload, 0)), codeName(readU32(payload, 4)));
      if (payload.length > 8) words.push(Buffer.from(payload.subarray(8)).toString('latin1'));
      break;
    default:
      if ((flags & FrameFlag.ACK) !== 0) words.push('ack');
  }
  return words.join(' ');
}

function codeName(code: number): string {
  return Object.entries(ErrorCode).find(([, value]) => value === code)?.[0] ?? String(code);
}
