/** Source of randomness; each consumer gets a stream of its own, so draws never shift one another. */
export interface Random {
  /** Uniform integer in [0, bound), 1 <= bound <= 2^32. */
  below(bound: number): number;
}
