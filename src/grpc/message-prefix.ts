/** The frame of a message: a flag (1: compressed), its length in four bytes, the message. */
export const PREFIX_BYTES = 5;

/** What goes before a message of `length` bytes. */
export function messagePrefix(flag: 0 | 1, length: number): Uint8Array {
  const prefix = new Uint8Array(PREFIX_BYTES);
  writePrefix(prefix, flag, length);
  return prefix;
}

/** The message with its frame, in one piece. */
export function framedMessage(flag: 0 | 1, message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(PREFIX_BYTES + message.length);
  writePrefix(frame, flag, message.length);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

function writePrefix(target: Uint8Array, flag: 0 | 1, length: number): void {
  target[0] = flag;
  target[1] = length >>> 24;
  target[2] = length >>> 16;
  target[3] = length >>> 8;
  target[4] = length;
}
