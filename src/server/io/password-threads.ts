/**
 * Hashes passwords and checks them in threads of their own: bcrypt is slow on purpose, and neither
 * the main loop nor what else runs in Node's pool of threads is to wait for it.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Passwords } from '../api/auth.ts';
import { ServerError } from '../errors.ts';
import type { PasswordAnswer, PasswordTask } from './password-worker.ts';

/** Passwords that may wait to be hashed or checked; one more is turned away. */
export const passwordsWaitingMax = 10_000;

/** Threads at most; one processor is left to everything else. */
const THREADS_MAX = 4;

const HASH_LENGTH = 60;
const COST_DEFAULT = 10;
const COST_MIN = 4;
const COST_MAX = 31;

export interface PasswordOptions {
  /** Rounds, as a power of 2; one that bcrypt does not have gives the default. */
  readonly cost: number;
}

interface Job {
  readonly task: PasswordTask;
  readonly resolve: (answer: PasswordAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
}

export class PasswordThreads implements Passwords {
  readonly #cost: number;
  readonly #waiting: Job[] = [];
  readonly #threads = new Set<Thread>();
  readonly #threadsMax = Math.min(THREADS_MAX, Math.max(1, availableParallelism() - 1));
  #isClosed = false;

  constructor({ cost }: PasswordOptions) {
    this.#cost = isCost(cost) ? cost : COST_DEFAULT;
  }

  async hash(password: string): Promise<string> {
    const hash = await this.#run({ kind: 'hash', password, cost: this.#cost });
    return Buffer.from(String(hash)).toString('base64');
  }

  async matches(password: string, stored: Uint8Array | undefined): Promise<boolean> {
    const isHash = stored?.length === HASH_LENGTH;
    const hash = isHash ? Buffer.from(stored).toString('latin1') : noHash(this.#cost);
    const isRight = await this.#run({ kind: 'check', password, hash });
    return isHash && isRight === true;
  }

  /** Threads start with the first password, and wait for further ones. */
  #run(task: PasswordTask): Promise<PasswordAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new ServerError('SERVER_STOPPED', 'server stopped'));
      } else if (this.#waiting.length >= passwordsWaitingMax) {
        reject(new ServerError('SERVER_TOO_MANY_REQUESTS', 'too many requests'));
      } else {
        this.#waiting.push({ task, resolve, reject });
        this.#next();
      }
    });
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const idle = [...this.#threads].find(({ job }) => job === undefined) ?? this.#newThread();
    const job = idle === undefined ? undefined : this.#waiting.shift();
    if (idle === undefined || job === undefined) return;
    idle.job = job;
    idle.worker.postMessage(job.task);
  }

  #newThread(): Thread | undefined {
    if (this.#threads.size >= this.#threadsMax) return undefined;
    const worker = new Worker(new URL('./password-worker.js', import.meta.url), {
      name: 'passwords',
    });
    worker.unref();
    const thread: Thread = { worker, job: undefined };
    const settle = (how: (job: Job) => void): void => {
      const { job } = thread;
      thread.job = undefined;
      if (job !== undefined) how(job);
      this.#next();
    };
    worker.on('message', (answer: PasswordAnswer) => settle((job) => job.resolve(answer)));
    worker.on('error', (error) => {
      this.#threads.delete(thread);
      settle((job) => job.reject(error));
    });
    this.#threads.add(thread);
    return thread;
  }

  /** What waits ends with SERVER_STOPPED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const threads = [...this.#threads];
    const jobs = [...this.#waiting.splice(0), ...threads.map(({ job }) => job)];
    for (const job of jobs) job?.reject(new ServerError('SERVER_STOPPED', 'server stopped'));
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

/** Whether bcrypt knows this cost. */
export function isCost(cost: number): boolean {
  return cost >= COST_MIN && cost <= COST_MAX;
}

/** What takes as long to check a password against as a hash of this cost. */
function noHash(cost: number): string {
  return `$2a$${String(cost).padStart(2, '0')}$`.padEnd(HASH_LENGTH, '.');
}
