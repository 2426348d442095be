/** What the header of a request says of its call, or why there will be none. */
import type { RequestHead } from '../http2/index.ts';
import { badBase64At } from './base64.ts';
import { quotedText } from './go-text.ts';
import type { RpcFailure } from './status.ts';
import { parseTimeout } from './timeout.ts';

export interface RequestHeader {
  /** `grpc-encoding`; undefined for identity. */
  readonly encoding: string | undefined;
  /** Of the answers: that of the request. */
  readonly contentType: string;
  readonly timeoutMs: number | undefined;
}

/** A refusal says so in HTTP's words, too. */
export interface Refusal extends RpcFailure {
  readonly httpStatus: string;
  /** As in RequestHeader. */
  readonly contentType: string;
}

const CONTENT_TYPE = 'application/grpc';

/** A call with less time than this is over before it begins. */
const TIMEOUT_MS_MIN = 0.01;

/**
 * Reads the header. Of several mistakes the one is told that grpc-go tells; of repeated fields the
 * last counts.
 */
export function readRequestHeader(request: RequestHead): RequestHeader | Refusal {
  let contentType = '';
  let badContentType = '';
  let encoding: string | undefined;
  let timeoutMs: number | undefined;
  let malformed = '';
  let hosts = 0;
  for (const { name, value } of request.fields) {
    switch (name) {
      case 'content-type':
        if (isGrpc(value)) contentType = value;
        else badContentType = value;
        break;
      case 'grpc-encoding':
        encoding = value;
        break;
      case 'grpc-timeout': {
        const timeout = parseTimeout(value);
        if (typeof timeout === 'number') timeoutMs = timeout;
        else malformed = `malformed grpc-timeout: ${timeout}`;
        break;
      }
      case 'host':
        hosts++;
        break;
      default:
        if (name.endsWith('-bin')) malformed = malformedBinary(name, value) ?? malformed;
    }
  }
  if (hosts > 1) return badRequest(answerType(contentType), hostsText(request, hosts));
  if (contentType === '') return unsupported(badContentType);
  contentType = answerType(contentType);
  if (malformed !== '') return badRequest(contentType, malformed);
  if (request.method !== 'POST') return notPost(contentType, request.method);
  if (timeoutMs !== undefined && timeoutMs < TIMEOUT_MS_MIN) return tooLate(contentType);
  if (encoding === '' || encoding === 'identity') encoding = undefined;
  return { encoding, contentType, timeoutMs };
}

/** `application/grpc`, alone or with a subtype behind `+` or `;`. */
function isGrpc(contentType: string): boolean {
  if (contentType === CONTENT_TYPE) return true;
  if (!contentType.startsWith(CONTENT_TYPE)) return false;
  const separator = contentType[CONTENT_TYPE.length];
  return separator === '+' || separator === ';';
}

function answerType(contentType: string): string {
  if (contentType.length <= CONTENT_TYPE.length + 1) return CONTENT_TYPE;
  return `${CONTENT_TYPE}+${contentType.slice(CONTENT_TYPE.length + 1)}`;
}

function malformedBinary(name: string, value: string): string | undefined {
  const at = badBase64At(value);
  if (at < 0) return undefined;
  const what = `malformed binary metadata ${quotedText(value)} in header ${quotedText(name)}`;
  return `${what}: illegal base64 data at input byte ${at}`;
}

function hostsText(request: RequestHead, hosts: number): string {
  const authorities = request.authority === '' ? 0 : 1;
  const counts = `num values of :authority: ${authorities}, num values of host: ${hosts}`;
  return `${counts}, both must only have 1 value as per HTTP/2 spec`;
}

function badRequest(contentType: string, message: string): Refusal {
  return { httpStatus: '400', contentType, code: 'Internal', message };
}

function unsupported(contentType: string): Refusal {
  const message = `invalid gRPC request content-type ${quotedText(contentType)}`;
  return { httpStatus: '415', contentType: CONTENT_TYPE, code: 'InvalidArgument', message };
}

function notPost(contentType: string, method: string): Refusal {
  const message = `Received a HEADERS frame with :method ${quotedText(method)} which should be POST`;
  return { httpStatus: '405', contentType, code: 'Internal', message };
}

function tooLate(contentType: string): Refusal {
  const message = 'context deadline exceeded';
  return { httpStatus: '200', contentType, code: 'DeadlineExceeded', message };
}
