/** HTTP/2 frames as the server has them, and what only a client needs. */
import { type Frame, FrameFlag, FrameType } from '../../src/http2/frame.ts';

export {
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_BYTES_MAX,
  type Frame,
  FrameFlag,
  type FrameHeader,
  FrameType,
  PREFACE,
  STREAM_ID_MAX,
  WINDOW_BYTES_DEFAULT,
  writeFrameHeader,
  writeU32,
} from '../../src/http2/frame.ts';
export { Setting } from '../../src/http2/settings.ts';

/** Takes padding and priority off a DATA or HEADERS frame; false: the frame is malformed. */
export function stripPadding(frame: Frame): boolean {
  let padding = 0;
  if ((frame.flags & FrameFlag.PADDED) !== 0) padding = frame.bytes[frame.start++] as number;
  const withPriority = frame.type === FrameType.HEADERS && (frame.flags & FrameFlag.PRIORITY) !== 0;
  if (withPriority) frame.start += 5;
  frame.end -= padding;
  return frame.start <= frame.end;
}
