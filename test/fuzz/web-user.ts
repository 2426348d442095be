/** Answers requests that are not gRPC, as the bridge to an HTTP server would. */

import { encodeHeaderBlock } from '../../src/http2/hpack/index.ts';
import { ErrorCode, type Http2Stream, type StreamUser } from '../../src/http2/index.ts';
import type { FuzzHandlers } from './fuzz-handlers.ts';

const OK = encodeHeaderBlock([
  [':status', '200'],
  ['content-type', 'text/plain'],
]);
const NO_CONTENT = encodeHeaderBlock([
  [':status', '204'],
  ['x-long', 'z'.repeat(40_000)],
]);
const BODY_BYTES_MAX = 120_000;

export class WebUser implements StreamUser {
  readonly #stream: Http2Stream;
  readonly #handlers: FuzzHandlers;
  readonly #behaviour: number;
  readonly #body: Uint8Array;

  constructor(stream: Http2Stream, handlers: FuzzHandlers) {
    this.#stream = stream;
    this.#handlers = handlers;
    this.#behaviour = handlers.choice(8, 1);
    this.#body = new Uint8Array(handlers.choice(BODY_BYTES_MAX, 2));
    if (this.#behaviour === 1) this.#answer();
  }

  onData(bytes: Uint8Array): void {
    if (this.#behaviour !== 2) this.#stream.credit(bytes.length);
  }

  onEnd(): void {
    switch (this.#behaviour) {
      case 1:
        break;
      case 3:
        this.#handlers.soon(false, () => this.#answer());
        break;
      case 4:
        this.#stream.reset(ErrorCode.INTERNAL_ERROR);
        break;
      case 5:
        this.#stream.endWithTrailers(NO_CONTENT);
        break;
      case 6:
        this.#stream.sendHeaders(OK);
        this.#handlers.soon(false, () => this.#stream.endWithTrailers(TRAILERS));
        break;
      default:
        this.#answer();
    }
  }

  onCancel(): void {}

  onDrain(): void {}

  #answer(): void {
    this.#stream.sendHeaders(OK);
    this.#stream.send(this.#body);
    this.#stream.endWithData();
  }
}

const TRAILERS = encodeHeaderBlock([['x-end', 'yes']]);
