import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defined } from '../../../../src/base/assert.ts';
import {
  RANGES_MAX,
  RangeBudget,
  type RangeTicket,
} from '../../../../src/mvcc/range/range-budget.ts';
import { turn } from '../../../support/mvcc/store-harness.ts';

function enter(budget: RangeBudget): RangeTicket {
  return defined(budget.enter(), 'there is a place');
}

/** Reserves, and notes in `done` when it came to it. */
function reserve(budget: RangeBudget, ticket: RangeTicket, done: RangeTicket[]): void {
  void budget.reserve(ticket, 10).then(() => done.push(ticket));
}

describe('range budget', () => {
  it('room is given to one after the other, not to all who wait (MVCC-I6)', async () => {
    const budget = new RangeBudget(10);
    const [old, a, b, c] = [enter(budget), enter(budget), enter(budget), enter(budget)];
    budget.hold(a, 10);
    const done: RangeTicket[] = [];
    reserve(budget, b, done);
    reserve(budget, c, done);
    await turn();
    assert.deepEqual(done, []);
    budget.hold(a, 9);
    await turn();
    assert.deepEqual(done, [b]);
    budget.checkInvariants();
    budget.leave(a);
    budget.leave(b);
    await turn();
    assert.deepEqual(done, [b, c]);
    budget.leave(c);
    budget.leave(old);
    assert.ok(budget.hasRoom);
    budget.checkInvariants();
  });

  it('the oldest never waits; when it leaves, the next one is it', async () => {
    const budget = new RangeBudget(10);
    const [a, b, c] = [enter(budget), enter(budget), enter(budget)];
    for (const ticket of [a, b, c]) budget.hold(ticket, 20);
    const done: RangeTicket[] = [];
    for (const ticket of [c, b, a]) reserve(budget, ticket, done);
    await turn();
    assert.deepEqual(done, [a]);
    budget.leave(a);
    await turn();
    assert.deepEqual(done, [a, b]);
    budget.leave(b);
    await turn();
    assert.deepEqual(done, [a, b, c]);
  });

  it('more than RANGES_MAX -> no place, until one leaves', () => {
    const budget = new RangeBudget(10);
    const tickets = Array.from({ length: RANGES_MAX }, () => enter(budget));
    assert.equal(budget.enter(), undefined);
    budget.leave(defined(tickets[0], 'the first'));
    assert.notEqual(budget.enter(), undefined);
  });
});
