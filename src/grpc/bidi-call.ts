/** Calls with any number of requests and answers. */
import { copyBytes } from '../base/bytes.ts';
import type { StreamUser } from '../http2/index.ts';
import type { BidiCall, ServiceMethod } from './call.ts';
import { PREFIX_BYTES } from './message-prefix.ts';
import { expectRest, MessageReader } from './message-reader.ts';
import { receivedMessage } from './received-message.ts';
import type { CallRequest } from './served-call.ts';
import type { MethodScope } from './server-scope.ts';
import { ServedStreamCall } from './server-stream-call.ts';

type Handler = Extract<ServiceMethod, { kind: 'bidi' }>['handler'];

/**
 * The client gets back the room of a message when the handler has it, so that of a paused call
 * no more waits here than a window, or one message that is larger.
 */
class ServedBidiCall extends ServedStreamCall implements BidiCall {
  readonly #request: CallRequest;
  readonly #reader: MessageReader;
  #messageListener: ((message: Uint8Array) => void) | undefined = undefined;
  #halfCloseListener: (() => void) | undefined = undefined;
  #isPaused = false;
  /** The client has sent all, and the handler was not told yet. */
  #isHalfClosing = false;
  /** The loop of `#deliver` runs. */
  #isDelivering = false;

  constructor(scope: MethodScope, request: CallRequest) {
    super(scope, request);
    this.#request = request;
    this.#reader = new MessageReader(scope.server.messageBytesMax);
  }

  onMessage(listener: (message: Uint8Array) => void): void {
    this.#messageListener = listener;
  }

  onHalfClose(listener: () => void): void {
    this.#halfCloseListener = listener;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
  }

  /** A piece of the body came. */
  take(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    this.#deliver();
  }

  /** The body is complete. */
  halfClose(): void {
    this.#isHalfClosing = true;
    this.#deliver();
  }

  /** Tells the handler what there is, until it pauses. */
  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    let credit = 0;
    while (this.#isFlowing && this.#reader.read()) {
      credit += PREFIX_BYTES + this.#reader.message.length;
      this.#deliverOne();
    }
    this.#isDelivering = false;
    if (credit > 0) this.#request.stream.credit(credit);
    this.#reader.settle();
    if (!this.#isFlowing) return;
    if (this.#reader.failure !== undefined) this.fail(this.#reader.failure);
    else if (this.#isHalfClosing) this.#deliverEnd();
    else expectRest(this.#reader, this.#request.stream);
  }

  get #isFlowing(): boolean {
    return this.open && !this.#isPaused;
  }

  #deliverOne(): void {
    const { format } = this.#request;
    const message = receivedMessage(this.#reader, format.isGzip, this.scope.server);
    if (!(message instanceof Uint8Array)) {
      this.fail(message);
      return;
    }
    this.received(message);
    try {
      // Messages are small and are kept for long: a view would pin all that was read with it.
      this.#messageListener?.(copyBytes(message));
    } catch (error) {
      this.caught(error);
    }
  }

  #deliverEnd(): void {
    this.#isHalfClosing = false;
    if (this.#reader.isInMessage) this.fail({ code: 'Internal', message: 'unexpected EOF' });
    else if (this.#halfCloseListener !== undefined) this.tell(this.#halfCloseListener);
  }
}

/** Runs the handler at once, and hands it messages as they come. */
export class BidiIntake implements StreamUser {
  readonly #call: ServedBidiCall;

  constructor(scope: MethodScope, handler: Handler, request: CallRequest) {
    const call = new ServedBidiCall(scope, request);
    this.#call = call;
    call.started();
    try {
      handler(call);
    } catch (error) {
      call.caught(error);
    }
  }

  onData(bytes: Uint8Array): void {
    if (this.#call.open) this.#call.take(bytes);
  }

  onEnd(): void {
    if (this.#call.open) this.#call.halfClose();
  }

  onCancel(): void {
    this.#call.lost();
  }

  onDrain(): void {
    this.#call.drained();
  }
}
