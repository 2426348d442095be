/** What a check has found, in the order in which it came to it. */
import { CodedError } from '../../../base/coded-error.ts';

/** Findings that are kept; those beyond are counted. */
export const FINDINGS_MAX = 100;

export interface Finding {
  /** A file, with the place in it where that is known, or a row: `key/5_0`. */
  readonly where: string;
  readonly what: string;
}

export class Findings {
  /** What is wrong. */
  readonly wrong: Finding[] = [];
  /** What a start deals with, and so is not wrong. */
  readonly notes: Finding[] = [];
  #leftOut = 0;

  /** How many more there are than `wrong` holds. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** How much is wrong. */
  get count(): number {
    return this.wrong.length + this.#leftOut;
  }

  add(where: string, what: string): void {
    if (this.wrong.length < FINDINGS_MAX) this.wrong.push({ where, what });
    else this.#leftOut++;
  }

  note(where: string, what: string): void {
    if (this.notes.length < FINDINGS_MAX) this.notes.push({ where, what });
  }

  /** Runs a step; an operating error of it is a finding. Returns undefined then. */
  async of<T>(where: string, step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.add(where, error.message);
      return undefined;
    }
  }
}
