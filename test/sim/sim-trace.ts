/**
 * What happened in a run, as a running hash and, when somebody wants to read it, as lines: two
 * runs of one seed must have the same hash.
 */
import { crc32c } from '../../src/base/crc32c.ts';
import { utf8Bytes } from '../../src/base/utf8.ts';
import type { SimTime } from './sim-time.ts';

export type PrintLine = (line: string) => void;

export class SimTrace {
  #hash = 0;
  #events = 0;
  readonly #time: SimTime;
  readonly #print: PrintLine | undefined;

  constructor(time: SimTime, print?: PrintLine) {
    this.#time = time;
    this.#print = print;
  }

  /** All that has happened so far, in 32 bits, and how much it was. */
  get digest(): string {
    return `${this.#hash.toString(16).padStart(8, '0')}-${this.#events}`;
  }

  /** Takes an event in, and the moment at which it happens. */
  note(text: string): void {
    const line = `${this.#time.nowMs.toFixed(3)} ${text}`;
    this.#hash = crc32c(utf8Bytes(line), this.#hash);
    this.#events++;
    this.#print?.(line);
  }
}
