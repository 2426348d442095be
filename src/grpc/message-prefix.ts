/** The frame of a message: a flag (1: compressed), its length in four bytes, the message. */
export const PREFIX_BYTES = 5;

/** The message with its frame, in one piece. */
export function framedMessage(flag: 0 | 1, message: Uint8Array): Uint8Array {
  const { length } = message;
  const frame = new Uint8Array(PREFIX_BYTES + length);
  frame[0] = flag;
  frame[1] = length >>> 24;
  frame[2] = length >>> 16;
  frame[3] = length >>> 8;
  frame[4] = length;
  frame.set(message, PREFIX_BYTES);
  return frame;
}
