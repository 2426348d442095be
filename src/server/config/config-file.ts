/**
 * Flags from the YAML of `--config-file`. The dialect is YAML 1.1, as etcd's reader has it (`yes`
 * is true, `0144` is octal); dates and base-60 numbers stay strings there, and so here.
 */
import type { SchemaOptions, Tags } from 'yaml';
import { type Assignment, assignValue } from './assignment.ts';
import { ConfigError, messageOf } from './errors.ts';
import { KNOWN_FLAGS, type KnownFlag } from './flag-table.ts';

const BY_KEY: ReadonlyMap<string, KnownFlag> = new Map(
  [...KNOWN_FLAGS.values()].flatMap((flag) => flag.yamlKeys.map((key) => [key, flag] as const)),
);

/** Paths that must hold a mapping: `client-transport-security`, `discovery-config.secure`. */
const SECTIONS: ReadonlySet<string> = new Set(
  [...BY_KEY.keys()].flatMap((key) => {
    const parts = key.split('.');
    return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('.'));
  }),
);

/**
 * Reads the text of a configuration file. Keys that are not known are skipped, a null value
 * leaves the default, upper and lower case are the same. Throws CONFIG_FILE for text that is not
 * a YAML mapping and CONFIG_INVALID for a value of a wrong type.
 */
export async function readConfigFile(yaml: string): Promise<readonly Assignment[]> {
  const document = await parseYaml(yaml);
  if (document === null) return [];
  if (!isMapping(document)) {
    throw new ConfigError('CONFIG_FILE', 'the configuration file must hold a mapping of flags');
  }
  return section('', document);
}

async function parseYaml(yaml: string): Promise<unknown> {
  // Loaded here, since most members have no file and the package takes 9 MB.
  const { parse } = await import('yaml');
  const customTags: SchemaOptions['customTags'] = (tags: Tags) => tags.filter(isPlainTag);
  try {
    return parse(yaml, {
      version: '1.1',
      schema: 'yaml-1.1',
      customTags,
      intAsBigInt: true,
      uniqueKeys: false,
      logLevel: 'error',
    });
  } catch (error) {
    throw new ConfigError('CONFIG_FILE', `error converting YAML: ${messageOf(error)}`, error);
  }
}

function isPlainTag(tag: Tags[number]): boolean {
  if (typeof tag === 'string') return true;
  return tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME');
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function section(prefix: string, mapping: Mapping): Assignment[] {
  return Object.entries(mapping).flatMap(([name, value]) => {
    const key = prefix + name.toLowerCase();
    if (value === null) return [];
    const flag = BY_KEY.get(key);
    if (flag !== undefined) return [assign(flag, key, value)];
    if (!SECTIONS.has(key)) return [];
    if (!isMapping(value)) throw invalidKey(key, 'must be a mapping');
    return section(`${key}.`, value);
  });
}

function assign(flag: KnownFlag, key: string, value: unknown): Assignment {
  return assignValue(flag, () => flag.kind.fromYaml(value), {
    code: 'CONFIG_INVALID',
    explain: (reason) => invalidKey(key, reason).message,
  });
}

function invalidKey(key: string, reason: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', `configuration file: ${key}: ${reason}`);
}
