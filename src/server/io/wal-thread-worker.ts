/** The thread behind WalThread: writes and syncs while the main thread goes on. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { type LogCommand, LogSession, WalError } from '../../wal/index.ts';
import { measuredFiles } from '../metrics/measured-files.ts';
import { WalMeters } from '../metrics/wal-meters.ts';
import { NodeFileSystem } from './node-file-system.ts';
import type { WalThreadData, WalThreadMessage } from './wal-thread-messages.ts';

assert(parentPort !== null, 'runs as a worker thread');
const port = parentPort;
const { meters, ...data } = workerData as WalThreadData;
const session = guard(
  () =>
    new LogSession({
      ...data,
      files: measuredFiles(new NodeFileSystem(data), data.snapshotDirectory, new WalMeters(meters)),
      logger: forwardingLogger(),
    }),
);
let isIdling = false;

port.on('message', (first: LogCommand) => {
  guard(() => {
    session?.execute([first, ...waiting()], (count) => {
      post({ kind: 'completed', count });
    });
  });
  idleSoon();
});
idleSoon();

/** The commands that came while the one before was carried out: they make one group. */
function waiting(): LogCommand[] {
  const commands: LogCommand[] = [];
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: LogCommand } | undefined;
    if (received === undefined) return commands;
    commands.push(received.message);
  }
}

/** Prepares the next segment step by step; commands that arrive meanwhile go first. */
function idleSoon(): void {
  if (isIdling) return;
  isIdling = true;
  setImmediate(() => {
    isIdling = false;
    if (guard(() => session?.idle()) === true) idleSoon();
  });
}

/** Runs an operation; after an error the thread says so and ends. */
function guard<T>(operation: () => T): T | undefined {
  try {
    return operation();
  } catch (error) {
    if (!(error instanceof WalError)) throw error;
    post({ kind: 'failed', code: error.code, text: error.message });
    port.close();
    return undefined;
  }
}

function post(message: WalThreadMessage): void {
  port.postMessage(message);
}

function forwardingLogger(): Logger {
  const forward =
    (level: keyof Logger): Logger[keyof Logger] =>
    (text, fields = {}) => {
      post({ kind: 'log', level, text, fields });
    };
  return {
    debug: forward('debug'),
    info: forward('info'),
    warn: forward('warn'),
    error: forward('error'),
    fatal: forward('fatal'),
  };
}
