/** What a server counts of its calls, in plain numbers that cost next to nothing. */
import { Histogram } from '../base/histogram.ts';
import { StatusCode } from './status.ts';

/** Bounds of `grpc_server_handling_seconds`: the defaults of Prometheus' clients. */
const HANDLING_BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Of one method. */
export class MethodCounters {
  started = 0;
  receivedMessages = 0;
  sentMessages = 0;
  /** Ended calls, at the number of their status. */
  readonly ended: number[] = Object.values(StatusCode).map(() => 0);
  /** How long calls took, in seconds; undefined when that is not measured. */
  readonly handling: Histogram | undefined;

  constructor(isTimed: boolean) {
    this.handling = isTimed ? new Histogram(HANDLING_BOUNDS_S) : undefined;
  }
}

/** Of all methods together, and of each. */
export class CallCounters {
  /** Bytes of messages, without framing. */
  receivedBytes = 0;
  sentBytes = 0;
  readonly #isTimed: boolean;
  readonly #methods = new Map<string, MethodCounters>();

  constructor(options: { readonly isTimed: boolean }) {
    this.#isTimed = options.isTimed;
  }

  /** The counters of a method, by its path. */
  of(path: string): MethodCounters {
    let counters = this.#methods.get(path);
    if (counters === undefined) {
      counters = new MethodCounters(this.#isTimed);
      this.#methods.set(path, counters);
    }
    return counters;
  }
}
