import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteQueue } from '../../../../../src/server/peer/wire/byte-queue.ts';

describe('byte queue', () => {
  it('bytes pushed in any portions -> taken in any other, in order', () => {
    const queue = new ByteQueue();
    const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => i % 251);
    const taken: number[] = [];
    let at = 0;
    for (let step = 1; taken.length < bytes.length; step++) {
      queue.push(bytes.subarray(at, at + ((step * 977) % 5000)));
      at = Math.min(bytes.length, at + ((step * 977) % 5000));
      taken.push(...queue.take(Math.min(queue.length, (step * 613) % 4000)));
      queue.checkInvariants();
    }
    assert.deepEqual(Uint8Array.from(taken), bytes);
  });

  it('what was taken -> is not overwritten by what comes', () => {
    const queue = new ByteQueue();
    queue.push(Uint8Array.of(1, 2));
    const taken = queue.take(2);
    queue.push(Uint8Array.of(3, 4));
    assert.deepEqual([...taken], [1, 2]);
  });

  it('numbers and bytes -> are read where they are, without taking them', () => {
    const queue = new ByteQueue();
    queue.push(Uint8Array.of(9, 0, 0, 0, 1, 0, 0, 0, 2));
    assert.equal(queue.byteAt(0), 9);
    assert.equal(queue.u64At(1), 2 ** 32 + 2);
    assert.equal(queue.length, 9);
  });
});
