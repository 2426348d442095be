import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TurnFlusher } from '../../../src/http2/turn-flusher.ts';

it('turn flusher: many in a turn -> one task; what a flush adds -> the next turn', () => {
  const tasks: (() => void)[] = [];
  const flushed: string[] = [];
  const flusher = new TurnFlusher({ defer: (task) => void tasks.push(task) });
  const later = { flush: () => void flushed.push('later') };
  const first = {
    flush: () => {
      flushed.push('first');
      flusher.add(later);
    },
  };
  flusher.add(first);
  flusher.add({ flush: () => void flushed.push('second') });
  assert.equal(tasks.length, 1);
  tasks.shift()?.();
  assert.deepEqual(flushed, ['first', 'second']);
  assert.equal(tasks.length, 1);
  tasks.shift()?.();
  assert.deepEqual(flushed, ['first', 'second', 'later']);
  assert.equal(tasks.length, 0);
});
