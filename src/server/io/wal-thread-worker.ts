/** The thread behind WalThread: writes and syncs while the main thread goes on. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import type { Logger } from '../../base/ports/logger.ts';
import { type LogCommand, LogSession, WalError } from '../../wal/index.ts';
import { measuredFiles } from '../metrics/measured-files.ts';
import { WalMeters } from '../metrics/wal-meters.ts';
import { NodeFileSystem } from './node-file-system.ts';
import type { WalThreadData, WalThreadMessage } from './wal-thread-messages.ts';

/** Groups of commands between two turns of the event loop. */
const GROUPS_PER_TURN = 64;

assert(parentPort !== null, 'runs as a worker thread');
const port = parentPort;
const { meters, sent, ...data } = workerData as WalThreadData;
const sentCount = new Int32Array(sent);
let hasFailed = false;
const session = guard(
  () =>
    new LogSession({
      ...data,
      files: measuredFiles(new NodeFileSystem(data), data.snapshotDirectory, new WalMeters(meters)),
      logger: forwardingLogger(),
    }),
);
serve();

/**
 * Carries out what comes, and prepares the next segment step by step while nothing does. It sleeps on
 * the count of commands: through the event loop a command takes longer, and more of both threads. The
 * loop has its turn every now and then all the same, for V8's own work in this thread.
 */
function serve(): void {
  for (let groups = 0; groups < GROUPS_PER_TURN && !hasFailed; ) {
    const count = Atomics.load(sentCount, 0);
    const commands = waiting();
    if (commands.length > 0) {
      groups++;
      guard(() => {
        session?.execute(commands, (completed) => {
          post({ kind: 'completed', count: completed });
        });
      });
    } else if (guard(() => session?.idle()) !== true) {
      // What was sent after the look at the count has changed it.
      if (!hasFailed) Atomics.wait(sentCount, 0, count);
    }
  }
  if (!hasFailed) setImmediate(serve);
}

/** The commands that came while those before were carried out: they make one group. */
function waiting(): LogCommand[] {
  const commands: LogCommand[] = [];
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: LogCommand } | undefined;
    if (received === undefined) return commands;
    commands.push(received.message);
  }
}

/** Runs an operation; after an error the thread says so and ends. */
function guard<T>(operation: () => T): T | undefined {
  try {
    return operation();
  } catch (error) {
    if (!(error instanceof WalError)) throw error;
    post({ kind: 'failed', code: error.code, text: error.message });
    hasFailed = true;
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
