/** Server on one core, load on another, by `taskset`. */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { BenchError } from '../bench-error.ts';

const SERVER_CORE = '0';
const LOAD_CORE = '1';

/** Runs `start`, so that the processes it starts are born on the server's core and stay there. */
export async function onServerCore<T>(start: () => Promise<T>): Promise<T> {
  // Not `availableParallelism`: it counts what we have left ourselves.
  if (cpus().length < 2) throw new BenchError('BENCH_OPTIONS', '--pin needs two cores');
  // Children inherit the affinity of the thread that starts them, the main thread.
  moveSelf(SERVER_CORE);
  try {
    return await start();
  } finally {
    moveSelf(LOAD_CORE);
  }
}

function moveSelf(core: string): void {
  try {
    const args = ['--all-tasks', '--cpu-list', '--pid', core, String(process.pid)];
    execFileSync('taskset', args, { stdio: 'pipe' });
  } catch (error) {
    throw new BenchError('BENCH_OPTIONS', '--pin: taskset does not work here', error);
  }
}
