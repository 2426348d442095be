/** A promise of the cluster that was broken in a simulation. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}
