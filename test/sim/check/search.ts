/**
 * The classic search for a linearization (Wing and Gong, with Lowe's memory of configurations, as
 * in Porcupine): it looks for an order of the operations that real time allows and in which each
 * shows what it shows. It knows nothing of revisions, so it holds even if those lie.
 */
import { type Interval, isKnown, Progress } from './progress.ts';

export interface SearchModel<State, Request> {
  readonly initial: State;
  /** The state after `request`, the same object if nothing changes; undefined: impossible. */
  step(state: State, request: Request): State | undefined;
  /** Whether `request`, showing what it shows, changes some state. */
  canChange(request: Request): boolean;
  /** The same text for equal states only. */
  text(state: State): string;
}

export interface SearchOperation<Request> extends Interval {
  readonly request: Request;
}

export interface SearchResult<Request> {
  /** Undecided: all steps were used up. */
  readonly verdict: 'linearizable' | 'violated' | 'undecided';
  readonly steps: number;
  /** Unless linearizable: the operation that the order which came furthest could not place. */
  readonly stuck: SearchOperation<Request> | undefined;
}

/** A state and what may happen next in it. */
interface Choice<State, Request> {
  readonly state: State;
  /** What is left to try, last one first. */
  candidates: SearchOperation<Request>[];
  /** Whether those without a hint were among them. */
  isComplete: boolean;
  /** What brought this state about. */
  readonly by: SearchOperation<Request> | undefined;
  /** That never changes anything, so it may as well come here: what fails now failed before. */
  readonly isForced: boolean;
}

export function search<State, Request>(
  model: SearchModel<State, Request>,
  operations: readonly SearchOperation<Request>[],
  stepsMax: number,
): SearchResult<Request> {
  return new Search(model, operations).run(stepsMax);
}

class Search<State, Request> {
  readonly #model: SearchModel<State, Request>;
  readonly #progress: Progress<SearchOperation<Request>>;
  readonly #visited = new Set<string>();
  readonly #path: Choice<State, Request>[] = [];
  #best = Infinity;
  #stuck: SearchOperation<Request> | undefined;

  constructor(model: SearchModel<State, Request>, operations: readonly SearchOperation<Request>[]) {
    this.#model = model;
    this.#progress = new Progress(operations);
  }

  run(stepsMax: number): SearchResult<Request> {
    this.#enter(this.#model.initial, undefined, false);
    for (let steps = 0; steps <= stepsMax; steps++) {
      if (this.#progress.left === 0) return { verdict: 'linearizable', steps, stuck: undefined };
      const choice = this.#path.at(-1);
      if (choice === undefined) return { verdict: 'violated', steps, stuck: this.#stuck };
      const operation = choice.candidates.pop();
      if (operation !== undefined) this.#try(choice.state, operation);
      else if (choice.isComplete) this.#leave();
      else {
        // All that was tried is undone: this is what could come next all the time.
        choice.candidates = this.#progress.lastResort().reverse();
        choice.isComplete = true;
      }
    }
    return { verdict: 'undecided', steps: stepsMax, stuck: this.#stuck };
  }

  #try(before: State, operation: SearchOperation<Request>): void {
    const state = this.#model.step(before, operation.request);
    if (state === undefined) return;
    // An unknown operation that changes nothing may as well never happen.
    if (state === before && !isKnown(operation)) return;
    this.#progress.do(operation);
    this.#enter(state, operation, !this.#model.canChange(operation.request));
    if (!this.#isNew(state)) this.#leave();
  }

  #isNew(state: State): boolean {
    const text = `${this.#progress.text()}/${this.#model.text(state)}`;
    if (this.#visited.has(text)) return false;
    this.#visited.add(text);
    return true;
  }

  #enter(state: State, by: SearchOperation<Request> | undefined, isForced: boolean): void {
    const candidates = this.#progress.next().sort((a, b) => b.hint - a.hint);
    this.#path.push({ state, candidates, isComplete: false, by, isForced });
    if (this.#progress.left >= this.#best) return;
    this.#best = this.#progress.left;
    this.#stuck = this.#progress.oldest;
  }

  /** Gives up the newest choice, and those before it that had no alternative. */
  #leave(): void {
    for (;;) {
      const choice = this.#path.pop();
      if (choice?.by !== undefined) this.#progress.undo(choice.by);
      if (choice?.isForced !== true) return;
    }
  }
}
