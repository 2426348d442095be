import type { Span } from './history.ts';

/** The whole keyspace. */
export const ALL_KEYS: Span = { from: '', end: undefined };

export function oneKey(key: string): Span {
  return { from: key, end: `${key}\0` };
}

export function isOneKey({ from, end }: Span): boolean {
  return end?.length === from.length + 1 && end.startsWith(from) && end.endsWith('\0');
}

export function includes({ from, end }: Span, key: string): boolean {
  return key >= from && (end === undefined || key < end);
}
