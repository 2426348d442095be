import { encodeHeaderBlock } from '../../../src/http2/hpack/index.ts';
import type { Http2Stream, StreamAcceptor, StreamUser } from '../../../src/http2/index.ts';

const HEADERS = encodeHeaderBlock([
  [':status', '200'],
  ['content-type', 'text/plain'],
]);
const HELLO = Uint8Array.from('hello, client', (character) => character.charCodeAt(0));

/** Answers a request when it has ended, and gives its body back as it comes. */
class HelloUser implements StreamUser {
  readonly #stream: Http2Stream;

  constructor(stream: Http2Stream) {
    this.#stream = stream;
  }

  onData(bytes: Uint8Array): void {
    this.#stream.credit(bytes.length);
  }

  onEnd(): void {
    this.#stream.sendHeaders(HEADERS);
    this.#stream.send(HELLO);
    this.#stream.endWithData();
  }

  onCancel(): void {}

  onDrain(): void {}
}

/** Answers every request by a few bytes. */
export const HELLO_ACCEPTOR: StreamAcceptor = { accept: (stream) => new HelloUser(stream) };
