import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InflightWindow } from '../../../src/raft/inflight-window.ts';

/** A window with appends that end at 1, 2, ... `count`, of 10 bytes each. */
function windowOf(count: number, messagesMax = 4, bytesMax = 1000): InflightWindow {
  const window = new InflightWindow({ messagesMax, bytesMax });
  for (let index = 1; index <= count; index++) window.add(index, 10);
  window.checkInvariants();
  return window;
}

describe('in-flight window', () => {
  it('messagesMax appends -> full; no more may be added', () => {
    assert.equal(windowOf(3).isFull, false);
    const window = windowOf(4);
    assert.equal(window.isFull, true);
    assert.throws(() => window.add(5, 1), { name: 'InvariantError' });
  });

  it('bytesMax -> full with the append that reaches it', () => {
    assert.equal(windowOf(2, 4, 21).isFull, false);
    assert.equal(windowOf(3, 4, 21).isFull, true);
  });

  it('freeTo -> forgets all appends up to there, and no partly answered one', () => {
    const window = new InflightWindow({ messagesMax: 3, bytesMax: 100 });
    for (const last of [4, 8, 9]) window.add(last, 10);
    window.freeTo(3);
    assert.equal(window.count, 3);
    window.freeTo(8);
    assert.equal(window.count, 1);
    window.checkInvariants();
  });

  it('round and round -> as a list of what was added and not freed', () => {
    const window = windowOf(0, 5, 45);
    const model: number[] = [];
    let last = 0;
    for (let step = 0; step < 200; step++) {
      if (step % 3 !== 2 && !window.isFull) {
        window.add(++last, 10);
        model.push(last);
      } else {
        window.freeTo(last - (step % 5));
        while ((model[0] ?? Infinity) <= last - (step % 5)) model.shift();
      }
      window.checkInvariants();
      assert.deepEqual([window.count, window.isFull], [model.length, model.length >= 5]);
    }
  });

  it('clear -> empty', () => {
    const window = windowOf(4);
    window.clear();
    assert.deepEqual([window.count, window.isFull], [0, false]);
    window.checkInvariants();
  });
});
