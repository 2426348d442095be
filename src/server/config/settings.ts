/** The values of all flags, from what one or more sources say. */
import type { Assignment } from './assignment.ts';
import { ConfigError } from './errors.ts';
import type { GateSettings } from './feature-gates.ts';
import { FLAG_NAMES, FLAGS, type FlagName, type FlagValues } from './flag-table.ts';
import { type Notice, warning } from './notice.ts';

export interface Settings {
  readonly values: FlagValues;
  /** Flags that a source names, by their present names. */
  readonly given: ReadonlySet<FlagName>;
}

export interface SettledFlags extends Settings {
  readonly notices: readonly Notice[];
}

/**
 * The last assignment of a flag wins; what is not assigned has its default. Throws CONFIG_INVALID
 * when both an old name and the new one are given.
 */
export function settle(assignments: readonly Assignment[]): SettledFlags {
  checkOldNames(assignments);
  const values: Record<string, unknown> = {};
  for (const name of FLAG_NAMES) values[name] = FLAGS[name].defaultValue;
  const given = new Set<FlagName>();
  for (const { flag, value } of assignments) {
    const { target } = flag;
    if (target.to === 'flag') {
      given.add(target.flag);
      values[target.flag] = target.flag === 'feature-gates' ? merged(values, value) : value;
    } else if (target.to === 'gate') {
      given.add('feature-gates');
      values['feature-gates'] = merged(values, { [target.gate]: value });
    }
  }
  // Each value was made by the kind of its flag, which is what FlagValues says.
  return { values: values as unknown as FlagValues, given, notices: noticesOf(assignments) };
}

/** Gates add up over repeated flags; all other flags are replaced. */
function merged(values: Record<string, unknown>, more: unknown): GateSettings {
  return { ...(values['feature-gates'] as GateSettings), ...(more as GateSettings) };
}

function checkOldNames(assignments: readonly Assignment[]): void {
  const names = new Set(assignments.map(({ flag }) => flag.name));
  const gates = new Set(
    assignments
      .filter(({ flag }) => flag.name === 'feature-gates')
      .flatMap(({ value }) => Object.keys(value as GateSettings)),
  );
  for (const { flag, value } of assignments) {
    const { name, target } = flag;
    if (target.to === 'flag' && name !== target.flag && names.has(target.flag)) {
      const both = `cannot set --${name} and --${target.flag} at the same time`;
      throw new ConfigError('CONFIG_INVALID', `${both}, please use --${target.flag} only`);
    }
    if (target.to === 'gate' && gates.has(target.gate)) {
      const both = `--${name}=${String(value)} and --feature-gates=${target.gate}`;
      throw new ConfigError(
        'CONFIG_INVALID',
        `cannot specify both flags: ${both} at the same time, please just use --feature-gates`,
      );
    }
  }
}

/** Names that a later release drops, or that have no effect any more. */
function noticesOf(assignments: readonly Assignment[]): Notice[] {
  const flags = new Map(assignments.map(({ flag }) => [flag.name, flag]));
  return [...flags.values()].flatMap(({ name, target }) => {
    if (target.to === 'nothing') {
      return [warning('flag is no longer supported - ignoring', { 'flag-name': name })];
    }
    if (name === 'max-snapshots' || name === 'v2-deprecation') {
      return [warning(`--${name} is deprecated in 3.6 and will be decommissioned in 3.8.`)];
    }
    if (!name.startsWith('experimental-')) return [];
    const instead = target.to === 'gate' ? `--feature-gates=${target.gate}=…` : `--${target.flag}`;
    return [
      warning(
        `--${name} is deprecated in 3.6 and will be decommissioned in 3.7. Use '${instead}' instead.`,
      ),
    ];
  });
}
