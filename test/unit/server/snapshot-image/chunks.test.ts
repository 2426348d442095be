import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inChunks } from '../../../../src/server/snapshot-image/chunks.ts';

async function* batches(sizes: readonly (readonly number[])[]): AsyncGenerator<Uint8Array[]> {
  let next = 0;
  for (const batch of sizes) {
    yield batch.map((size) => Uint8Array.from({ length: size }, () => next++ % 251));
  }
}

async function cut(sizes: readonly (readonly number[])[], chunkBytes: number): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of inChunks(batches(sizes), chunkBytes)) chunks.push(Buffer.from(chunk));
  return chunks;
}

describe('chunks', () => {
  const cases: readonly [what: string, sizes: number[][], lengths: number[]][] = [
    ['nothing', [], []],
    ['empty parts', [[0], []], []],
    ['a multiple of the size', [[8, 4], [4]], [8, 8]],
    ['parts smaller and larger than a chunk', [[3], [1, 21], [], [2]], [8, 8, 8, 3]],
  ];
  for (const [what, sizes, lengths] of cases) {
    it(`${what} -> the same bytes in pieces of one size`, async () => {
      const chunks = await cut(sizes, 8);
      assert.deepEqual(
        chunks.map((chunk) => chunk.length),
        lengths,
      );
      const total = sizes.flat().reduce((sum, size) => sum + size, 0);
      const expected = Uint8Array.from({ length: total }, (_, at) => at % 251);
      assert.deepEqual(Buffer.concat(chunks), Buffer.from(expected));
    });
  }

  it('a chunk that was given is not written to any more', async () => {
    const iterator = inChunks(batches([[8, 8]]), 8);
    const first = await iterator.next();
    await iterator.next();
    assert.deepEqual(first.value, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  });
});
