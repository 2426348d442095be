/** True when every byte is zero. Word by word: opening a log looks at a whole segment. */
export function isZero(bytes: Uint8Array): boolean {
  const isAligned = (bytes.byteOffset & 3) === 0;
  const words = isAligned ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : [];
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  for (let i = words.length * 4; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
