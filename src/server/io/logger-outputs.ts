/**
 * Where the log goes. Writes are synchronous, so that the lines before a crash are on their way,
 * and never throw: a full disk or a closed pipe must not stop the member that logs about it.
 */
import { openSync, writeSync } from 'node:fs';
import { CodedError } from '../../base/coded-error.ts';

/** Thrown when a file of `--log-outputs` cannot be opened. */
export class LogOutputError extends CodedError<'LOG_OUTPUT'> {
  override readonly name = 'LogOutputError';

  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('LOG_OUTPUT', `open sink ${JSON.stringify(path)}: ${reason}`, { cause });
  }
}

/** Waits for a full pipe, {@link PIPE_WAIT_MS} each; then the line is dropped. */
export const PIPE_WAITS_MAX = 20;
const PIPE_WAIT_MS = 5;

const STDOUT = 1;
const STDERR = 2;

/** Opens `stderr`, `stdout` and files (to append to); the sink writes each line to all of them. */
export function openLogOutputs(outputs: readonly string[]): (line: string) => void {
  const descriptors = outputs.map(openOutput);
  return (line) => {
    const bytes = Buffer.from(line);
    for (const descriptor of descriptors) writeLine(bytes, (rest) => writeSync(descriptor, rest));
  };
}

function openOutput(output: string): number {
  if (output === 'stderr') return STDERR;
  if (output === 'stdout') return STDOUT;
  try {
    return openSync(output, 'a', 0o666);
  } catch (error) {
    throw new LogOutputError(output, error);
  }
}

/**
 * Writes all of `line` by `write`, which returns how much it took. A full pipe is waited for, but
 * not for ever: its reader may have stopped. Returns whether the line was written.
 */
export function writeLine(line: Uint8Array, write: (rest: Uint8Array) => number): boolean {
  let at = 0;
  let waits = 0;
  while (at < line.length) {
    try {
      at += write(line.subarray(at));
    } catch (error) {
      if (!isFullPipe(error) || waits === PIPE_WAITS_MAX) return false;
      waits += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_WAIT_MS);
    }
  }
  return true;
}

function isFullPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
