/** What happens to one connection, step by step: all that a run needs besides its seed. */
import type { StreamState } from './connection-model.ts';
import { describeFrame, type Frame } from './frame.ts';

/** `shutting down` is a state of the connection: the frame is sent on stream 0. */
export type ProbedState = StreamState | 'shutting down';

export type Step =
  /** Bytes of the client, sent with those before and after it, in pieces by `Script.pieces`. */
  | { readonly kind: 'frame'; readonly frame: Frame; readonly times?: number }
  /** From now on: as soon as a stream is in the state, the frame is sent on it, between two turns. */
  | { readonly kind: 'probe'; readonly frame: Frame; readonly state: ProbedState }
  | { readonly kind: 'raw'; readonly bytes: Uint8Array }
  /** What was sent so far arrives, and the turn ends. */
  | { readonly kind: 'turn' }
  | { readonly kind: 'clock'; readonly ms: number }
  /** A handler that waits does the next thing; `pick` says which one. */
  | { readonly kind: 'act'; readonly pick: number }
  | { readonly kind: 'sinkFull' }
  | { readonly kind: 'sinkDrained' }
  | { readonly kind: 'sinkClosed' }
  | { readonly kind: 'shutdown' };

/** How the bytes of a turn are cut into what the socket reads. */
export type Pieces =
  | { readonly kind: 'whole' }
  | { readonly kind: 'frames' }
  | { readonly kind: 'bytes'; readonly size: number };

export interface Script {
  /** Decides what the handlers do. */
  readonly handlerSeed: number;
  readonly steps: readonly Step[];
  readonly pieces: Pieces;
  /** Whether the client acknowledges the server's SETTINGS and PINGs, as all real ones do. */
  readonly answers: boolean;
  /** Whether nothing was changed in it: all of its calls must succeed. */
  readonly isValid: boolean;
}

export function describeScript(script: Script): string {
  const { handlerSeed, pieces, answers } = script;
  const head = JSON.stringify({ handlerSeed, pieces, answers });
  return [head, ...script.steps.map(describeStep)].join('\n  ');
}

function describeStep(step: Step): string {
  switch (step.kind) {
    case 'frame':
      return `${describeFrame(step.frame)}${step.times === undefined ? '' : ` x ${step.times}`}`;
    case 'probe':
      return `when a stream is ${step.state}: ${describeFrame(step.frame)}`;
    case 'raw':
      return `raw ${Buffer.from(step.bytes.subarray(0, 64)).toString('hex')}, ${step.bytes.length} B`;
    case 'clock':
      return `clock + ${step.ms} ms`;
    case 'act':
      return `act ${step.pick}`;
    default:
      return step.kind;
  }
}
