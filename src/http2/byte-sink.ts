/**
 * What became of bytes that a sink was given.
 *
 * - `sent`: it needs them no more; they may change.
 * - `kept`: they are the sink's from now on, and do not change any more.
 * - `full`: kept, and its buffer is full: the connection's `onSinkDrained()` follows.
 */
export type Written = 'sent' | 'kept' | 'full';

/** The socket, as a connection sees it. It calls the connection back in later turns only. */
export interface ByteSink {
  /** Takes all of `bytes`. */
  write(bytes: Uint8Array): Written;
  /** Gives the connection nothing more to `receive` until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes in order after what was written; the connection's `onSinkClosed()` follows. */
  end(): void;
  /** Closes at once; the connection's `onSinkClosed()` may follow. */
  destroy(): void;
}
