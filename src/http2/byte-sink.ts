/** The socket, as a connection sees it. It calls the connection back in later turns only. */
export interface ByteSink {
  /**
   * Takes all of `bytes`, which are the sink's from then on and do not change any more. False: its
   * buffer is full, and the connection's `onSinkDrained()` follows.
   */
  write(bytes: Uint8Array): boolean;
  /** Gives the connection nothing more to `receive` until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes in order after what was written; the connection's `onSinkClosed()` follows. */
  end(): void;
  /** Closes at once; the connection's `onSinkClosed()` may follow. */
  destroy(): void;
}
