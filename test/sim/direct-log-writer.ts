import { assert } from '../../src/base/assert.ts';
import { Snapshot } from '../../src/pb/index.ts';
import {
  LOG_COMMANDS_MAX,
  type LogCommand,
  type LogDone,
  type LogLimits,
  LogSession,
  type LogSessionOptions,
  type LogWriter,
  type WalBatch,
  WalError,
} from '../../src/wal/index.ts';

/**
 * The {@link LogWriter} of the simulator: no thread, but the same session, grouping and order.
 * What waits is carried out in one of the turns that `defer` gives.
 */
export class DirectLogWriter implements LogWriter {
  readonly #session: LogSession;
  readonly #defer: (task: () => void) => void;
  readonly #waiting: { readonly command: LogCommand; readonly done: LogDone }[] = [];
  #failure: WalError | undefined;
  #isClosing = false;

  constructor(options: LogSessionOptions, defer: (task: () => void) => void) {
    this.#session = new LogSession(options);
    this.#defer = defer;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  append(batch: WalBatch, done: LogDone): void {
    this.#add({ kind: 'append', batch }, done);
  }

  saveSnapshot(snapshot: Snapshot, done: LogDone): void {
    this.#add({ kind: 'snapshot', bytes: Snapshot.encode(snapshot) }, done);
  }

  purge(limits: LogLimits, done: LogDone): void {
    this.#add({ kind: 'purge', limits }, done);
  }

  close(done: LogDone): void {
    this.#add({ kind: 'close' }, done);
    this.#isClosing = true;
  }

  #add(command: LogCommand, done: LogDone): void {
    assert(!this.#isClosing, 'close is the last command');
    assert(this.#waiting.length < LOG_COMMANDS_MAX, 'the caller bounds its pending commands');
    this.#waiting.push({ command, done });
    if (this.#waiting.length > 1) return;
    this.#defer(() => {
      this.#run();
    });
  }

  #run(): void {
    const commands = this.#waiting.map(({ command }) => command);
    const completed: LogDone[] = [];
    try {
      if (this.#failure === undefined) {
        this.#session.execute(commands, (count) => {
          for (const { done } of this.#waiting.splice(0, count)) completed.push(done);
        });
        this.#session.checkInvariants();
        while (this.#session.idle());
      }
    } catch (error) {
      if (!(error instanceof WalError)) throw error;
      this.#failure = error;
    }
    const failed = this.#waiting.splice(0);
    for (const done of completed) done();
    for (const { done } of failed) done(this.#failure);
  }
}
