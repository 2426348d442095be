/** Header fields between HTTP/2 and HTTP/1.1 (RFC 9113 section 8). */
import type { IncomingMessage } from 'node:http';
import type { RequestHead } from '../../http2/index.ts';

/** Of one connection only: they end at it, in both directions. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Fields of requests that are made anew, or that this hop answers for. */
const REPLACED_FIELDS: ReadonlySet<string> = new Set(['cookie', 'expect', 'host']);

/**
 * The fields of an HTTP/1.1 request, names and values in turn. Interim answers are never sent, so
 * `expect` is left out: clients wait for `100 (Continue)` a moment only.
 */
export function requestFields(head: RequestHead, hasBody: boolean): string[] {
  const host = head.authority === '' ? valuesOf(head, 'host').join() : head.authority;
  const fields = ['host', host, 'connection', 'close'];
  for (const { name, value } of head.fields) {
    if (CONNECTION_FIELDS.has(name) || REPLACED_FIELDS.has(name)) continue;
    fields.push(name, value);
  }
  const crumbs = valuesOf(head, 'cookie');
  if (crumbs.length > 0) fields.push('cookie', crumbs.join('; '));
  // Says itself how the body ends: `node:http` writes that of a GET without any framing.
  if (valuesOf(head, 'content-length').length > 0) return fields;
  if (hasBody) fields.push('transfer-encoding', 'chunked');
  else if (!METHODS_WITHOUT_BODY.has(head.method)) fields.push('content-length', '0');
  return fields;
}

const METHODS_WITHOUT_BODY: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'DELETE',
]);

/** The header fields of an HTTP/2 answer. Repeated ones stay so. */
export function answerFields({ statusCode, rawHeaders }: IncomingMessage): [string, string][] {
  const fields: [string, string][] = [[':status', String(statusCode)]];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (!CONNECTION_FIELDS.has(name)) fields.push([name, rawHeaders[at + 1] ?? '']);
  }
  return fields;
}

function valuesOf({ fields }: RequestHead, name: string): string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}
