import { assert } from '../../../src/base/assert.ts';
import type { Operation, Outcome, Request, Result, Sequence } from './history.ts';

/** An operation under way. */
export interface OpenOperation {
  readonly client: number;
  readonly called: Sequence;
  readonly request: Request;
}

/** Takes down what clients do, in the one order of events; what is never ended is unknown. */
export class HistoryRecorder {
  readonly #ended: Operation[] = [];
  readonly #open = new Set<OpenOperation>();
  #sequence: Sequence = 0;

  /** The place of an event that is taken down elsewhere, a watch response say. */
  next(): Sequence {
    return ++this.#sequence;
  }

  call(client: number, request: Request): OpenOperation {
    const operation = { client, called: this.next(), request };
    this.#open.add(operation);
    return operation;
  }

  answered(operation: OpenOperation, revision: number, result: Result): void {
    this.#end(operation, { kind: 'answered', returned: this.next(), revision, result });
  }

  refused(operation: OpenOperation, error: string): void {
    this.#end(operation, { kind: 'refused', returned: this.next(), error });
  }

  unknown(operation: OpenOperation, error: string): void {
    this.#end(operation, { kind: 'unknown', error });
  }

  /** All operations by their call; those still under way are unknown. */
  history(): Operation[] {
    const open = [...this.#open].map(
      (operation): Operation => ({ ...operation, outcome: { kind: 'unknown', error: 'open' } }),
    );
    return [...this.#ended, ...open].sort((a, b) => a.called - b.called);
  }

  #end(operation: OpenOperation, outcome: Outcome): void {
    assert(this.#open.delete(operation), 'an operation ends once');
    this.#ended.push({ ...operation, outcome });
  }
}
