/** What the header of a request says of its call, or why there will be none. */
import type { RequestHead } from '../http2/index.ts';
import { badBase64At } from './base64.ts';
import { quotedText } from './go-text.ts';
import type { RpcFailure } from './status.ts';
import { parseTimeout } from './timeout.ts';

/** Why a request is no call; it is said in HTTP's words, too. */
export interface Refusal extends RpcFailure {
  readonly httpStatus: string;
}

const CONTENT_TYPE = 'application/grpc';

/** A call with less time than this is over before it begins. */
const TIMEOUT_MS_MIN = 0.01;

/** Of repeated fields the last counts. */
export class RequestHeader {
  /** Of the answer: that of the request, if it is one of gRPC's. */
  readonly contentType: string;
  /** `grpc-encoding`; undefined for identity. */
  readonly encoding: string | undefined;
  readonly timeoutMs: number | undefined;
  /** Of several mistakes the one that grpc-go tells. */
  readonly refusal: Refusal | undefined;

  constructor(request: RequestHead) {
    const found = new FieldsFound();
    for (const { name, value } of request.fields) found.add(name, value);
    const { encoding } = found;
    this.contentType = answerType(found.contentType);
    this.encoding = encoding === '' || encoding === 'identity' ? undefined : encoding;
    this.timeoutMs = found.timeoutMs;
    this.refusal = refusalOf(request, found);
  }
}

/** What there is among the fields of a request. */
class FieldsFound {
  contentType = '';
  badContentType = '';
  encoding: string | undefined = undefined;
  timeoutMs: number | undefined = undefined;
  malformed = '';
  hosts = 0;

  add(name: string, value: string): void {
    switch (name) {
      case 'content-type':
        if (isGrpc(value)) this.contentType = value;
        else this.badContentType = value;
        break;
      case 'grpc-encoding':
        this.encoding = value;
        break;
      case 'grpc-timeout':
        this.#addTimeout(parseTimeout(value));
        break;
      case 'host':
        this.hosts++;
        break;
      default:
        if (name.endsWith('-bin')) this.#addBinary(name, value);
    }
  }

  #addTimeout(timeout: number | string): void {
    if (typeof timeout === 'number') this.timeoutMs = timeout;
    else this.malformed = `malformed grpc-timeout: ${timeout}`;
  }

  #addBinary(name: string, value: string): void {
    const at = badBase64At(value);
    if (at < 0) return;
    const what = `malformed binary metadata ${quotedText(value)} in header ${quotedText(name)}`;
    this.malformed = `${what}: illegal base64 data at input byte ${at}`;
  }
}

function refusalOf(request: RequestHead, found: FieldsFound): Refusal | undefined {
  const { hosts, contentType, badContentType, malformed, timeoutMs } = found;
  if (hosts > 1) return badRequest(hostsText(request, hosts));
  if (contentType === '') return unsupported(badContentType);
  if (malformed !== '') return badRequest(malformed);
  if (request.method !== 'POST') return notPost(request.method);
  return timeoutMs !== undefined && timeoutMs < TIMEOUT_MS_MIN ? TOO_LATE : undefined;
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

function hostsText(request: RequestHead, hosts: number): string {
  const authorities = request.authority === '' ? 0 : 1;
  const counts = `num values of :authority: ${authorities}, num values of host: ${hosts}`;
  return `${counts}, both must only have 1 value as per HTTP/2 spec`;
}

function badRequest(message: string): Refusal {
  return { httpStatus: '400', code: 'Internal', message };
}

function unsupported(contentType: string): Refusal {
  const message = `invalid gRPC request content-type ${quotedText(contentType)}`;
  return { httpStatus: '415', code: 'InvalidArgument', message };
}

function notPost(method: string): Refusal {
  const message = `Received a HEADERS frame with :method ${quotedText(method)} which should be POST`;
  return { httpStatus: '405', code: 'Internal', message };
}

const TOO_LATE: Refusal = {
  httpStatus: '200',
  code: 'DeadlineExceeded',
  message: 'context deadline exceeded',
};
