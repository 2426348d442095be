/** The turns and the time of one simulated process that is alone. */
import type { Random } from '../../src/base/ports/random.ts';
import { ProcessTime } from './process-time.ts';
import { SimTime } from './sim-time.ts';

export class SimScheduler extends ProcessTime {
  constructor(random: Random) {
    super(new SimTime(random));
  }

  /** Runs one task and then all promises that it settled. Throws what the task throws. */
  step(): Promise<void> {
    return this.time.step();
  }

  /** Time that passes while the process does not run. */
  skip(ms: number): void {
    this.time.nowMs += ms;
  }
}
