/**
 * Makes histories: clients of a store that does one thing at a time, with random delays before
 * and after, answers that get lost, requests that never arrive or arrive late, and leases that
 * end by themselves.
 */
import type { Random } from '../../../src/base/ports/random.ts';
import type { Operation, Result, Revision } from '../../sim/check/history.ts';
import { HistoryRecorder, type OpenOperation } from '../../sim/check/history-recorder.ts';
import { type Answer, type Fault, FaultyStore } from './faulty-store.ts';
import { RandomRequests } from './random-requests.ts';

export interface GeneratorOptions {
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  /** About one operation in so many is left unknown; 0 = none. */
  readonly unknownOneIn: number;
  /** What the store may do wrong. */
  readonly fault?: Fault;
}

export interface GeneratedHistory {
  readonly operations: readonly Operation[];
  readonly revisions: readonly Revision[];
  /** How often the fault happened. */
  readonly faults: number;
}

/** A request on its way, and its answer on the way back. */
interface Flight {
  readonly open: OpenOperation;
  answer: Answer | undefined;
}

export function generateHistory(random: Random, options: GeneratorOptions): GeneratedHistory {
  const recorder = new HistoryRecorder();
  const store = new FaultyStore(random, options.fault);
  const requests = new RandomRequests(random, store, options.keys);
  const flights = new Map<number, Flight>();
  /** Given up by their clients, and perhaps still on their way. */
  const lost: Flight[] = [];
  const lossOneIn = 2 * options.unknownOneIn;
  for (let calls = 0; calls < options.operations; ) {
    if (random.below(60) === 0) store.expire();
    const late = lost[random.below(20)];
    if (late !== undefined) arrive(late, store);
    const client = random.below(options.clients);
    const flight = flights.get(client);
    if (flight === undefined) {
      calls += 1;
      const open = recorder.call(client, requests.next());
      flights.set(client, { open, answer: undefined });
    } else if (lossOneIn > 0 && random.below(lossOneIn) === 0) {
      recorder.unknown(flight.open, 'etcdserver: request timed out');
      lost.push(flight);
      flights.delete(client);
    } else if (flight.answer === undefined) arrive(flight, store);
    else {
      end(flight.open, flight.answer, { recorder, isBrief: random.below(2) === 0 });
      flights.delete(client);
    }
  }
  return { operations: recorder.history(), revisions: store.revisions, faults: store.faults };
}

function arrive(flight: Flight, store: FaultyStore): void {
  flight.answer ??= store.answer(flight.open.request);
}

function end(
  open: OpenOperation,
  answer: Answer,
  { recorder, isBrief }: { readonly recorder: HistoryRecorder; readonly isBrief: boolean },
): void {
  if ('error' in answer) recorder.refused(open, answer.error);
  else recorder.answered(open, answer.revision, isBrief ? brief(answer.result) : answer.result);
}

/** What is shown to a client that does not ask for previous keys. */
function brief(result: Result): Result {
  const hasPrevious = result.kind === 'put' || result.kind === 'delete';
  return hasPrevious ? { ...result, previous: undefined } : result;
}
