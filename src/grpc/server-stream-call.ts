/** Calls with one request and any number of answers. */
import { copyBytes } from '../base/bytes.ts';
import type { StreamUser } from '../http2/index.ts';
import type { ServerStreamCall, ServiceMethod } from './call.ts';
import { expectRest, MessageReader } from './message-reader.ts';
import { receivedMessage } from './received-message.ts';
import { type CallRequest, ServedCall } from './served-call.ts';
import type { MethodScope } from './server-scope.ts';

type Handler = Extract<ServiceMethod, { kind: 'server-stream' }>['handler'];

export class ServedStreamCall extends ServedCall implements ServerStreamCall {
  #drainListener: (() => void) | undefined = undefined;

  send(message: Uint8Array): boolean {
    return this.open ? this.sendMessage(message) : true;
  }

  sendPieces(pieces: readonly Uint8Array[]): boolean {
    return this.open ? this.sendMessagePieces(pieces) : true;
  }

  onDrain(listener: () => void): void {
    this.#drainListener = listener;
  }

  end(): void {
    this.finish();
  }

  /** The client has taken enough of what was sent. */
  drained(): void {
    if (!this.unblock() || !this.open) return;
    const listener = this.#drainListener;
    if (listener !== undefined) this.tell(listener);
  }
}

/** Hands the handler the one message once the body has ended behind it. */
export class ServerStreamIntake implements StreamUser {
  readonly #call: ServedStreamCall;
  readonly #scope: MethodScope;
  readonly #handler: Handler;
  readonly #request: CallRequest;
  readonly #reader: MessageReader;
  #message: Uint8Array | undefined = undefined;

  constructor(scope: MethodScope, handler: Handler, request: CallRequest) {
    this.#scope = scope;
    this.#handler = handler;
    this.#request = request;
    this.#reader = new MessageReader(scope.server.messageBytesMax);
    this.#call = new ServedStreamCall(scope, request);
    this.#call.started();
  }

  onData(bytes: Uint8Array): void {
    const reader = this.#reader;
    reader.push(bytes);
    while (this.#call.open && reader.read()) this.#take();
    if (reader.failure !== undefined) this.#call.fail(reader.failure);
    reader.settle();
    expectRest(reader, this.#request.stream);
  }

  onEnd(): void {
    const call = this.#call;
    const message = this.#message;
    if (this.#reader.isInMessage) {
      call.fail({ code: 'Internal', message: 'unexpected EOF' });
    } else if (message === undefined) {
      call.fail(violation('received no request message from non-client-streaming RPC'));
    } else if (call.open) {
      this.#message = undefined;
      try {
        this.#handler(call, message);
      } catch (error) {
        call.caught(error);
      }
    }
  }

  onCancel(): void {
    this.#call.lost();
  }

  onDrain(): void {
    this.#call.drained();
  }

  #take(): void {
    const { format } = this.#request;
    const message = receivedMessage(this.#reader, format.isGzip, this.#scope.server);
    if (!(message instanceof Uint8Array)) {
      this.#call.fail(message);
    } else if (this.#message !== undefined) {
      const what = 'received multiple request messages for non-client-streaming RPC';
      this.#call.fail(violation(what));
    } else {
      this.#call.received(message);
      // Small, and kept until the body ends: a view would pin all that was read with it.
      this.#message = copyBytes(message);
    }
  }
}

function violation(what: string): { code: 'Internal'; message: string } {
  return { code: 'Internal', message: `cardinality violation: ${what}` };
}
