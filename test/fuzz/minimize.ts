/** Makes a script that fails smaller, as long as it fails in the same way. */
import { FuzzFailure } from './fuzz-failure.ts';
import { runScript } from './run-script.ts';
import type { Script, Step } from './script.ts';

const RUNS_MAX = 2000;

export function minimized(script: Script, error: unknown): Script {
  const wanted = signatureOf(error);
  let runs = 0;
  const fails = (candidate: Script): boolean => {
    if (runs++ >= RUNS_MAX) return false;
    try {
      runScript(candidate);
      return false;
    } catch (other) {
      return signatureOf(other) === wanted;
    }
  };
  let small = script;
  for (const simpler of [
    { ...small, pieces: { kind: 'whole' as const } },
    { ...small, pieces: { kind: 'frames' as const } },
  ]) {
    if (fails(simpler)) {
      small = simpler;
      break;
    }
  }
  for (let size = Math.ceil(small.steps.length / 2); size >= 1; size = size >> 1) {
    for (let at = 0; at < small.steps.length; ) {
      const steps = without(small, at, at + size);
      if (steps.length < small.steps.length && fails({ ...small, steps })) {
        small = { ...small, steps };
      } else {
        at += size;
      }
    }
  }
  return small;
}

/** The steps without those in `[from, to)`; what a valid script sends must stay whole. */
function without({ steps, isValid }: Script, from: number, to: number): Step[] {
  const isSent = ({ kind }: Step): boolean => kind === 'frame' || kind === 'raw';
  return steps.filter((step, at) => at < from || at >= to || (isValid && isSent(step)));
}

function signatureOf(error: unknown): string {
  if (error instanceof FuzzFailure) return error.rule;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
