import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SearchModel, type SearchOperation, search } from '../../../sim/check/search.ts';

/** A register of one number; a read names what it shows. */
type Step = { readonly write: number } | { readonly read: number };

const REGISTER: SearchModel<number, Step> = {
  initial: 0,
  step: (state, step) => {
    if ('write' in step) return step.write;
    return step.read === state ? state : undefined;
  },
  canChange: (step) => 'write' in step,
  text: String,
};

function at(called: number, returned: number, request: Step): SearchOperation<Step> {
  const kind = returned === Infinity ? JSON.stringify(request) : '';
  return { called, returned, request, kind, hint: called };
}

function verdict(...operations: SearchOperation<Step>[]): string {
  return search(REGISTER, operations, 10_000).verdict;
}

describe('search', () => {
  it('a write seen after its return -> linearizable', () => {
    assert.equal(verdict(at(1, 2, { write: 1 }), at(3, 4, { read: 1 })), 'linearizable');
  });

  it('a stale read -> violated', () => {
    assert.equal(verdict(at(1, 2, { write: 1 }), at(3, 4, { read: 0 })), 'violated');
  });

  it('reads during a write: old then new -> linearizable, new then old -> violated', () => {
    const write = at(1, 10, { write: 1 });
    assert.equal(verdict(write, at(2, 3, { read: 0 }), at(4, 5, { read: 1 })), 'linearizable');
    assert.equal(verdict(write, at(2, 3, { read: 1 }), at(4, 5, { read: 0 })), 'violated');
  });

  it('an unknown write -> seen late, or never, or gone again only by another write', () => {
    const unknown = at(1, Infinity, { write: 1 });
    const late = [at(2, 3, { read: 0 }), at(4, 5, { read: 1 })] as const;
    assert.equal(verdict(unknown, ...late), 'linearizable');
    assert.equal(verdict(unknown, at(2, 3, { read: 0 })), 'linearizable');
    assert.equal(verdict(unknown, ...late, at(6, 7, { read: 0 })), 'violated');
  });

  it('two unknown writes alike -> each happens once', () => {
    const unknown = [at(1, Infinity, { write: 1 }), at(2, Infinity, { write: 1 })] as const;
    const reset = (from: number): SearchOperation<Step>[] => [
      at(from, from + 1, { read: 1 }),
      at(from + 2, from + 3, { write: 0 }),
    ];
    assert.equal(verdict(...unknown, ...reset(10), ...reset(20)), 'linearizable');
    assert.equal(verdict(...unknown, ...reset(10), ...reset(20), ...reset(30)), 'violated');
  });

  it('an unknown write before its call -> violated', () => {
    assert.equal(verdict(at(1, 2, { read: 1 }), at(3, Infinity, { write: 1 })), 'violated');
  });

  it('hints that mislead -> the same verdicts', () => {
    const operations = [
      { ...at(1, 9, { write: 1 }), hint: 9 },
      { ...at(2, 9, { write: 2 }), hint: 1 },
      { ...at(3, 9, { write: 3 }), hint: 5 },
    ];
    for (const read of [1, 2, 3]) {
      assert.equal(verdict(...operations, at(10, 11, { read })), 'linearizable');
    }
    assert.equal(verdict(...operations, at(10, 11, { read: 0 })), 'violated');
  });

  it('too few steps -> undecided, never linearizable', () => {
    const operations = Array.from({ length: 12 }, (_, i) => at(i, 100, { write: i }));
    const stale = [...operations, at(200, 201, { read: 77 })];
    assert.equal(search(REGISTER, stale, 500).verdict, 'undecided');
    assert.equal(search(REGISTER, stale, 500_000).verdict, 'violated');
  });

  it('what is stuck is named', () => {
    const stale = at(3, 4, { read: 0 });
    assert.equal(search(REGISTER, [at(1, 2, { write: 1 }), stale], 100).stuck, stale);
  });
});
