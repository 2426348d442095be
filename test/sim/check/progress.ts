/** Which operations a search has put in order so far, and which may come next. */

/** An operation as far as real time goes. */
export interface Interval {
  readonly called: number;
  /** Infinity: unknown. */
  readonly returned: number;
  /** Unknown operations of one kind do the same to every state; '' for known ones. */
  readonly kind: string;
  /**
   * What to try first: lower ones. Only a hint, by which the search of an honest history goes
   * straight to its end. Infinity: unless all else has failed.
   */
  readonly hint: number;
}

export class Progress<T extends Interval> {
  /** By call; known and unknown ones apart, since only the known ones have to happen. */
  readonly #known: readonly T[];
  readonly #hinted: readonly T[];
  readonly #unhinted: readonly T[];
  readonly #places: ReadonlyMap<T, number>;
  /** For an unknown operation the one of its kind that is called before it. */
  readonly #twins = new Map<T, T>();
  readonly #knownDone: Uint32Array;
  readonly #unknownDone: Uint32Array;
  #left: number;
  /** All known operations below this place are done. */
  #low = 0;
  /** No known operation at this place or above was ever done. */
  #high = 0;

  constructor(operations: readonly T[]) {
    const sorted = [...operations].sort((a, b) => a.called - b.called);
    this.#known = sorted.filter(isKnown);
    const unknown = sorted.filter((operation) => !isKnown(operation));
    this.#hinted = unknown.filter(({ hint }) => hint < Infinity);
    this.#unhinted = unknown.filter(({ hint }) => hint === Infinity);
    this.#places = new Map([...this.#known.entries(), ...unknown.entries()].map(swapped));
    const newest = new Map<string, T>();
    for (const operation of unknown) {
      const twin = newest.get(operation.kind);
      if (twin !== undefined) this.#twins.set(operation, twin);
      newest.set(operation.kind, operation);
    }
    this.#knownDone = new Uint32Array((this.#known.length >>> 5) + 1);
    this.#unknownDone = new Uint32Array((unknown.length >>> 5) + 1);
    this.#left = this.#known.length;
  }

  /** Known operations that are not done. */
  get left(): number {
    return this.#left;
  }

  /** The first operation, by call, that is known and not done. */
  get oldest(): T | undefined {
    return this.#known[this.#low];
  }

  do(operation: T): void {
    this.#flip(operation);
    if (!isKnown(operation)) return;
    this.#left -= 1;
    this.#high = Math.max(this.#high, this.#place(operation) + 1);
    while (this.#low < this.#high && isSet(this.#knownDone, this.#low)) this.#low += 1;
  }

  undo(operation: T): void {
    this.#flip(operation);
    if (!isKnown(operation)) return;
    this.#left += 1;
    this.#low = Math.min(this.#low, this.#place(operation));
  }

  /** What may come next: what is called before the first return of what is not done. */
  next(): T[] {
    const found: T[] = [];
    let firstReturn = Infinity;
    for (let at = this.#low; at < this.#known.length; at++) {
      const operation = this.#known[at];
      if (operation === undefined || operation.called > firstReturn) break;
      if (isSet(this.#knownDone, at)) continue;
      found.push(operation);
      firstReturn = Math.min(firstReturn, operation.returned);
    }
    for (const one of this.#hinted) if (this.#isOpen(one, firstReturn)) found.push(one);
    return found;
  }

  /** What else may come next: what is unknown and without a hint. */
  lastResort(): T[] {
    const firstReturn = Math.min(...this.next().map(({ returned }) => returned));
    return this.#unhinted.filter((one) => this.#isOpen(one, firstReturn));
  }

  /** The same text for the same set of operations done only. */
  text(): string {
    const words = [this.#low];
    for (let word = this.#low >>> 5; word <= this.#high >>> 5; word++) {
      words.push(this.#knownDone[word] ?? 0);
    }
    while (words.length > 1 && words.at(-1) === 0) words.pop();
    return `${words.join()}/${this.#unknownDone.join()}`;
  }

  #isOpen(unknown: T, firstReturn: number): boolean {
    if (unknown.called > firstReturn || this.#isDone(unknown)) return false;
    // Of equals the one that is called first will do.
    const twin = this.#twins.get(unknown);
    return twin === undefined || this.#isDone(twin);
  }

  #isDone(operation: T): boolean {
    const bits = isKnown(operation) ? this.#knownDone : this.#unknownDone;
    return isSet(bits, this.#place(operation));
  }

  #flip(operation: T): void {
    const bits = isKnown(operation) ? this.#knownDone : this.#unknownDone;
    const at = this.#place(operation);
    bits[at >>> 5] = (bits[at >>> 5] ?? 0) ^ (1 << (at & 31));
  }

  #place(operation: T): number {
    return this.#places.get(operation) ?? 0;
  }
}

export function isKnown({ returned }: Interval): boolean {
  return returned < Infinity;
}

function isSet(bits: Uint32Array, at: number): boolean {
  return (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}

function swapped<T>([at, operation]: [number, T]): [T, number] {
  return [operation, at];
}
