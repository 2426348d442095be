/** Compares what real etcd and we answered to one script, but for the known differences. */
import { isDeepStrictEqual } from 'node:util';
import { realTool, run } from '../support/processes.ts';
import { KNOWN_GRPC, type KnownGrpcDifference } from './known-differences.ts';
import type { Result, StepResult } from './run-grpc-script.ts';

export type OracleLine = '3.5' | '3.6';

/** The line of the real etcd at hand. */
export async function oracleLine(): Promise<OracleLine> {
  const { stdout } = await run(realTool('etcd') ?? 'etcd', ['--version']);
  const line = /etcd Version: (3\.[56])\./.exec(stdout)?.[1];
  if (line !== '3.5' && line !== '3.6') throw new TypeError(`no oracle of a known line: ${stdout}`);
  return line;
}

/** A value that differs between two results. */
interface Difference {
  readonly step: string;
  readonly at: string;
  readonly etcd: unknown;
  readonly ours: unknown;
}

/** What differs between both runs of one script and is not in the table. */
export function unknownDifferences(
  line: OracleLine,
  etcd: readonly StepResult[],
  ours: readonly StepResult[],
): Difference[] {
  return differencesOf(etcd, ours).filter((found) => !KNOWN_GRPC.some(isCase(line, found)));
}

/** The entries of the table that none of the scripts has shown: to be taken out. */
export function unseenDifferences(
  line: OracleLine,
  runs: readonly { etcd: readonly StepResult[]; ours: readonly StepResult[] }[],
): KnownGrpcDifference[] {
  const found = runs.flatMap((both) => differencesOf(both.etcd, both.ours));
  return KNOWN_GRPC.filter((known) => (known.line ?? line) === line).filter(
    (known) => !found.some((difference) => isCase(line, difference)(known)),
  );
}

function isCase(line: OracleLine, found: Difference): (known: KnownGrpcDifference) => boolean {
  return (known) =>
    (known.line ?? line) === line &&
    known.step.test(found.step) &&
    known.at === found.at &&
    isValue(known.etcd, found.etcd) &&
    isValue(known.ours, found.ours);
}

function isValue(known: unknown, found: unknown): boolean {
  return known instanceof RegExp ? known.test(String(found)) : isDeepStrictEqual(known, found);
}

function differencesOf(etcd: readonly StepResult[], ours: readonly StepResult[]): Difference[] {
  return etcd.flatMap((step, at) => {
    const mine = ours[at];
    if (mine === undefined || mine.step !== step.step) {
      return [{ step: step.step, at: 'step', etcd: step.step, ours: mine?.step }];
    }
    return [...pairs(step.results, mine.results), ...pairs(step.responses, mine.responses)].flatMap(
      ([theirs, own]) =>
        valuesThatDiffer(theirs, own).map((value) => ({ step: step.step, ...value })),
    );
  });
}

function pairs(etcd: readonly Result[], ours: readonly Result[]): [unknown, unknown][] {
  const length = Math.max(etcd.length, ours.length);
  return Array.from({ length }, (_, at) => [etcd[at], ours[at]]);
}

/** The top-level fields that differ; the bytes only when nothing else does. */
function valuesThatDiffer(etcd: unknown, ours: unknown): Omit<Difference, 'step'>[] {
  if (isDeepStrictEqual(etcd, ours)) return [];
  const [theirs, own] = [topLevel(etcd), topLevel(ours)];
  if (theirs === undefined || own === undefined) return [{ at: 'all', etcd, ours }];
  if ('code' in theirs !== 'code' in own)
    return [{ at: 'code', etcd: theirs['code'], ours: own['code'] }];
  const names = new Set([...Object.keys(theirs), ...Object.keys(own)]);
  const differing = [...names]
    .filter((name) => !isDeepStrictEqual(theirs[name], own[name]))
    .map((name) => ({ at: name, etcd: theirs[name], ours: own[name] }));
  return differing.length > 0 ? differing : [{ at: 'bytes', etcd, ours }];
}

function topLevel(result: unknown): Record<string, unknown> | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  return ('fields' in result ? result.fields : result) as Record<string, unknown>;
}
