/** Time as the core is allowed to see it: always handed in, never asked for by the core itself. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may jump. */
  wallMs(): number;
}
