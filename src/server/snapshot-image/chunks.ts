/** Cuts a stream of bytes into pieces of one size. */

/** Parts in order, joined and cut: pieces of `chunkBytes`, the last one shorter, none empty. */
export async function* inChunks(
  parts: AsyncIterable<readonly Uint8Array[]>,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = new Uint8Array(chunkBytes);
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
        chunk = new Uint8Array(chunkBytes);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
