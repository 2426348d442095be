/** An HTTP/2 stream without a connection: what a server under test does with it. */

import { concatBytes } from '../../../src/base/bytes.ts';
import type { GrpcStream } from '../../../src/grpc/index.ts';
import { framedMessage } from '../../../src/grpc/message-prefix.ts';
import { type HeaderField, HpackDecoder } from '../../../src/http2/hpack/index.ts';

export type Fields = Readonly<Record<string, string>>;

export class FakeStream implements GrpcStream {
  /** What was done, in order: `headers`, `message`, `end`, `reset`. */
  readonly events: string[] = [];
  /** The answer's first header block, if it is not also its last. */
  headers: Fields | undefined;
  /** The answer's last header block. */
  trailers: Fields | undefined;
  readonly messages: Uint8Array[] = [];
  resetCode: number | undefined;
  credited = 0;
  readonly expected: number[] = [];
  /** What `send` answers. */
  hasRoom = true;

  sendHeaders(block: Uint8Array): void {
    this.events.push('headers');
    this.headers = decoded(block);
  }

  send(bytes: Uint8Array): boolean {
    this.events.push('message');
    this.messages.push(bytes);
    return this.hasRoom;
  }

  sendMessage(bytes: Uint8Array): boolean {
    return this.send(framedMessage(0, bytes));
  }

  endWithTrailers(block: Uint8Array): void {
    this.events.push('end');
    this.trailers = decoded(block);
  }

  reset(code: number): void {
    this.events.push('reset');
    this.resetCode = code;
  }

  credit(bytes: number): void {
    this.credited += bytes;
  }

  expect(bytes: number): void {
    this.expected.push(bytes);
  }

  /** The answer's end as a client sees it. */
  get status(): string {
    return `${this.trailers?.['grpc-status']} ${this.trailers?.['grpc-message']}`;
  }

  /** The body of the answer. */
  get body(): Uint8Array {
    return concatBytes(this.messages);
  }
}

/** Keys stay in the order of the wire. */
function decoded(block: Uint8Array): Fields {
  const fields: HeaderField[] = [];
  new HpackDecoder({ listBytesMax: 1 << 20 }).decode(block, 0, block.length, fields);
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}
