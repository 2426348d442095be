/**
 * Kinds of flag values. A kind reads the same value from text (argument or environment) and from
 * YAML, where numbers are numbers and durations are integer nanoseconds.
 */
import { ConfigError } from './errors.ts';
import { type GateSettings, parseFeatureGates } from './feature-gates.ts';
import {
  durationText,
  nanosecondsToMs,
  quoted,
  readBoolean,
  readDuration,
  readInteger,
} from './go-values.ts';
import { type MemberUrl, parseUrlList, urlTexts } from './member-url.ts';

/** Both readers throw {@link ConfigError} CONFIG_VALUE; the message is the reason alone. */
export interface Kind<T> {
  /** For `--help`. */
  readonly label: 'boolean' | 'number' | 'string';
  /** Whether the flag may stand alone on the command line and then means true. */
  readonly standsAlone: boolean;
  parse(text: string): T;
  /** `value` as the YAML reader gives it: integers are bigint, floats number. */
  fromYaml(value: unknown): T;
  /** The text that `parse` reads back as `value`. */
  format(value: T): string;
}

/** A string, taken as it is. */
export const text: Kind<string> = {
  label: 'string',
  standsAlone: false,
  parse: (given) => given,
  fromYaml: yamlString,
  format: (value) => value,
};

export const bool: Kind<boolean> = {
  label: 'boolean',
  standsAlone: true,
  parse: (given) => readBoolean(given) ?? fail('parse error'),
  fromYaml: (value) => (typeof value === 'boolean' ? value : mismatch('a boolean', value)),
  format: String,
};

/** Milliseconds, as `5s` or `1h30m` in text and as integer nanoseconds in YAML. */
export const duration: Kind<number> = {
  label: 'string',
  standsAlone: false,
  parse: (given) => {
    try {
      return nanosecondsToMs(readDuration(given));
    } catch {
      // Go's flag package hides the reason, and so does etcd.
      return fail('parse error');
    }
  },
  fromYaml: (value) => {
    const nanoseconds = yamlInteger(value) ?? mismatch('a number of nanoseconds', value);
    return nanosecondsToMs(withinRange(nanoseconds, INT64, 'value out of range'));
  },
  format: durationText,
};

interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
}

const INT64: IntegerRange = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UINT64: IntegerRange = { min: 0n, max: 2n ** 64n - 1n };
const UINT32: IntegerRange = { min: 0n, max: 2n ** 32n - 1n };

export const int: Kind<number> = integerKind(INT64);
export const uint: Kind<number> = integerKind(UINT64);
/** etcd reads its 32-bit flags by a type of its own, whose errors show Go's reason. */
export const uint32: Kind<number> = integerKind(
  UINT32,
  (given, reason) => `strconv.ParseUint: parsing ${quoted(given)}: ${reason}`,
);

function integerKind(
  range: IntegerRange,
  explain: (given: string, reason: 'invalid syntax' | 'value out of range') => string = (_, why) =>
    why === 'invalid syntax' ? 'parse error' : why,
): Kind<number> {
  return {
    label: 'number',
    standsAlone: false,
    parse: (given) => {
      const value = readInteger(given, range.min < 0n);
      if (value === undefined) return fail(explain(given, 'invalid syntax'));
      return saturated(withinRange(value, range, explain(given, 'value out of range')));
    },
    fromYaml: (value) => {
      const integer = yamlInteger(value) ?? mismatch('an integer', value);
      return saturated(withinRange(integer, range, 'value out of range'));
    },
    format: String,
  };
}

/** One of `valid`, the first being the usual default. */
export function choice<const Value extends string>(valid: readonly Value[]): Kind<Value> {
  const parse = (given: string): Value =>
    valid.find((value) => value === given) ?? fail('invalid value');
  return {
    label: 'string',
    standsAlone: false,
    parse,
    fromYaml: (value) => parse(yamlString(value)),
    format: (value) => value,
  };
}

/** URLs, comma-separated. Empty text leaves the default in place, as etcd has it. */
export function urls(fallback: string): Kind<readonly MemberUrl[]> {
  const parse = (given: string): readonly MemberUrl[] => {
    const list = given === '' ? fallback : given;
    return list === '' ? [] : parseUrlList(list);
  };
  return {
    label: 'string',
    standsAlone: false,
    parse,
    fromYaml: (value) => parse(yamlString(value)),
    format: (value) => urlTexts(value).join(','),
  };
}

/** Browser origins: URLs, or `*` for every origin. */
export const origins: Kind<string> = {
  ...text,
  parse: (given) => {
    if (given !== '' && given !== '*') parseUrlList(given);
    return given;
  },
  fromYaml: (value) => origins.parse(yamlString(value)),
};

const commaList = {
  label: 'string',
  standsAlone: false,
  parse: (given: string): readonly string[] => [...new Set(given.split(','))].sort(),
  format: (value: readonly string[]): string => value.join(','),
} as const;

/** Distinct strings in order, comma-separated in text and in YAML. */
export const commaStrings: Kind<readonly string[]> = {
  ...commaList,
  fromYaml: (value) => commaList.parse(yamlString(value)),
};

/** Distinct strings in order: comma-separated in text, a sequence in YAML. */
export const strings: Kind<readonly string[]> = {
  ...commaList,
  fromYaml: (value) =>
    Array.isArray(value)
      ? [...new Set(value.map(yamlString))].sort()
      : mismatch('a list of strings', value),
};

export const gates: Kind<GateSettings> = {
  label: 'string',
  standsAlone: false,
  parse: parseFeatureGates,
  fromYaml: (value) => parseFeatureGates(yamlString(value)),
  format: (value) =>
    Object.entries(value)
      .map(([gate, enabled]) => `${gate}=${enabled}`)
      .join(','),
};

/** Whatever is given is accepted and forgotten. */
export const anything: Kind<undefined> = {
  label: 'boolean',
  standsAlone: true,
  parse: () => undefined,
  fromYaml: () => undefined,
  format: () => '',
};

function yamlString(value: unknown): string {
  return typeof value === 'string' ? value : mismatch('a string', value);
}

function yamlInteger(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}

function withinRange(value: bigint, range: IntegerRange, message: string): bigint {
  return value >= range.min && value <= range.max ? value : fail(message);
}

/** 64-bit settings are counters of ours: beyond 2^53 they mean "no limit" and stay exact enough. */
function saturated(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
  if (value < BigInt(Number.MIN_SAFE_INTEGER)) return Number.MIN_SAFE_INTEGER;
  return Number(value);
}

function mismatch(wanted: string, value: unknown): never {
  return fail(`must be ${wanted}, not ${yamlTypeName(value)}`);
}

function yamlTypeName(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'bigint':
      return `the number ${value}`;
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return `the boolean ${value}`;
    case 'string':
      return `the string ${quoted(value)}`;
    default:
      return 'a mapping';
  }
}

function fail(message: string): never {
  throw new ConfigError('CONFIG_VALUE', message);
}
