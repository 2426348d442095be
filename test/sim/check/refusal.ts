/** Which errors say for sure that a request took no effect. */

export const COMPACTED = 'etcdserver: mvcc: required revision has been compacted';
export const FUTURE_REVISION = 'etcdserver: mvcc: required revision is a future revision';

/**
 * The texts of errors that are found before a request is proposed, or when it is applied and
 * instead of its effect. Left out on purpose: all time-outs, "no leader" and "server stopped"
 * (the request may be in the log), and "database space exceeded" (over quota an entry is applied
 * and then answered so).
 */
const DEFINITE: ReadonlySet<string> = new Set([
  COMPACTED,
  FUTURE_REVISION,
  'etcdserver: key is not provided',
  'etcdserver: key not found',
  'etcdserver: value is provided',
  'etcdserver: lease is provided',
  'etcdserver: too many operations in txn request',
  'etcdserver: duplicate key given in txn request',
  'etcdserver: invalid client api version',
  'etcdserver: invalid sort option',
  'etcdserver: requested lease not found',
  'etcdserver: lease already exists',
  'etcdserver: too large lease TTL',
  'etcdserver: request is too large',
  'etcdserver: too many requests',
  'etcdserver: not capable',
  'etcdserver: rpc not supported for learner',
  'etcdserver: corrupt cluster',
  'etcdserver: permission denied',
  'etcdserver: invalid auth token',
]);

/** Whether an operation that failed with this text is refused; else its outcome is unknown. */
export function isDefiniteFailure(text: string): boolean {
  return DEFINITE.has(text);
}
