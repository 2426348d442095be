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
  const count = retention === '' ? 0 : countOf(retention);
  const nanoseconds = count === undefined ? durationOf(retention) : 0n;
  if (nanoseconds < 0n) throw invalid('--auto-compaction-retention must not be negative');
  if (mode === 'revision') {
    // As in etcd, a duration counts revisions by its nanoseconds: nobody means that.
    const revisions = count ?? Number(nanoseconds);
    return revisions === 0 ? undefined : { mode, revisions };
  }
  const periodMs = count === undefined ? nanosecondsToMs(nanoseconds) : count * HOUR_MS;
  return periodMs === 0 ? undefined : { mode, periodMs };
}

/** Undefined for what is no count: a duration, maybe. */
function countOf(retention: string): number | undefined {
  if (!PLAIN_COUNT.test(retention)) return undefined;
  const count = BigInt(retention.replace('+', ''));
  return count <= COUNT_MAX ? Number(count) : undefined;
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
