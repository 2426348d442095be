/** A deliberately dumb key index: a map of arrays, sorted anew for every question. */
import { compareBytes, fromLatin1, latin1 } from '../../../src/base/bytes.ts';
import type { KeySpan, RevisionPair } from '../../../src/mvcc/key-index.ts';

export interface ModelRevision extends RevisionPair {
  readonly tombstone: boolean;
  readonly createMain: number;
  readonly version: number;
}

export class IndexModel {
  readonly #keys = new Map<string, ModelRevision[]>();

  put(key: Uint8Array, main: number, sub: number): void {
    const before = this.newest(key);
    const live = before !== undefined && !before.tombstone;
    const createMain = live ? before.createMain : main;
    const version = live ? before.version + 1 : 1;
    this.add(key, { main, sub, tombstone: false, createMain, version });
  }

  tombstone(key: Uint8Array, main: number, sub: number): void {
    this.add(key, { main, sub, tombstone: true, createMain: 0, version: 0 });
  }

  add(key: Uint8Array, revision: ModelRevision): void {
    const name = latin1(key);
    this.#keys.set(name, [...(this.#keys.get(name) ?? []), revision]);
  }

  newest(key: Uint8Array): ModelRevision | undefined {
    return this.#keys.get(latin1(key))?.at(-1);
  }

  isLive(key: Uint8Array): boolean {
    return this.newest(key)?.tombstone === false;
  }

  at(key: Uint8Array, revision: number): RevisionPair | undefined {
    const held = this.#keys.get(latin1(key)) ?? [];
    const found = held.filter((candidate) => candidate.main <= revision).at(-1);
    if (found === undefined || found.tombstone) return undefined;
    return { main: found.main, sub: found.sub };
  }

  /** Keys held in the span, ascending. */
  held(span: KeySpan): Uint8Array[] {
    return [...this.#keys.keys()]
      .map(fromLatin1)
      .sort(compareBytes)
      .filter((key) => compareBytes(key, span.start) >= 0)
      .filter((key) => span.end === undefined || compareBytes(key, span.end) < 0);
  }

  live(span: KeySpan): Uint8Array[] {
    return this.held(span).filter((key) => this.isLive(key));
  }

  get revisions(): number {
    return [...this.#keys.values()].reduce((sum, held) => sum + held.length, 0);
  }

  /** Compacts everything at once; returns what was forgotten as sorted text. */
  compact(floor: number): string[] {
    const forgotten: string[] = [];
    for (const [key, held] of this.#keys) {
      const old = held.filter((revision) => revision.main <= floor);
      const kept = held.filter((revision) => revision.main > floor);
      const last = old.at(-1);
      if (last !== undefined && (!last.tombstone || last.main === floor)) {
        old.pop();
        kept.unshift(last);
      }
      forgotten.push(...old.map(revisionText));
      if (kept.length > 0) this.#keys.set(key, kept);
      else this.#keys.delete(key);
    }
    return forgotten.sort();
  }
}

export function revisionText(revision: RevisionPair & { tombstone: boolean }): string {
  return `${revision.main}.${revision.sub}${revision.tombstone ? 't' : ''}`;
}
