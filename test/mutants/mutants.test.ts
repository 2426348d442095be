import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Mutant, MutantError, mutated } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { PROJECT_FOLDER } from './project.ts';

function sourceOf({ file }: Mutant): string {
  return readFileSync(join(PROJECT_FOLDER, file), 'utf8');
}

describe('mutants: the table', () => {
  it('each names source text that is there exactly once -> the source changes', () => {
    for (const mutant of MUTANTS) {
      const source = sourceOf(mutant);
      assert.notEqual(mutated(source, mutant), source, mutant.name);
    }
  });

  it('a text that is not there, or twice -> MutantError', () => {
    const mutant = { name: 'x', file: 'x.ts', text: 'vote', replacement: '', breaks: '' };
    assert.throws(() => mutated('', mutant), MutantError);
    assert.throws(() => mutated('vote, vote', mutant), MutantError);
    assert.equal(mutated('a vote', mutant), 'a ');
  });

  it('names are unique', () => {
    const names = MUTANTS.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
  });

  it('at least 15 of them', () => {
    assert.ok(MUTANTS.length >= 15);
  });
});
