/** Looks for the first seed whose simulation fails on a build. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { SeekReport } from './seek.ts';

/** A simulation that takes so much longer than all others never ends. */
const SEED_MS_MAX = 300_000;

export interface Failure {
  readonly seed: number;
  readonly why: string;
}

export interface Seeds {
  readonly from: number;
  /** Not among them. */
  readonly to: number;
}

/** The first failure of the build in `folder`; undefined when all seeds pass. */
export function firstFailure(folder: string, { from, to }: Seeds): Promise<Failure | undefined> {
  return new Promise((resolve, reject) => {
    const script = join(folder, 'dist', 'test', 'mutants', 'seek.js');
    const child = fork(script, [String(from), String(to)], {
      execArgv: ['--enable-source-maps'],
      stdio: 'ignore',
    });
    const watch = new Watch(child, from);
    child.on('error', reject);
    child.on('exit', (code) => resolve(watch.ended(code)));
  });
}

/** Keeps an eye on the process that simulates. */
class Watch {
  readonly #child: ChildProcess;
  #seed: number;
  #why: string | undefined;
  #timer: NodeJS.Timeout;

  constructor(child: ChildProcess, seed: number) {
    this.#child = child;
    this.#seed = seed;
    this.#timer = this.#newTimer();
    child.on('message', (report) => this.#told(report as SeekReport));
  }

  ended(code: number | null): Failure | undefined {
    clearTimeout(this.#timer);
    if (code === 0) return undefined;
    return { seed: this.#seed, why: this.#why ?? `the process ended with ${code}` };
  }

  #told(report: SeekReport): void {
    if (report.kind === 'fails') {
      this.#why = report.why;
      return;
    }
    this.#seed = report.seed;
    clearTimeout(this.#timer);
    this.#timer = this.#newTimer();
  }

  #newTimer(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#why = 'the simulation never ends';
      this.#child.kill('SIGKILL');
    }, SEED_MS_MAX);
  }
}
