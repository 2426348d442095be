/** Cuts a stream of bytes into pieces of one size. */

/** Gives so many bytes, whatever is in them. */
export type NewChunk = (bytes: number) => Uint8Array;

export function freshChunk(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}

/** Parts in order, joined and cut: pieces of `chunkBytes`, the last one shorter, none empty. */
export async function* inChunks(
  parts: AsyncIterable<readonly Uint8Array[]>,
  chunkBytes: number,
  newChunk: NewChunk = freshChunk,
): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = newChunk(chunkBytes);
  let filled = 0;
  for await (const batch of parts) {
    for (const part of batch) {
      for (let at = 0; at < part.length; ) {
        const taken = part.subarray(at, at + chunkBytes - filled);
        chunk.set(taken, filled);
        filled += taken.length;
        at += taken.length;
        if (filled < chunkBytes) continue;
        yield chunk;
        chunk = newChunk(chunkBytes);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
