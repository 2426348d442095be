/** What the parts of a server share. */
import type { Clock } from '../base/ports/clock.ts';
import type { CallCounters, MethodCounters } from './call-counters.ts';
import type { Deadlines } from './deadlines.ts';
import type { GzipCodec } from './gzip-codec.ts';

/** What all calls of a server share. */
export interface ServerScope {
  /** The largest message that clients may send, in bytes, compressed or not. */
  readonly messageBytesMax: number;
  readonly counters: CallCounters;
  readonly deadlines: Deadlines;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly gzip: GzipCodec;
  /** Told of exceptions that escape a handler or one of its listeners: bugs, all of them. */
  readonly onHandlerError: (error: unknown, path: string) => void;
}

/** What all calls of a method share. */
export interface MethodScope {
  readonly path: string;
  readonly counters: MethodCounters;
  readonly server: ServerScope;
}
