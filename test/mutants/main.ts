/**
 * `npm run mutants`: switches off one safety line after the other, and has the simulator find out.
 * Names pick some of them. Exits with 1 when a mutant survives, or when it is found by a seed that
 * fails without it, too.
 */
import { parseArgs } from 'node:util';
import type { Mutant } from './mutant.ts';
import { MutantBuild } from './mutant-build.ts';
import { MUTANTS } from './mutants.ts';
import { PROJECT_FOLDER } from './project.ts';
import { type Failure, firstFailure, type Seeds } from './search.ts';

/** Enough to tell what failed; `npm run sim` tells all. */
const WHY_CHARACTERS_MAX = 160;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
  },
});

const from = Number(values.from);
const seeds: Seeds = { from, to: from + Number(values.seeds) };
const unknown = positionals.filter((name) => MUTANTS.every((mutant) => mutant.name !== name));
if (unknown.length > 0) {
  console.error(`no such mutant: ${unknown.join(', ')}`);
  process.exit(1);
}

console.log('mutant | first failing seed | seeds run | what failed');
console.log('--- | --- | --- | ---');
for (const mutant of MUTANTS) {
  if (positionals.length > 0 && !positionals.includes(mutant.name)) continue;
  const failure = await search(mutant);
  const isFound = failure !== undefined && (await passesWithoutMutant(failure));
  if (!isFound) process.exitCode = 1;
  console.log(row(mutant, failure, isFound));
}

async function search(mutant: Mutant): Promise<Failure | undefined> {
  const build = new MutantBuild(mutant);
  try {
    return await firstFailure(build.folder, seeds);
  } finally {
    build.remove();
  }
}

async function passesWithoutMutant({ seed }: Failure): Promise<boolean> {
  return (await firstFailure(PROJECT_FOLDER, { from: seed, to: seed + 1 })) === undefined;
}

function row({ name }: Mutant, failure: Failure | undefined, isFound: boolean): string {
  if (failure === undefined) return `${name} | SURVIVES | ${seeds.to - seeds.from} |`;
  const { seed } = failure;
  const why = failure.why.slice(0, WHY_CHARACTERS_MAX);
  const what = isFound ? why : `FAILS WITHOUT IT, TOO: ${why}`;
  return `${name} | ${seed} | ${seed - seeds.from + 1} | ${what}`;
}
