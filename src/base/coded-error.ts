/**
 * Base of every operating error: something a user, a file, a disk or a peer caused.
 *
 * Each module declares one subclass with a closed union of codes, so that callers match on
 * `code` and never on the text.
 */
export abstract class CodedError<Code extends string> extends Error {
  readonly code: Code;

  protected constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
