import { Worker } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { Snapshot } from '../../pb/index.ts';
import {
  LOG_COMMANDS_MAX,
  type LogCommand,
  type LogDone,
  type LogLimits,
  type LogWriter,
  type WalBatch,
  WalError,
} from '../../wal/index.ts';
import { WalMeters } from '../metrics/wal-meters.ts';
import type { WalThreadData, WalThreadMessage } from './wal-thread-messages.ts';

export interface WalThreadOptions extends Omit<WalThreadData, 'meters' | 'sent'> {
  readonly meters?: WalMeters;
  readonly logger: Logger;
  /** Called once if the thread fails, after the callbacks of all pending commands. */
  readonly onFatal: (error: WalError) => void;
}

/** The {@link LogWriter} of a real member: a worker thread, so that no sync holds up a turn. */
export class WalThread implements LogWriter {
  readonly #meters: WalMeters;
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #onFatal: (error: WalError) => void;
  /** Callbacks of the commands on their way, in order. */
  readonly #pending: LogDone[] = [];
  readonly #sent = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #failure: WalError | undefined;
  #isClosing = false;

  constructor(options: WalThreadOptions) {
    const { logger, onFatal, meters = new WalMeters(), ...rest } = options;
    const data: WalThreadData = {
      ...rest,
      sent: this.#sent.buffer as SharedArrayBuffer,
      meters: meters.memory,
    };
    this.#meters = meters;
    this.#logger = logger;
    this.#onFatal = onFatal;
    this.#worker = new Worker(new URL('./wal-thread-worker.js', import.meta.url), {
      workerData: data,
      name: 'wal',
    });
    this.#worker.on('message', (message: WalThreadMessage) => {
      this.#receive(message);
    });
    this.#worker.on('error', (cause) => {
      this.#fail(new WalError('WAL_FAILED', `wal: thread crashed: ${cause.message}`, { cause }));
    });
    this.#worker.on('exit', () => {
      if (this.#isClosing && this.#pending.length === 0) return;
      this.#fail(new WalError('WAL_FAILED', 'wal: thread ended'));
    });
  }

  get pending(): number {
    return this.#pending.length;
  }

  append(batch: WalBatch, done: LogDone): void {
    this.#send({ kind: 'append', batch }, done, batch.bytes);
  }

  saveSnapshot(snapshot: Snapshot, done: LogDone): void {
    const { snapshotEncodeSeconds, snapshotSaveSeconds } = this.#meters;
    const startMs = performance.now();
    const bytes = Snapshot.encode(snapshot);
    snapshotEncodeSeconds.observe((performance.now() - startMs) / 1000);
    const saved: LogDone = (error) => {
      if (error === undefined) snapshotSaveSeconds.observe((performance.now() - startMs) / 1000);
      done(error);
    };
    this.#send({ kind: 'snapshot', bytes }, saved, bytes);
  }

  purge(limits: LogLimits, done: LogDone): void {
    this.#send({ kind: 'purge', limits }, done);
  }

  close(done: LogDone): void {
    this.#send({ kind: 'close' }, done);
    this.#isClosing = true;
  }

  #send(command: LogCommand, done: LogDone, transferred?: Uint8Array): void {
    assert(!this.#isClosing, 'close is the last command');
    assert(this.#pending.length < LOG_COMMANDS_MAX, 'the caller bounds its pending commands');
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      queueMicrotask(() => {
        done(failure);
      });
      return;
    }
    this.#pending.push(done);
    this.#worker.postMessage(command, transferred ? [transferred.buffer as ArrayBuffer] : []);
    Atomics.add(this.#sent, 0, 1);
    Atomics.notify(this.#sent, 0);
  }

  #receive(message: WalThreadMessage): void {
    switch (message.kind) {
      case 'completed':
        for (const done of this.#pending.splice(0, message.count)) done();
        if (this.#isClosing && this.#pending.length === 0) this.#stop();
        return;
      case 'failed':
        this.#fail(new WalError(message.code, message.text));
        return;
      case 'log':
        this.#logger[message.level](message.text, message.fields);
    }
  }

  #fail(error: WalError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#stop();
    for (const done of this.#pending.splice(0)) done(error);
    this.#onFatal(error);
  }

  #stop(): void {
    void this.#worker.terminate();
  }
}
