import { CodedError } from '../src/base/coded-error.ts';

/**
 * - BENCH_OPTIONS: the command line asks for something that cannot be
 * - BENCH_CONNECTION: a connection could not be made, or ended before its time
 * - BENCH_PROTOCOL: the server broke HTTP/2 or gRPC framing (HPACK: see HpackError)
 * - BENCH_STATUS: a call ended with an HTTP or gRPC status other than OK
 * - BENCH_ANSWER: a call ended well with the wrong content
 * - BENCH_REVISION: the store's revision does not match the writes that were acknowledged
 * - BENCH_STALLED: nothing came back for a long time
 */
export type BenchErrorCode =
  | 'BENCH_OPTIONS'
  | 'BENCH_CONNECTION'
  | 'BENCH_PROTOCOL'
  | 'BENCH_STATUS'
  | 'BENCH_ANSWER'
  | 'BENCH_REVISION'
  | 'BENCH_STALLED';

/** Why a figure is not to be had. Any of these ends the whole run. */
export class BenchError extends CodedError<BenchErrorCode> {
  override readonly name = 'BenchError';

  constructor(code: BenchErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** Throws BENCH_PROTOCOL unless `condition` is true. */
export function checkProtocol(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BenchError('BENCH_PROTOCOL', message);
}
