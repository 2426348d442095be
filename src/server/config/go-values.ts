/**
 * Integers, booleans and durations as Go's `strconv` and `time` packages read them, which is
 * what operators' flags, unit files and manifests are written for. A reader returns undefined,
 * or throws {@link ConfigError} CONFIG_VALUE where etcd shows Go's own reason.
 */
import { ConfigError } from './errors.ts';

/** Go's `%q` for the texts that flags hold. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

const TRUE_TEXTS = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE_TEXTS = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** The boolean that `text` spells, or undefined. */
export function readBoolean(text: string): boolean | undefined {
  if (TRUE_TEXTS.has(text)) return true;
  return FALSE_TEXTS.has(text) ? false : undefined;
}

/** Base 0 of Go: a prefix picks the base (a bare leading zero is octal), `_` may separate digits. */
const INTEGER =
  /^(?<digits>0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|[1-9](?:_?\d)*|0)$/;

/** An integer of `text` in base 0, or undefined. A sign is allowed only if `signed`. */
export function readInteger(text: string, signed: boolean): bigint | undefined {
  const hasSign = signed && /^[+-]/.test(text);
  const digits = INTEGER.exec(hasSign ? text.slice(1) : text)?.groups?.['digits'];
  if (digits === undefined) return undefined;
  const plain = digits.replaceAll('_', '').replace(/^0(?=\d)/, '0o');
  const magnitude = BigInt(plain);
  return text.startsWith('-') ? -magnitude : magnitude;
}

const UNIT_NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const NANOSECONDS_MAX = 2n ** 63n - 1n;
const DURATION_TERM = /(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<unit>[^.\d]*)/y;

/** Nanoseconds of a Go duration such as `1h2m3.5s`; throws with the reason that Go gives. */
export function readDuration(text: string): bigint {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0n;
  if (body === '') throw invalidDuration(text);
  let total = 0n;
  DURATION_TERM.lastIndex = 0;
  while (DURATION_TERM.lastIndex < body.length) total += durationTerm(body, text);
  if (total > NANOSECONDS_MAX) throw invalidDuration(text);
  return text.startsWith('-') ? -total : total;
}

function durationTerm(body: string, text: string): bigint {
  const { whole = '', fraction = '', unit = '' } = DURATION_TERM.exec(body)?.groups ?? {};
  if (whole === '' && fraction === '') throw invalidDuration(text);
  if (unit === '') {
    throw new ConfigError('CONFIG_VALUE', `time: missing unit in duration ${quoted(text)}`);
  }
  const scale = UNIT_NANOSECONDS[unit];
  if (scale === undefined) {
    const reason = `time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`;
    throw new ConfigError('CONFIG_VALUE', reason);
  }
  return (
    BigInt(`0${whole}`) * scale + (BigInt(`0${fraction}`) * scale) / 10n ** BigInt(fraction.length)
  );
}

function invalidDuration(text: string): ConfigError {
  return new ConfigError('CONFIG_VALUE', `time: invalid duration ${quoted(text)}`);
}

/** Milliseconds of a nanosecond count; fractions of a millisecond are kept. */
export function nanosecondsToMs(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}

/** `ms` as Go's flags spell durations, in the largest unit that divides it: `5s`, `10m`. */
export function durationText(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const) {
    if (ms % size === 0 && ms !== 0) return `${ms / size}${unit}`;
  }
  return ms === 0 ? '0s' : `${ms}ms`;
}
