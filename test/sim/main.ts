/** `npm run sim`: runs simulations of whole clusters by seed, and prints what they came to. */
import { parseArgs } from 'node:util';
import { Figures } from './cluster/figures.ts';
import { simulate } from './cluster/simulation.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    members: { type: 'string' },
    compare: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
});

const first = Number(values.seed ?? values.from);
const count = Number(values.seeds);
const members = values.members === undefined ? undefined : Number(values.members);
const print = values.trace ? (line: string): void => console.log(line) : undefined;

/** Of the seed that runs now: what nobody catches must name it. */
let current = first;
process.on('unhandledRejection', (error) => {
  console.error(`seed ${current}: unhandled rejection`, error);
  process.exit(1);
});

const figures = new Figures();
const failures: number[] = [];
const startMs = performance.now();
for (let seed = first; seed < first + count; seed++) {
  current = seed;
  try {
    const report = await simulate({ seed, members, print, comparesStates: values.compare });
    figures.addAll(report.figures);
    if (count === 1) console.log(`seed ${seed}: trace ${report.digest}`);
  } catch (error) {
    failures.push(seed);
    const compare = values.compare ? ' --compare' : '';
    console.error(`seed ${seed} failed; rerun: npm run sim -- --seed ${seed}${compare} --trace`);
    console.error(error);
    process.exitCode = 1;
    if (!values['keep-going']) break;
  }
}
for (const line of figures.lines()) console.log(line);
console.log(`seconds: ${((performance.now() - startMs) / 1000).toFixed(1)}`);
if (failures.length > 0) console.log(`failed: ${failures.join(' ')}`);
