/**
 * Linearizability of the whole store, cheaply: every answer names the revision it belongs to, so
 * the order is known and only has to be held against the model, and against real time.
 */
import { agrees, areSameChanges } from './agreement.ts';
import { type Attribution, attribute, claimedRevision } from './attribution.ts';
import type { Operation, Outcome, Sighting, Violation } from './history.ts';
import { json, operationText } from './operation-text.ts';
import { isSerializable } from './request-effect.ts';
import { RevisionFloor } from './revision-floor.ts';
import { applied } from './store-model.ts';
import type { Timeline } from './timeline.ts';
import { checkTimeline } from './timeline-check.ts';

type Answered = Extract<Outcome, { kind: 'answered' }>;

/**
 * Checks all operations, in the order of their calls, against what really happened. `sightings`
 * are what clients have seen by other means, as by watches. Returns the causes of all revisions.
 */
export function checkByRevision(
  operations: readonly Operation[],
  timeline: Timeline,
  sightings: readonly Sighting[] = [],
): Attribution {
  const floor = new RevisionFloor(operations, sightings);
  const violations = checkTimeline(timeline);
  for (const operation of operations) {
    const { outcome } = operation;
    if (outcome.kind !== 'answered') continue;
    const revision = claimedRevision(operation);
    if (revision === undefined) violations.push(...checkRead(operation, outcome, timeline));
    else violations.push(...checkWrite(operation, outcome, timeline));
    violations.push(...checkOrder(operation, outcome, revision !== undefined, floor));
  }
  const { causes, violations: unexplained } = attribute(operations, timeline, floor);
  return { causes, violations: [...violations, ...unexplained] };
}

/** The changes of an answered write are those of its revision, and it shows what they do. */
function checkWrite(operation: Operation, outcome: Answered, timeline: Timeline): Violation[] {
  const { revision, result } = outcome;
  const before = timeline.viewAt(revision - 1);
  const effect = applied(before, operation.request, revision);
  const violations: Violation[] = [];
  if (!areSameChanges(effect.changes, timeline.changesAt(revision))) {
    const text = `${operationText(operation)}, which is not what happened at ${revision}`;
    violations.push({ rule: 'durable', text: `${text}: ${json(timeline.changesAt(revision))}` });
  }
  if (!agrees(result, effect.result)) violations.push(wrongResult(operation, effect.result));
  return violations;
}

/** What changes nothing shows the state at its header's revision, or at the one it asks for. */
function checkRead(operation: Operation, outcome: Answered, timeline: Timeline): Violation[] {
  const { request } = operation;
  const { revision, result } = outcome;
  if (revision > timeline.last) {
    return [{ rule: 'result', text: `${operationText(operation)}: there is no such revision` }];
  }
  const asked = request.kind === 'range' && request.revision > 0 ? request.revision : revision;
  if (asked > revision) {
    return [{ rule: 'result', text: `${operationText(operation)}: answered from the future` }];
  }
  const effect = applied(timeline.viewAt(asked), request, revision + 1);
  // Of a revocation the keys are gone by then; whether it was it that deleted them is not said.
  const isQuiet = effect.changes.length === 0;
  return isQuiet && agrees(result, effect.result) ? [] : [wrongResult(operation, effect.result)];
}

function wrongResult(operation: Operation, expected: unknown): Violation {
  return { rule: 'result', text: `${operationText(operation)}, expected ${json(expected)}` };
}

/** Real time: nothing shows less than was seen before its call, and writes come behind that. */
function checkOrder(
  operation: Operation,
  { revision }: Answered,
  isWrite: boolean,
  floor: RevisionFloor,
): Violation[] {
  const { request, called } = operation;
  if (isSerializable(request)) return [];
  const seen = floor.before(called);
  if (isWrite ? revision > seen : revision >= seen) return [];
  return [{ rule: 'real-time', text: `${operationText(operation)}, but ${seen} was seen before` }];
}
