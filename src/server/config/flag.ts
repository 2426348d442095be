/** One row of the flag table. */
import type { Kind } from './kinds.ts';

/**
 * What the server does with a value other than the default: uses it (`built`), warns that it has
 * no effect (`ignored`), or does not start (`refused`), since going on would be unsafe.
 */
export type Support =
  | { readonly state: 'built' }
  | { readonly state: 'ignored' | 'refused'; readonly because: string };

export interface Flag<T> {
  readonly kind: Kind<T>;
  readonly defaultValue: T;
  readonly help: string;
  readonly support: Support;
  /** Path of the YAML key, sections joined by `.`; the flag's name if not given; false if none. */
  readonly yaml: string | false | undefined;
}

/** At most one of `ignored` and `refused`: the reason, for the log. */
export interface FlagOptions {
  readonly ignored?: string;
  readonly refused?: string;
  readonly yaml?: string | false;
}

export function flag<T>(
  kind: Kind<T>,
  defaultValue: NoInfer<T>,
  help: string,
  options: FlagOptions = {},
): Flag<T> {
  return { kind, defaultValue, help, support: supportOf(options), yaml: options.yaml };
}

function supportOf(options: FlagOptions): Support {
  if (options.refused !== undefined) return { state: 'refused', because: options.refused };
  if (options.ignored !== undefined) return { state: 'ignored', because: options.ignored };
  return { state: 'built' };
}
