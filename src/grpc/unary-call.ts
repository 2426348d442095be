/** Calls with one request and one answer. */
import { readU32Be } from '../base/bytes.ts';
import type { StreamUser } from '../http2/index.ts';
import type { ServiceMethod, UnaryCall } from './call.ts';
import { PREFIX_BYTES } from './message-prefix.ts';
import { expectRest, MessageReader } from './message-reader.ts';
import { receivedMessage } from './received-message.ts';
import { type CallRequest, ServedCall } from './served-call.ts';
import type { MethodScope } from './server-scope.ts';

type Handler = Extract<ServiceMethod, { kind: 'unary' }>['handler'];

class ServedUnaryCall extends ServedCall implements UnaryCall {
  reply(response: Uint8Array): void {
    this.finish(response);
  }
}

/**
 * Hands the handler the first message as soon as it is complete, without waiting for the end of
 * the body; what follows it is dropped, as grpc-go does it.
 */
export class UnaryIntake implements StreamUser {
  readonly #call: ServedUnaryCall;
  readonly #scope: MethodScope;
  readonly #handler: Handler;
  readonly #request: CallRequest;
  #reader: MessageReader | undefined = undefined;
  #isServed = false;

  constructor(scope: MethodScope, handler: Handler, request: CallRequest) {
    this.#scope = scope;
    this.#handler = handler;
    this.#request = request;
    this.#call = new ServedUnaryCall(scope, request);
  }

  onData(bytes: Uint8Array): void {
    if (this.#isServed || !this.#call.open) return;
    if (this.#reader === undefined) {
      const end = plainMessageEnd(bytes, this.#scope.server.messageBytesMax);
      if (end > 0) {
        this.#serve(bytes.subarray(PREFIX_BYTES, end));
        return;
      }
      this.#reader = new MessageReader(this.#scope.server.messageBytesMax);
    }
    this.#collect(this.#reader, bytes);
  }

  onEnd(): void {
    if (this.#isServed) return;
    const isCut = this.#reader?.isInMessage === true;
    this.#call.fail({ code: 'Unknown', message: isCut ? 'unexpected EOF' : 'EOF' });
  }

  onCancel(): void {
    this.#call.lost();
  }

  onDrain(): void {}

  #collect(reader: MessageReader, bytes: Uint8Array): void {
    reader.push(bytes);
    if (reader.read()) {
      const message = receivedMessage(reader, this.#request.format.isGzip, this.#scope.server);
      reader.settle();
      if (message instanceof Uint8Array) this.#serve(message);
      else this.#call.fail(message);
    } else if (reader.failure !== undefined) {
      this.#call.fail(reader.failure);
    } else {
      reader.settle();
      expectRest(reader, this.#request.stream);
    }
  }

  #serve(message: Uint8Array): void {
    this.#isServed = true;
    this.#reader = undefined;
    const call = this.#call;
    call.started();
    call.received(message);
    try {
      this.#handler(call, message);
    } catch (error) {
      call.caught(error);
    }
  }
}

/** Where the message at the start of `bytes` ends; 0 when it is cut, compressed or too large. */
function plainMessageEnd(bytes: Uint8Array, messageBytesMax: number): number {
  if (bytes.length < PREFIX_BYTES || bytes[0] !== 0) return 0;
  const length = readU32Be(bytes, 1);
  return length <= messageBytesMax && PREFIX_BYTES + length <= bytes.length
    ? PREFIX_BYTES + length
    : 0;
}
