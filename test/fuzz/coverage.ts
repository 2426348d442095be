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

const TYPES: readonly FrameTypeName[] = [...FRAME_TYPES, 'UNKNOWN'];
/** All can be reached. */
const PAIRS: readonly string[] = [...STREAM_STATES, ...CONNECTION_STATES].flatMap((state) =>
  TYPES.map((type) => `${state} x ${type}`),
);

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

  missed(): string[] {
    return PAIRS.filter((pair) => !this.#visits.has(pair));
  }
}
