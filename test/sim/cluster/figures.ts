/** Sums by name, of one run or of many. */
export class Figures {
  readonly #sums = new Map<string, number>();

  add(name: string, count: number): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + count);
  }

  addAll(other: Figures): void {
    for (const [name, count] of other.#sums) this.add(name, count);
  }

  of(name: string): number {
    return this.#sums.get(name) ?? 0;
  }

  /** By name. */
  lines(): string[] {
    const names = [...this.#sums.keys()].sort();
    return names.map((name) => `${name}: ${Math.round(this.of(name))}`);
  }
}
