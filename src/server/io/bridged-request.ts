/** One HTTP/2 request on its way to a `node:http` server, and the answer on its way back. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { copyBytes } from '../../base/bytes.ts';
import { encodeHeaderBlock } from '../../http2/hpack/index.ts';
import {
  ErrorCode,
  type Http2Stream,
  type RequestHead,
  type StreamUser,
} from '../../http2/index.ts';
import { answerFields, requestFields } from './http-fields.ts';
import type { SocketPair } from './socket-pair.ts';

/** What the answer to an HTTP request needs of a stream. */
export type AnswerStream = Pick<
  Http2Stream,
  'sendHeaders' | 'send' | 'endWithData' | 'reset' | 'credit'
>;

export class BridgedRequest implements StreamUser {
  readonly #stream: AnswerStream;
  readonly #connection: SocketPair;
  readonly #request: ClientRequest;
  #answer: IncomingMessage | undefined;
  /** The stream has ended, or all of its answer is queued. */
  #isOver = false;

  /**
   * Begins the request on `connection`, which is closed when the answer is complete. What HTTP/2
   * lets pass in a request, HTTP/1.1 can carry.
   */
  constructor(stream: AnswerStream, head: RequestHead, hasBody: boolean, connection: SocketPair) {
    this.#stream = stream;
    this.#connection = connection;
    this.#request = httpRequest({
      method: head.method,
      path: head.path,
      headers: requestFields(head, hasBody),
      createConnection: () => connection.client,
    });
    this.#request.on('response', (answer) => this.#begin(answer));
    this.#request.on('error', () => this.#failed());
    // The server ends it behind its answer, whether or not it took all of the body.
    connection.client.once('end', () => connection.client.destroy());
    if (hasBody) this.#request.flushHeaders();
  }

  onData(bytes: Uint8Array): void {
    if (this.#isOver) return;
    // A copy, as a handler may be slow to take it: a view would pin all that was read with it.
    this.#request.write(copyBytes(bytes), () => this.#stream.credit(bytes.length));
  }

  onEnd(): void {
    this.#request.end();
  }

  onCancel(): void {
    this.#isOver = true;
    this.#cut();
  }

  onDrain(): void {
    this.#answer?.resume();
  }

  #begin(answer: IncomingMessage): void {
    this.#answer = answer;
    this.#stream.sendHeaders(encodeHeaderBlock(answerFields(answer)));
    answer.on('data', (chunk: Buffer) => {
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
      if (!this.#stream.send(bytes)) answer.pause();
    });
    answer.on('end', () => {
      if (this.#isOver) return;
      this.#isOver = true;
      this.#stream.endWithData();
    });
    answer.on('error', () => this.#failed());
  }

  /** The server gave up on the request, before its answer or in the middle of it. */
  #failed(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cut();
    this.#stream.reset(ErrorCode.INTERNAL_ERROR);
  }

  /** Both ends: the server's notices nothing while it does not read. */
  #cut(): void {
    this.#connection.server.destroy();
    this.#connection.client.destroy();
  }
}
