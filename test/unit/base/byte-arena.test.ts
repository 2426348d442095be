import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteArena } from '../../../src/base/byte-arena.ts';

const BUFFER_BYTES = 65_536;

describe('byte arena', () => {
  it('copies of all lengths -> each as it was, whatever came after it or became of its source', () => {
    const arena = new ByteArena();
    const copies: Uint8Array[] = [];
    const source = new Uint8Array(5000);
    for (let length = 0; length <= source.length; length += 7) {
      source.fill(length % 251);
      copies.push(arena.copy(source.subarray(0, length)));
    }
    for (const [at, copy] of copies.entries()) {
      assert.equal(copy.length, 7 * at);
      assert.ok(copy.every((byte) => byte === (7 * at) % 251));
    }
  });

  it('small ones share a buffer that is full to its end; a large one pins nothing else', () => {
    const arena = new ByteArena();
    const buffers = new Set<ArrayBufferLike>();
    for (let at = 0; at < BUFFER_BYTES / 256; at++) {
      buffers.add(arena.copy(new Uint8Array(256)).buffer);
    }
    assert.equal(buffers.size, 1);
    assert.ok(!buffers.has(arena.copy(new Uint8Array(1)).buffer));
    const large = arena.copy(new Uint8Array(4096));
    assert.equal(large.buffer.byteLength, large.length);
  });
});
