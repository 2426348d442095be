import type { KeyRequest, Request, Result } from './history.ts';

/** Whether an answer shows that something was written; that of a revocation never does. */
export function hasWritten(result: Result): boolean {
  switch (result.kind) {
    case 'put':
      return true;
    case 'delete':
      return (result.deleted ?? 0) > 0;
    case 'txn':
      return result.results.some(hasWritten);
    default:
      return false;
  }
}

/** Whether a request only reads, and what its member has got to is enough for it. */
export function isSerializable(request: Request): boolean {
  const isSerializableRange = (part: KeyRequest): boolean =>
    part.kind === 'range' && part.isSerializable;
  if (request.kind === 'range') return isSerializableRange(request);
  return (
    request.kind === 'txn' && [...request.success, ...request.failure].every(isSerializableRange)
  );
}

/** The keys and values that a request may put. */
export function putsOf(request: Request): Extract<KeyRequest, { kind: 'put' }>[] {
  return partsOf(request).filter((part) => part.kind === 'put');
}

/** What a request may do to keys. */
export function partsOf(request: Request): readonly KeyRequest[] {
  switch (request.kind) {
    case 'put':
    case 'delete':
    case 'range':
      return [request];
    case 'txn':
      return [...request.success, ...request.failure];
    default:
      return [];
  }
}
