/**
 * Where the 3.6 line, which we build, answers otherwise than the 3.5 oracle, and everything a
 * comparison rewrites before it compares. Any other difference fails.
 *
 * Rewritten: lease ids (`run-script.ts`, withoutIds), remaining seconds and order of the keys of
 * a lease, and the duration that `endpoint health` prints (`etcdctl-script.ts`); in etcdctl's own log lines the
 * time, its own address and a pointer (`run-script.ts`, withoutClientNoise).
 */
import type { StepOutput } from './run-script.ts';

interface KnownDifference {
  readonly why: string;
  readonly command: RegExp;
  readonly etcd: RegExp;
  readonly ours: RegExp;
}

const KNOWN: readonly KnownDifference[] = [];

/** Whether `mine` differs from real 3.5's output just as this table says it must. */
export function expectedDifference(step: StepOutput, mine: string): boolean {
  return KNOWN.some(
    (known) =>
      known.command.test(step.command) && known.etcd.test(step.output) && known.ours.test(mine),
  );
}
