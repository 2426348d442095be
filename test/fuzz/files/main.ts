/** `npm run fuzz -- files --seed N --from N --cases N`, or `--seed N --case N` for one case. */
import { parseArgs } from 'node:util';
import { drawCase } from './file-case.ts';
import { describeCase, emptyReport, FileFuzzer } from './fuzz-files.ts';

const CASES_DEFAULT = 100_000;
/** Cases between two lines of progress: how far a run came that did not end. */
const PORTION = 1000;

export async function fuzzFiles(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      from: { type: 'string', default: '0' },
      cases: { type: 'string', default: String(CASES_DEFAULT) },
      case: { type: 'string' },
      seconds: { type: 'string', default: 'Infinity' },
    },
  });
  const seed = Number(values.seed ?? Date.now() % 0x1_0000_0000);
  const fuzzer = await FileFuzzer.make();
  if (values.case !== undefined) {
    const drawn = drawCase(seed, Number(values.case), fuzzer.seeds);
    console.log(describeCase(drawn));
    console.log(await fuzzer.runCase(drawn));
    return;
  }
  const from = Number(values.from);
  const end = from + Number(values.cases);
  const startMs = performance.now();
  const report = emptyReport();
  const seconds = (): number => (performance.now() - startMs) / 1000;
  for (let at = from; at < end && seconds() < Number(values.seconds); at += PORTION) {
    await fuzzer.run(seed, at, Math.min(at + PORTION, end), report);
    console.log(`--seed ${seed} --from ${at + PORTION}: ${seconds().toFixed(1)} s`);
  }
  console.log(Object.fromEntries([...report.outcomes].sort(([a], [b]) => (a < b ? -1 : 1))));
  for (const finding of report.findings.values()) console.log(`\n${finding}`);
  console.log(`${report.cases} cases, ${report.findings.size} findings`);
  if (report.findings.size > 0) process.exitCode = 1;
}
