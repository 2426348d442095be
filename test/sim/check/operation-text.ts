import type { Operation } from './history.ts';

/** One line for a person who looks for what went wrong. */
export function operationText({ client, called, request, outcome }: Operation): string {
  return `client ${client} at ${called}: ${json(request)} -> ${json(outcome)}`;
}

export function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
}
