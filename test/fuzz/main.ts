/**
 * `npm run fuzz -- --seed N --frames N`, or `--seed N --script N` for one script;
 * `npm run fuzz -- files …` for files instead of the transport.
 */
import { parseArgs } from 'node:util';
import { readCaptures } from './captures.ts';
import { fuzzFiles } from './files/main.ts';
import { drawScript, type FuzzReport, fuzz } from './fuzz.ts';
import { runScript } from './run-script.ts';
import { describeScript } from './script.ts';

const FRAMES_DEFAULT = 1_000_000;

function main(): void {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, frames: { type: 'string' }, script: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Date.now() % 0x1_0000_0000);
  if (values.script === undefined) {
    console.log(`fuzz --seed ${seed}`);
    const startMs = performance.now();
    const report = fuzz(seed, Number(values.frames ?? FRAMES_DEFAULT));
    print(report, (performance.now() - startMs) / 1000);
    return;
  }
  const script = drawScript(seed, Number(values.script), readCaptures());
  console.log(describeScript(script));
  console.log(runScript(script));
}

function print({ coverage, heapBytes, ...counts }: FuzzReport, seconds: number): void {
  const mib = (bytes: number | undefined): string => `${((bytes ?? 0) / 2 ** 20).toFixed(1)} MiB`;
  console.log({ seconds: seconds.toFixed(1), ...counts });
  console.log(`heap: first ${mib(heapBytes[1])}, worst ${mib(Math.max(...heapBytes))}`);
  console.log(`pairs of state and frame visited: ${coverage.visits.size}`);
  const missed = coverage.missed();
  console.log('missed:', missed);
  // A run as long as that meets every pair.
  if (missed.length > 0 && counts.frames >= FRAMES_DEFAULT) process.exitCode = 1;
}

const [what, ...args] = process.argv.slice(2);
if (what === 'files') await fuzzFiles(args);
else main();
