/** Header lists as HTTP/2 wants them: RFC 9113 sections 8.1.1, 8.2 and 8.3. */
import { FieldKind, type HeaderField } from './hpack/index.ts';
import type { RequestField, RequestHead } from './stream-port.ts';

const UNKNOWN = -1;

/** A request's head, and its content-length if it has one, else -1. */
export class CheckedRequest implements RequestHead {
  method = '';
  scheme = '';
  authority = '';
  path = '';
  readonly fields: readonly RequestField[];
  contentLength: number = UNKNOWN;

  constructor(fields: readonly RequestField[]) {
    this.fields = fields;
  }
}

/**
 * Checks the header list of a request. Takes `fields` over: the pseudo-headers are removed from
 * it. Undefined: the request is malformed.
 */
export function checkRequest(fields: HeaderField[]): CheckedRequest | undefined {
  const request = new CheckedRequest(fields);
  let kept = 0;
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] as HeaderField;
    if (field.kind <= FieldKind.contentLength) {
      if (field.kind === FieldKind.contentLength && !takeLength(request, field)) return undefined;
      fields[kept++] = field;
    } else if (kept > 0 || !takePseudo(request, field)) {
      return undefined;
    }
  }
  fields.length = kept;
  return isComplete(request) ? request : undefined;
}

/** Whether the header list may end a request. */
export function areTrailers(fields: readonly HeaderField[]): boolean {
  return fields.every((field) => field.kind <= FieldKind.contentLength);
}

/** False: a length was said before. */
function takeLength(request: CheckedRequest, field: HeaderField): boolean {
  const length = Number(field.value);
  const isFirst = request.contentLength === UNKNOWN;
  request.contentLength = length;
  return isFirst;
}

/** False: not one that a request has, malformed, or a second one. */
function takePseudo(request: CheckedRequest, field: HeaderField): boolean {
  switch (field.kind) {
    case FieldKind.method:
      if (request.method !== '') return false;
      request.method = field.value;
      return true;
    case FieldKind.scheme:
      if (request.scheme !== '') return false;
      request.scheme = field.value;
      return true;
    case FieldKind.authority:
      if (request.authority !== '') return false;
      request.authority = field.value;
      return true;
    case FieldKind.path:
      if (request.path !== '') return false;
      request.path = field.value;
      return true;
    default:
      return false;
  }
}

function isComplete(request: CheckedRequest): boolean {
  const { method, scheme, authority, path } = request;
  if (method === 'CONNECT') return scheme === '' && path === '' && authority !== '';
  return method !== '' && scheme !== '' && path !== '';
}
