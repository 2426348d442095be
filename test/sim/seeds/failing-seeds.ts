/** A run that failed once. It is run for ever: what it found must stay found. */
export interface FailingSeed {
  readonly seed: number;
  readonly members?: number;
  /** What was wrong. */
  readonly found: string;
}

/**
 * Each fails again when its fix is taken out. A change of what runs draw makes another run of every
 * seed, so what one has found stands in a test beside the code, too.
 */
export const FAILING_SEEDS: readonly FailingSeed[] = [
  {
    seed: 63,
    found: 'a leader that was paused, and ends leases that its successor has renewed',
  },
  {
    seed: 269,
    found: 'a cluster that waits for the version of a member which waits for that of the cluster',
  },
];
