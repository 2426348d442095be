/**
 * Assertions that stay on in production.
 *
 * An assertion states something only our own code can break: when one fails the member
 * must crash and recover from its WAL, never limp on. What a user, a disk or a peer can
 * cause is not an assertion but a {@link CodedError}.
 */

/** Thrown when an internal invariant is broken. Never caught, except to log and exit. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws {@link InvariantError} with `message` unless `condition` is true. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${String(value)}`);
}

/** Returns `value`, which must not be undefined: for look-ups that an invariant guarantees. */
export function defined<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new InvariantError(message);
  return value;
}
