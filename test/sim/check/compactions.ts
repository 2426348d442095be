/** What compactions forget stays forgotten, and nothing else is refused as forgotten. */
import type {
  CompactRequest,
  Operation,
  RangeRequest,
  Sequence,
  Sighting,
  Violation,
} from './history.ts';
import { operationText } from './operation-text.ts';
import { COMPACTED, FUTURE_REVISION } from './refusal.ts';
import { RevisionFloor } from './revision-floor.ts';

export class Compactions {
  readonly #asked: { readonly at: Sequence; readonly revision: number }[] = [];
  readonly #answered: { readonly at: Sequence; readonly revision: number }[] = [];

  constructor(operations: readonly Operation[]) {
    for (const { called, request, outcome } of operations) {
      if (request.kind !== 'compact' || outcome.kind === 'refused') continue;
      this.#asked.push({ at: called, revision: request.revision });
      if (outcome.kind === 'answered') {
        this.#answered.push({ at: outcome.returned, revision: request.revision });
      }
    }
  }

  /** The highest revision that may have been compacted before an event; 0 = none. */
  possibleBefore(event: Sequence): number {
    return highestBefore(this.#asked, event);
  }

  /** The highest revision that was surely compacted before an event. */
  certainBefore(event: Sequence): number {
    return highestBefore(this.#answered, event);
  }
}

function highestBefore(
  list: readonly { readonly at: Sequence; readonly revision: number }[],
  event: Sequence,
): number {
  return list.reduce((most, { at, revision }) => (at < event ? Math.max(most, revision) : most), 0);
}

/** Checks the ranges at old revisions, and what was refused as too old or too new. */
export function checkCompactions(
  operations: readonly Operation[],
  sightings: readonly Sighting[] = [],
): Violation[] {
  const compactions = new Compactions(operations);
  const floor = new RevisionFloor(operations, sightings);
  return operations.flatMap((operation) => {
    const problem = problemOf(operation, compactions, floor);
    return problem === undefined
      ? []
      : [{ rule: 'compaction', text: `${operationText(operation)}: ${problem}` }];
  });
}

function problemOf(
  { request, called, outcome }: Operation,
  compactions: Compactions,
  floor: RevisionFloor,
): string | undefined {
  if (request.kind !== 'range' && request.kind !== 'compact') return undefined;
  if (outcome.kind === 'refused') {
    const limits = {
      possible: compactions.possibleBefore(outcome.returned),
      seen: floor.before(called),
    };
    return refusalProblem(request, outcome.error, limits);
  }
  const showsOld = outcome.kind === 'answered' && request.kind === 'range' && request.revision > 0;
  if (!showsOld || request.isSerializable) return undefined;
  return request.revision < compactions.certainBefore(called) ? 'was compacted' : undefined;
}

function refusalProblem(
  request: RangeRequest | CompactRequest,
  error: string,
  { possible, seen }: { readonly possible: number; readonly seen: number },
): string | undefined {
  if (error === COMPACTED) {
    // The compacted revision itself can be read, but not compacted again.
    const isPossible =
      request.kind === 'range' ? request.revision < possible : request.revision <= possible;
    return isPossible ? undefined : 'nobody compacted that';
  }
  // A serializable range knows only what its member has got to.
  const isCurrent = request.kind === 'compact' || !request.isSerializable;
  const isWrong = isCurrent && request.revision <= seen;
  return error === FUTURE_REVISION && isWrong ? 'was seen before' : undefined;
}
