/**
 * What happened in a run, as a running hash and, when somebody wants to read it, as lines: two
 * runs of one seed must have the same hash.
 */
import type { SimTime } from './sim-time.ts';

export type PrintLine = (line: string) => void;

const HASH_PRIME = 0x01000193;

export class SimTrace {
  #hash = 0x811c9dc5;
  #events = 0;
  readonly #time: SimTime;
  readonly #print: PrintLine | undefined;

  constructor(time: SimTime, print?: PrintLine) {
    this.#time = time;
    this.#print = print;
  }

  /** All that has happened so far, in 32 bits, and how much it was. */
  get digest(): string {
    return `${(this.#hash >>> 0).toString(16).padStart(8, '0')}-${this.#events}`;
  }

  /** Takes an event in, and the moment at which it happens. */
  note(text: string): void {
    const { nowMs } = this.#time;
    // FNV-1a, over the characters and the microsecond.
    let hash = Math.imul(this.#hash ^ Math.floor(nowMs * 1000), HASH_PRIME);
    for (let at = 0; at < text.length; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), HASH_PRIME);
    }
    this.#hash = hash;
    this.#events++;
    this.#print?.(`${nowMs.toFixed(3)} ${text}`);
  }
}
