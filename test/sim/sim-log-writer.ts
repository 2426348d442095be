/** The LogWriter of a simulated member: a LogSession that takes time, drawn from a seed. */
import { assert } from '../../src/base/assert.ts';
import type { Random } from '../../src/base/ports/random.ts';
import type { Scheduler } from '../../src/base/ports/scheduler.ts';
import { Snapshot } from '../../src/pb/index.ts';
import {
  LOG_COMMANDS_MAX,
  type LogCommand,
  type LogDone,
  type LogLimits,
  type LogSession,
  type LogWriter,
  type WalBatch,
  WalError,
} from '../../src/wal/index.ts';
import { PowerLossError } from './memory-file-system.ts';

export interface SimLogWriterPorts {
  readonly session: LogSession;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** The disk has no power any more; nothing is ever answered from here on. */
  readonly onPowerLoss: () => void;
  /** Sees what is to be appended, as it comes. */
  readonly onAppend?: ((batch: WalBatch) => void) | undefined;
  /** Sees what was carried out, before whoever asked for it is told. */
  readonly onDone?: ((command: LogCommand) => void) | undefined;
}

interface Pending {
  readonly command: LogCommand;
  readonly done: LogDone;
}

/** Longest time that the writer is not looked after, and that an answer is on its way. */
const WORK_DELAY_MS = 3;
/** Between two looks of a writer whose disk hangs. */
const STALL_MS = 25;
const ANSWER_DELAY_MS = 2;

export class SimLogWriter implements LogWriter {
  /** While true nothing is carried out: a disk that hangs. */
  isStalled = false;
  /** So much longer each half takes, up to the sync and from there: a slow disk. */
  slownessMs = 0;
  readonly #ports: SimLogWriterPorts;
  readonly #pending: Pending[] = [];
  #isWorking = false;
  #isClosing = false;
  #failure: WalError | undefined;

  constructor(ports: SimLogWriterPorts) {
    this.#ports = ports;
  }

  get pending(): number {
    return this.#pending.length;
  }

  append(batch: WalBatch, done: LogDone): void {
    this.#ports.onAppend?.(batch);
    this.#send({ kind: 'append', batch }, done);
  }

  saveSnapshot(snapshot: Snapshot, done: LogDone): void {
    this.#send({ kind: 'snapshot', bytes: Snapshot.encode(snapshot) }, done);
  }

  purge(limits: LogLimits, done: LogDone): void {
    this.#send({ kind: 'purge', limits }, done);
  }

  close(done: LogDone): void {
    this.#send({ kind: 'close' }, done);
    this.#isClosing = true;
  }

  #send(command: LogCommand, done: LogDone): void {
    assert(!this.#isClosing, 'close is the last command');
    assert(this.#pending.length < LOG_COMMANDS_MAX, 'the caller bounds its pending commands');
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#ports.scheduler.defer(() => done(failure));
      return;
    }
    this.#pending.push({ command, done });
    this.#workSoon();
  }

  #workSoon(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    const { scheduler, random } = this.#ports;
    const delayMs = random.below(WORK_DELAY_MS + this.slownessMs);
    scheduler.after(delayMs, () => this.#work());
  }

  /** Carries out the first few commands as one delivery to the session. */
  #work(): void {
    const { scheduler, session, random } = this.#ports;
    if (this.isStalled) {
      scheduler.after(STALL_MS, () => this.#work());
      return;
    }
    const count = Math.min(this.#pending.length, 1 + random.below(this.#pending.length));
    const commands = this.#pending.slice(0, count).map(({ command }) => command);
    let completed = 0;
    const failure = this.#guarded(() => {
      session.execute(commands, (more) => {
        completed += more;
      });
      if (!this.#isClosing && random.below(4) === 0) session.idle();
    });
    if (failure === 'power-loss') return;
    const delayMs = random.below(ANSWER_DELAY_MS + this.slownessMs);
    scheduler.after(delayMs, () => this.#answer(completed, failure));
  }

  #answer(completed: number, failure: WalError | undefined): void {
    for (const { command, done } of this.#pending.splice(0, completed)) {
      this.#ports.onDone?.(command);
      done();
    }
    this.#isWorking = false;
    if (failure !== undefined) {
      this.#failure = failure;
      for (const { done } of this.#pending.splice(0)) done(failure);
    } else if (this.#pending.length > 0) this.#workSoon();
  }

  #guarded(operation: () => void): WalError | 'power-loss' | undefined {
    try {
      operation();
      return undefined;
    } catch (error) {
      if (error instanceof WalError) return error;
      if (!(error instanceof PowerLossError)) throw error;
      this.#ports.onPowerLoss();
      return 'power-loss';
    }
  }
}
