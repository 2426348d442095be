/** Flags that are given, and come to nothing. */
import type { Flag } from './flag.ts';
import { FLAGS, type FlagName, type FlagValues } from './flag-table.ts';
import { type Notice, warning } from './notice.ts';

/** Whether the flag says anything else than by default. */
export function isChanged(name: FlagName, values: FlagValues): boolean {
  const { kind, defaultValue }: Flag<unknown> = FLAGS[name];
  return kind.format(values[name]) !== kind.format(defaultValue);
}

export function withoutEffect(name: FlagName, because: string): Notice {
  return warning(`--${name} has no effect: ${because}`, { 'flag-name': name });
}
