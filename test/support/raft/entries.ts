/** Log entries as tests write them down. */
import { type Entry, EntryType } from '../../../src/pb/index.ts';

/** Entries of the given terms, from `first` on, with one distinct byte pair of data each. */
export function entriesOf(terms: readonly number[], first = 1): Entry[] {
  return terms.map((term, at) => entry(first + at, term));
}

export function entry(index: number, term: number, data?: Uint8Array): Entry {
  return { type: EntryType.EntryNormal, term, index, data: data ?? Uint8Array.of(index, term) };
}

/** `index/term` of each entry: short enough to compare by eye. */
export function names(entries: readonly { index: number; term: number }[]): string[] {
  return entries.map(({ index, term }) => `${index}/${term}`);
}

export function payload(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
