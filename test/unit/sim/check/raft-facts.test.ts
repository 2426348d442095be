import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RaftFacts } from '../../../sim/check/raft-facts.ts';

const entry = (index: number, term: number, hash = index * 100 + term) => ({ index, term, hash });
const EMPTY = { firstIndex: 1, termOf: () => undefined };

function rules(observe: (facts: RaftFacts) => void): string[] {
  const facts = new RaftFacts();
  observe(facts);
  return facts.violations.map(({ rule }) => rule);
}

describe('raft facts', () => {
  it('election safety: two leaders of one term -> violation, one leader twice -> none', () => {
    assert.deepEqual(
      rules((facts) => {
        facts.led('a', 1, EMPTY);
        facts.led('a', 1, EMPTY);
        facts.led('b', 2, EMPTY);
      }),
      [],
    );
    assert.deepEqual(
      rules((facts) => {
        facts.led('a', 1, EMPTY);
        facts.led('b', 1, EMPTY);
      }),
      ['election-safety'],
    );
  });

  it('log matching: one index and term with two contents, or two pasts -> violation', () => {
    assert.deepEqual(
      rules((facts) => {
        facts.logged('a', entry(2, 1), 1);
        facts.logged('b', entry(2, 1), 1);
        facts.logged('b', entry(2, 3), 1);
      }),
      [],
    );
    for (const [other, previousTerm] of [
      [entry(2, 1, 7), 1],
      [entry(2, 1), 0],
    ] as const) {
      assert.deepEqual(
        rules((facts) => {
          facts.logged('a', entry(2, 1), 1);
          facts.logged('b', other, previousTerm);
        }),
        ['log-matching'],
      );
    }
  });

  it('commits own term: a leader raises its commit index to an older entry -> violation', () => {
    assert.deepEqual(
      rules((facts) => facts.committed('a', 2, 7, 2)),
      [],
    );
    assert.deepEqual(
      rules((facts) => facts.committed('a', 2, 7, 1)),
      ['commits-own-term'],
    );
  });

  it('state machine safety: different entries applied at one index -> violation', () => {
    const apply = (...others: ReturnType<typeof entry>[]): string[] =>
      rules((facts) => {
        facts.applied('a', entry(1, 1), 1);
        for (const [i, other] of others.entries()) facts.applied(`b${i}`, other, 1);
      });
    assert.deepEqual(apply(entry(1, 1)), []);
    assert.deepEqual(apply(entry(1, 2, 101)), ['state-machine-safety']);
    assert.deepEqual(apply(entry(1, 1, 7)), ['state-machine-safety']);
  });

  it('order: an index left out or applied again -> violation, unless it started anew', () => {
    const twice = (restart: boolean, index: number): string[] =>
      rules((facts) => {
        facts.applied('a', entry(1, 1), 1);
        if (restart) facts.restored('a', index - 1);
        facts.applied('a', entry(index, 1), 1);
      });
    assert.deepEqual(twice(false, 2), []);
    assert.deepEqual(twice(false, 1), ['applied-in-order']);
    assert.deepEqual(twice(false, 3), ['applied-in-order']);
    assert.deepEqual(twice(true, 1), []);
    assert.deepEqual(twice(true, 3), []);
  });

  it('leader completeness: a leader without what earlier terms applied -> violation', () => {
    const lead = (term: number, log: { firstIndex: number; has?: number }): string[] =>
      rules((facts) => {
        facts.applied('a', entry(1, 1), 2);
        facts.led('b', term, { firstIndex: log.firstIndex, termOf: () => log.has });
      });
    assert.deepEqual(lead(3, { firstIndex: 1, has: 1 }), []);
    assert.deepEqual(lead(3, { firstIndex: 1 }), ['leader-completeness']);
    assert.deepEqual(lead(3, { firstIndex: 1, has: 2 }), ['leader-completeness']);
    assert.deepEqual(lead(3, { firstIndex: 2 }), []);
    // Applied in term 2 at the earliest known: a leader of term 2 need not have it.
    assert.deepEqual(lead(2, { firstIndex: 1 }), []);
  });
});
