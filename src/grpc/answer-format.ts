/** The header blocks of answers, prepared as bytes where they are always the same. */
import { encodeHeaderBlock } from '../http2/hpack/index.ts';
import { type RpcFailure, StatusCode } from './status.ts';
import { encodeStatusMessage } from './status-message.ts';

type Field = readonly [name: string, value: string];

const OK_FIELDS: readonly Field[] = [
  ['grpc-status', '0'],
  ['grpc-message', ''],
];

/** The end of a call that went well. */
export const OK_TRAILERS: Uint8Array = encodeHeaderBlock(OK_FIELDS);

/** What answers of one content type and encoding have in common. */
export class AnswerFormat {
  readonly isGzip: boolean;
  /** The block before the first message. */
  readonly headers: Uint8Array;
  /** The one block of an answer that is OK but has no message. */
  readonly okAlone: Uint8Array;
  readonly #contentType: string;

  constructor(contentType: string, isGzip: boolean) {
    const fields: Field[] = [
      [':status', '200'],
      ['content-type', contentType],
    ];
    this.okAlone = encodeHeaderBlock([...fields, ...OK_FIELDS]);
    if (isGzip) fields.push(['grpc-encoding', 'gzip']);
    this.headers = encodeHeaderBlock(fields);
    this.isGzip = isGzip;
    this.#contentType = contentType;
  }

  /** The one block of an answer without messages; HTTP's status is 200 unless said otherwise. */
  failureAlone(failure: RpcFailure, httpStatus = '200'): Uint8Array {
    return encodeHeaderBlock([
      [':status', httpStatus],
      ['content-type', this.#contentType],
      ...statusFields(failure),
    ]);
  }
}

/** The end of a call that failed after its headers were sent. */
export function failureTrailers(failure: RpcFailure): Uint8Array {
  return encodeHeaderBlock(statusFields(failure));
}

function statusFields({ code, message }: RpcFailure): Field[] {
  return [
    ['grpc-status', String(StatusCode[code])],
    ['grpc-message', encodeStatusMessage(message)],
  ];
}

/** What nearly all clients ask for. */
const COMMON = ['application/grpc', 'application/grpc+proto'].flatMap((contentType) =>
  [false, true].map((isGzip) => ({
    contentType,
    isGzip,
    format: new AnswerFormat(contentType, isGzip),
  })),
);

export function answerFormat(contentType: string, isGzip: boolean): AnswerFormat {
  for (const common of COMMON) {
    if (common.isGzip === isGzip && common.contentType === contentType) return common.format;
  }
  return new AnswerFormat(contentType, isGzip);
}
