/** Which frames met which states: of a stream, and of the connection for frames on stream 0. */
import { STREAM_STATES, type StreamState } from './connection-model.ts';
import { FRAME_TYPES, type FrameTypeName } from './frame.ts';

export const CONNECTION_STATES = [
  'first SETTINGS awaited',
  'ready',
  'in a header block',
  'shutting down',
] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/**
 * With the end of its answer the server cuts a request off that has not ended: a stream is never
 * half-closed on its side alone.
 */
const UNREACHABLE: ReadonlySet<string> = new Set<StreamState>(['half-closed (local)']);
const TYPES: readonly FrameTypeName[] = [...FRAME_TYPES, 'UNKNOWN'];

export class Coverage {
  readonly #visits = new Map<string, number>();

  visit(state: StreamState | ConnectionState, type: FrameTypeName): void {
    const pair = `${state} x ${type}`;
    this.#visits.set(pair, (this.#visits.get(pair) ?? 0) + 1);
  }

  /** Pairs that were visited, and how often. */
  get visits(): ReadonlyMap<string, number> {
    return this.#visits;
  }

  /** Pairs that can be reached and were not. */
  missed(): string[] {
    return reachable().filter((pair) => !this.#visits.has(pair));
  }

  /** Pairs that were said to be out of reach and were visited. */
  surprises(): string[] {
    const expected = new Set(reachable());
    return [...this.#visits.keys()].filter((pair) => !expected.has(pair));
  }
}

function reachable(): string[] {
  return [...STREAM_STATES, ...CONNECTION_STATES]
    .filter((state) => !UNREACHABLE.has(state))
    .flatMap((state) => TYPES.map((type) => `${state} x ${type}`));
}
