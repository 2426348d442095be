/** Runs a script of etcdctl steps against one endpoint and returns what was printed, step by step. */
import { spawn } from 'node:child_process';
import { run } from '../support/processes.ts';
import type { CommandStep, LiveStep, Step } from './etcdctl-script.ts';

export interface StepOutput {
  readonly command: string;
  readonly output: string;
}

/** Time that a new etcdctl has to open its watch, on a busy machine too. */
const WATCH_SETTLE_MS = 700;
const WATCH_LINES_TIMEOUT_MS = 5000;

export class ScriptRun {
  readonly #etcdctl: string;
  readonly #endpoint: string;
  readonly #captured = new Map<string, string>();

  constructor(etcdctl: string, endpoint: string) {
    this.#etcdctl = etcdctl;
    this.#endpoint = endpoint;
  }

  async all(steps: readonly Step[]): Promise<StepOutput[]> {
    const outputs: StepOutput[] = [];
    for (const step of steps) {
      outputs.push('live' in step ? await this.#live(step) : await this.#command(step));
    }
    return outputs;
  }

  async #command(step: CommandStep): Promise<StepOutput> {
    const result = await run(this.#etcdctl, this.#args(step.args), {
      input: this.#filled(step.input ?? ''),
      env: { ETCDCTL_API: '3' },
    });
    const text = `${result.stdout}${result.stderr}exit ${result.code}`;
    if (step.capture !== undefined) {
      const value = step.capture.pattern.exec(text)?.[1];
      if (value !== undefined) this.#capture(step.capture.name, value);
    }
    return this.#output(step.args, text, step.normalise);
  }

  /** Starts the watch, makes the commands, and stops it when it has printed enough or time is up. */
  async #live(step: LiveStep): Promise<StepOutput> {
    const child = spawn(this.#etcdctl, this.#args(step.live), {
      env: { ...process.env, ETCDCTL_API: '3' },
    });
    let text = '';
    const collect = (chunk: Buffer): void => {
      text += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (step.input !== undefined) child.stdin.write(step.input);
    await pause(WATCH_SETTLE_MS);
    for (const command of step.during) await this.#command(command);
    const until = Date.now() + WATCH_LINES_TIMEOUT_MS;
    while (text.split('\n').length - 1 < step.lines && Date.now() < until) await pause(20);
    // A little longer, so that a line too many is seen as well.
    await pause(100);
    child.kill('SIGKILL');
    await ended;
    return this.#output(step.live, text, step.normalise);
  }

  #capture(name: string, value: string): void {
    this.#captured.set(name, value);
  }

  #args(args: readonly string[]): string[] {
    return [`--endpoints=${this.#endpoint}`, ...args.map((word) => this.#filled(word))];
  }

  #filled(word: string): string {
    return word.replace(/\{(\w+)\}/g, (whole, name: string) => this.#captured.get(name) ?? whole);
  }

  #output(
    args: readonly string[],
    text: string,
    normalise: ((output: string) => string) | undefined,
  ): StepOutput {
    const comparable = withoutClientNoise(withoutIds((normalise ?? identity)(text)));
    return { command: args.join(' '), output: comparable };
  }
}

const identity = (text: string): string => text;

/**
 * Lease ids come from the server's clock, so they differ from run to run: 16 hex digits that
 * start with 32 or above in text, long decimals in JSON. Every other id is equal, because both
 * servers run on the same ports.
 */
function withoutIds(text: string): string {
  return text
    .replace(/\b(lease |lease")([0-9a-f]{16})\b/g, '$1LEASE')
    .replace(/^[0-9a-f]{16}$/gm, 'LEASE')
    .replace(/("(?:lease|ID|id)"\s*:\s*)\d{15,}/gi, '$1LEASE')
    .replace(/(Lease" : )\d{15,}/g, '$1LEASE');
}

/** What etcdctl logs of itself when a call fails: when it did, its own port and a pointer. */
function withoutClientNoise(text: string): string {
  return text
    .replace(/"ts":"[^"]*"/g, '"ts":"T"')
    .replace(/etcd-endpoints:\/\/0x[0-9a-f]+/g, 'etcd-endpoints://P')
    .replace(/client-[0-9a-f]{8}-[0-9a-f-]{27}/g, 'client-U')
    .replace(/LocalAddr: '[^']*'/g, "LocalAddr: 'A'");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
