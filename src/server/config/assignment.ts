/** What one source (arguments, environment, file) says about one flag. */
import { ConfigError, messageOf } from './errors.ts';
import type { KnownFlag } from './flag-table.ts';

/** `value` was made by the kind of `flag`. */
export interface Assignment {
  readonly flag: KnownFlag;
  readonly value: unknown;
}

/** Runs a reader of a kind; its refusal is told as `explain` puts it, under `code`. */
export function assignValue(
  flag: KnownFlag,
  read: () => unknown,
  refusal: { code: ConfigError['code']; explain: (reason: string) => string },
): Assignment {
  try {
    return { flag, value: read() };
  } catch (error) {
    throw new ConfigError(refusal.code, refusal.explain(messageOf(error)), error);
  }
}
