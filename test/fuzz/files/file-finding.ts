import { CodedError } from '../../../src/base/coded-error.ts';
import { WireError } from '../../../src/pb/index.ts';

/** Thrown when a reader breaks a rule; what it may throw itself is a {@link CodedError}. */
export class FileFinding extends Error {
  override readonly name = 'FileFinding';
}

export function expect(condition: boolean, rule: string): void {
  if (!condition) throw new FileFinding(rule);
}

/** What reading comes to: a refusal with a code and a text, or `accepted`. */
export function refusalOf(error: unknown): string {
  // A WireError says neither which file nor what of it cannot be decoded.
  if (!(error instanceof CodedError) || error instanceof WireError) throw error;
  expect(error.message.length > 3, `${error.name} without a text`);
  return error.code;
}
