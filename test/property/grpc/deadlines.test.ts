/** The wheel against a list of all deadlines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deadlines, type Expiring } from '../../../src/grpc/deadlines.ts';
import { ManualTime } from '../../support/grpc/fake-server.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
/** How late a deadline may be told. */
const LATE_MS_MAX = 8;

class Item implements Expiring {
  deadlineMs = 0;
  deadlineSlot = -1;
  deadlineNext: Expiring | undefined;
  deadlinePrevious: Expiring | undefined;
  readonly tell: () => void;

  constructor(tell: () => void) {
    this.tell = tell;
  }

  onDeadline(): void {
    this.tell();
  }
}

const step = fc.oneof(
  fc.record({
    add: fc.oneof(fc.nat(50), fc.nat(20_000), fc.double({ min: 0, max: 9, noNaN: true })),
  }),
  fc.record({ remove: fc.nat(30) }),
  fc.record({ pass: fc.oneof(fc.nat(20), fc.nat(30_000)) }),
);

test('Deadlines: each is told once, in time, unless it was removed (GRPC-I7)', () => {
  const check = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const time = new ManualTime();
    const deadlines = new Deadlines(time, time);
    const waiting = new Map<Item, number>();
    for (const one of steps) {
      if ('add' in one) {
        const dueMs = time.nowMs + one.add;
        const item = new Item(() => {
          assert.ok(waiting.delete(item), 'told once, and not after it was removed');
          assert.ok(
            time.nowMs >= dueMs && time.nowMs <= dueMs + LATE_MS_MAX,
            `${time.nowMs - dueMs} ms late`,
          );
          // Whoever is told may end others, which are due, too.
          const [other] = waiting.keys();
          if (other !== undefined && dueMs % 3 === 0) {
            waiting.delete(other);
            deadlines.remove(other);
          }
        });
        waiting.set(item, dueMs);
        deadlines.add(item, one.add);
      } else if ('remove' in one) {
        const item = [...waiting.keys()][one.remove];
        if (item === undefined) continue;
        waiting.delete(item);
        deadlines.remove(item);
        deadlines.remove(item);
      } else {
        time.pass(one.pass);
        for (const dueMs of waiting.values())
          assert.ok(dueMs + LATE_MS_MAX > time.nowMs, 'none is forgotten');
      }
      deadlines.checkInvariants();
      assert.equal(deadlines.count, waiting.size);
      assert.ok(time.timers.size <= 1, 'one timer');
    }
    time.pass(40_000);
    assert.deepEqual([waiting.size, time.timers.size], [0, 0]);
  });
  fc.assert(check, { seed: SEED, numRuns: 300 });
});
