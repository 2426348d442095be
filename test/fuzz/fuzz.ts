/** Draws scripts and runs them, until enough frames were sent. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SeededRandom } from '../sim/seeded-random.ts';
import { type Capture, readCaptures } from './captures.ts';
import { Coverage } from './coverage.ts';
import { FuzzHandlers } from './fuzz-handlers.ts';
import { minimized } from './minimize.ts';
import { addProbe, disturb, mutate } from './mutators.ts';
import { runScript } from './run-script.ts';
import { describeScript, type Pieces, type Script, type Step } from './script.ts';
import { Traffic, UPLOAD_BYTES_MAX } from './traffic.ts';

const MUTATIONS_MAX = 8;
/** So many scripts go for one that has a certain frame meet a certain state. */
const PROBE_EVERY = 2;
/** The heap is measured so often, in scripts. */
const HEAP_EVERY = 2000;

export interface FuzzReport {
  readonly coverage: Coverage;
  scripts: number;
  frames: number;
  streams: number;
  answered: number;
  /** Used bytes after a collection, at every measurement. */
  readonly heapBytes: number[];
}

/** Thrown by {@link fuzz}: what failed, and how to see it again. */
export class FuzzFinding extends Error {
  override readonly name = 'FuzzFinding';
}

/** Throws FuzzFinding with the smallest script that still fails. */
export function fuzz(seed: number, framesMin: number): FuzzReport {
  const captures = readCaptures();
  const handlers = new FuzzHandlers();
  const report: FuzzReport = {
    coverage: new Coverage(),
    scripts: 0,
    frames: 0,
    streams: 0,
    answered: 0,
    heapBytes: [],
  };
  while (report.frames < framesMin) {
    if (report.scripts % HEAP_EVERY === 0) report.heapBytes.push(heapBytes());
    const script = drawScript(seed, report.scripts, captures);
    try {
      const { frames, outcome } = runScript(script, handlers, report.coverage);
      report.frames += frames;
      report.streams += outcome.streams;
      report.answered += outcome.answered;
    } catch (error) {
      throw findingOf(script, error, `--seed ${seed} --script ${report.scripts}`);
    }
    report.scripts++;
  }
  report.heapBytes.push(heapBytes());
  return report;
}

/** The script with this number; the same for the same seed, whatever was run before. */
export function drawScript(seed: number, number: number, captures: readonly Capture[]): Script {
  const random = new SeededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const isValid = random.below(8) === 0;
  const steps = drawSteps(random, captures, isValid);
  const isProbe = !isValid && number % PROBE_EVERY === 0;
  if (isProbe) addProbe(steps, random, number / PROBE_EVERY);
  for (let left = 1 + random.below(MUTATIONS_MAX); left > 0; left--) {
    if (isValid || isProbe) disturb(steps, random);
    else mutate(steps, random, () => drawSteps(random, captures));
  }
  return {
    handlerSeed: random.below(0x1_0000_0000),
    steps,
    pieces: drawPieces(random),
    answers: isValid || random.below(8) !== 0,
    isValid,
  };
}

function drawSteps(random: SeededRandom, captures: readonly Capture[], isValid = false): Step[] {
  const capture = captures[random.below(4 * captures.length)];
  if (capture !== undefined) return [...capture.steps];
  // Only a client that keeps to the windows gets far with an upload.
  const isUpload = random.below(isValid ? 3 : 20) === 0;
  return new Traffic(random, isUpload ? UPLOAD_BYTES_MAX : undefined).connection();
}

function drawPieces(random: SeededRandom): Pieces {
  switch (random.below(4)) {
    case 0:
      return { kind: 'frames' };
    case 1:
      return { kind: 'bytes', size: 1 + random.below(30) };
    default:
      return { kind: 'whole' };
  }
}

function findingOf(script: Script, error: unknown, flags: string): FuzzFinding {
  const small = minimized(script, error);
  const text = `fuzz ${flags}: ${String(error)}\n${describeScript(small)}`;
  return new FuzzFinding(text, { cause: error });
}

/** What is reachable; the collector must be run for that, which takes a flag of V8. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a buffer holds outside the heap is let go of after the collection that found it dead.
  for (let times = 0; times < 3; times++) collect();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}
