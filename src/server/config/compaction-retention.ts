/** How much history auto-compaction keeps: `--auto-compaction-mode` and `-retention`. */
import { ConfigError } from './errors.ts';
import { nanosecondsToMs, quoted, readDuration } from './go-values.ts';

/** What was written in the last `periodMs`, or the last so many revisions. */
export type CompactionRetention =
  | { readonly mode: 'periodic'; readonly periodMs: number }
  | { readonly mode: 'revision'; readonly revisions: number };

/** Hours or revisions, by the mode. */
const PLAIN_COUNT = /^\+?\d+$/;
const COUNT_MAX = 2n ** 63n - 1n;
const HOUR_MS = 3_600_000;

/**
 * Undefined for no auto-compaction. Throws CONFIG_INVALID in etcd's words; of a negative duration
 * too, with which etcd compacts without a pause.
 */
export function compactionRetention(
  mode: string,
  retention: string,
): CompactionRetention | undefined {
  if (mode === '') throw invalid('undefined auto-compaction-mode');
  if (mode !== 'periodic' && mode !== 'revision') {
    throw invalid(`unknown auto-compaction-mode ${quoted(mode)}`);
  }
  const isCount = PLAIN_COUNT.test(retention) && BigInt(plain(retention)) <= COUNT_MAX;
  if (retention === '' || (isCount && BigInt(plain(retention)) === 0n)) return undefined;
  if (isCount) {
    const count = Number(plain(retention));
    return mode === 'revision' ? { mode, revisions: count } : { mode, periodMs: count * HOUR_MS };
  }
  const nanoseconds = durationOf(retention);
  if (nanoseconds < 0n) throw invalid('--auto-compaction-retention must not be negative');
  if (nanoseconds === 0n) return undefined;
  // As in etcd, a duration counts revisions by its nanoseconds: nobody means that.
  return mode === 'revision'
    ? { mode, revisions: Number(nanoseconds) }
    : { mode, periodMs: nanosecondsToMs(nanoseconds) };
}

function plain(count: string): string {
  return count.replace('+', '');
}

function durationOf(retention: string): bigint {
  try {
    return readDuration(retention);
  } catch (error) {
    const reason = error instanceof ConfigError ? error.message : retention;
    throw invalid(`error parsing CompactionRetention: ${reason}`);
  }
}

function invalid(message: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', message);
}
