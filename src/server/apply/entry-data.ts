/**
 * What a normal entry holds: an InternalRaftRequest, or from a member up to 3.5 a v2 Request
 * (bare, or in field `v2`), of which only the two that 3.5 still writes mean anything:
 * a member's attributes and the cluster version (compat-facts 9).
 */

import { defined } from '../../base/assert.ts';
import {
  type FieldDescriptor,
  InternalRaftRequest,
  type RequestHeader,
  V2Request,
  WireError,
  Writer,
} from '../../pb/index.ts';
import type { RequestKind, RequestOf } from './requests.ts';

const ATTRIBUTES_PATH = /^\/0\/members\/([0-9a-f]{1,16})\/attributes$/;
const VERSION_PATH = '/0/version';

const FIELDS: ReadonlyMap<string, FieldDescriptor> = new Map(
  InternalRaftRequest.fields.map((field) => [field.name, field]),
);
const HEADER = FIELDS.get('header') as FieldDescriptor;
/** A value that is as many bytes as the number before it says. */
const WIRE_TYPE_LENGTH = 2;

const writer = new Writer();

/**
 * The encoding of an InternalRaftRequest with these two, which is not made for it: it would have one
 * field for each kind of request. Good until the next call.
 */
export function encodedEntry<K extends RequestKind>(
  header: RequestHeader,
  kind: K,
  request: RequestOf[K],
): Uint8Array {
  const field = defined(FIELDS.get(kind), 'each kind of request is a field');
  writer.reset();
  // From back to front, so the higher number first.
  if (field.number > HEADER.number) writeField(field, request);
  writeField(HEADER, header);
  if (field.number < HEADER.number) writeField(field, request);
  return writer.view();
}

function writeField({ number, message }: FieldDescriptor, value: object): void {
  const mark = writer.length;
  defined(message, 'requests are messages')().write(value, writer);
  writer.delimit(mark);
  writer.tag((number << 3) | WIRE_TYPE_LENGTH);
}

/** The request in its v3 form; undefined for a v2 request that has no effect any more. */
export function decodeEntry(data: Uint8Array): InternalRaftRequest | undefined {
  const request = decodeRequest(data);
  return 'path' in request ? fromV2(request) : request;
}

/** The request as it was proposed. Throws WireError for bytes that are neither form. */
export function decodeRequest(data: Uint8Array): InternalRaftRequest | V2Request {
  let request: InternalRaftRequest;
  try {
    request = InternalRaftRequest.decode(data);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return V2Request.decode(data);
  }
  return request.v2 ?? request;
}

/** Whether a v2 request says what members of 3.5 still say so: their attributes, the version. */
export function isMembershipV2({ method, path }: V2Request): boolean {
  return method === 'PUT' && (path === VERSION_PATH || ATTRIBUTES_PATH.test(path));
}

/** In its v3 form; undefined when it has no effect any more. */
export function fromV2(request: V2Request): InternalRaftRequest | undefined {
  if (!isMembershipV2(request)) return undefined;
  if (request.path === VERSION_PATH) {
    return InternalRaftRequest.create({ ID: request.ID, clusterVersionSet: { ver: request.val } });
  }
  const member = ATTRIBUTES_PATH.exec(request.path)?.[1];
  const attributes = member === undefined ? undefined : parseAttributes(request.val);
  if (member === undefined || attributes === undefined) return undefined;
  return InternalRaftRequest.create({
    ID: request.ID,
    clusterMemberAttrSet: { memberID: BigInt(`0x${member}`), memberAttributes: attributes },
  });
}

/** Undefined when the value is not the JSON of attributes: such an entry changes nothing. */
function parseAttributes(json: string): { name: string; clientUrls: string[] } | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof raw !== 'object' || raw === null) return undefined;
  const fields = raw as Record<string, unknown>;
  const name = fields['name'];
  const urls = fields['clientURLs'];
  return {
    name: typeof name === 'string' ? name : '',
    clientUrls: Array.isArray(urls) ? urls.filter((url) => typeof url === 'string') : [],
  };
}
