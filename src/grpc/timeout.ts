/** The `grpc-timeout` header. */
import { quotedText } from './go-text.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Go's durations end here: 2^63 - 1 nanoseconds, some 292 years. */
const DURATION_MS_MAX = 9_223_372_036_854.775;

/** Milliseconds of a timeout of at most eight digits and a unit; a text that says what is wrong. */
export function parseTimeout(value: string): number | string {
  if (value.length < 2) return `transport: timeout string is too short: ${quotedText(value)}`;
  if (value.length > 9) return `transport: timeout string is too long: ${quotedText(value)}`;
  const unitMs = UNIT_MS[value.slice(-1)];
  if (unitMs === undefined) {
    return `transport: timeout unit is not recognized: ${quotedText(value)}`;
  }
  const digits = value.slice(0, -1);
  if (!/^\d+$/.test(digits)) {
    return `strconv.ParseUint: parsing ${quotedText(digits)}: invalid syntax`;
  }
  return Math.min(Number(digits) * unitMs, DURATION_MS_MAX);
}
