/**
 * Handlers that do all that handlers may, and what they should not: answer now, later, never, too
 * much; pause, fail, throw. What one does follows from the script's seed and its stream alone, so
 * that steps can be taken out of a script without changing the rest.
 */
import type {
  BidiCall,
  Call,
  ServerStreamCall,
  ServiceMethod,
  ServiceTable,
  UnaryCall,
} from '../../src/grpc/index.ts';
import { SERVICES } from '../../src/pb/index.ts';
import { SeededRandom } from '../sim/seeded-random.ts';
import { FuzzFailure } from './fuzz-failure.ts';

/** Thrown by handlers on purpose. */
export class HandlerBug extends Error {
  override readonly name = 'HandlerBug';
}

/** A call as its handler saw it. */
export class SeenCall {
  readonly streamId: number;
  readonly path: string;
  readonly received: Uint8Array[] = [];
  readonly sent: Uint8Array[] = [];
  ended = 0;
  cancelled = 0;

  constructor(streamId: number, path: string) {
    this.streamId = streamId;
    this.path = path;
  }
}

type Action = () => void;

const LARGE = new Uint8Array(100_000).fill(7);
const FILL_BYTES = 150_000;

export class FuzzHandlers {
  readonly table: ServiceTable = new Map(
    SERVICES.flatMap(({ methods }) => Object.values(methods)).map((method) => [
      method.path,
      this.#method(method),
    ]),
  );
  /** Calls of the script at hand, in the order of their beginnings. */
  calls: SeenCall[] = [];
  /** The stream whose bytes are being taken. */
  currentStream = 0;
  #seed = 0;
  /** What handlers have still to do, the oldest first. */
  #waiting: Action[] = [];
  /** Everybody answers at once. */
  #isFinishing = false;

  /** Begins a script. */
  reset(seed: number): void {
    this.calls = [];
    this.#seed = seed;
    this.#waiting = [];
    this.#isFinishing = false;
  }

  /** Actions that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A handler that waits goes on. */
  act(pick: number): void {
    const [action] = this.#waiting.splice(pick % Math.max(this.#waiting.length, 1), 1);
    action?.();
  }

  /** All handlers come to an end, now and from now on. */
  finish(): void {
    this.#isFinishing = true;
    while (this.#waiting.length > 0) this.act(0);
  }

  /** A draw that depends on the seed, the stream and `what` alone. */
  choice(bound: number, what: number): number {
    const mixed = Math.imul(this.#seed ^ Math.imul(this.currentStream, 0x9e3779b1), 0x85ebca6b);
    return new SeededRandom(mixed + what).below(bound);
  }

  /** Does it now, when a step says so, or in the end. */
  soon(isNow: boolean, action: Action): void {
    if (isNow || this.#isFinishing) action();
    else this.#waiting.push(action);
  }

  #method({
    path,
    requestStream,
    responseStream,
  }: {
    readonly path: string;
    readonly requestStream: boolean;
    readonly responseStream: boolean;
  }): ServiceMethod {
    if (requestStream) return { kind: 'bidi', handler: (call) => this.#bidi(call, path) };
    if (!responseStream) {
      return { kind: 'unary', handler: (call, request) => this.#unary(call, path, request) };
    }
    const handler = (call: ServerStreamCall, request: Uint8Array): void => {
      const seen = this.#seen(call, path);
      seen.received.push(request);
      this.#serverStream(call, seen, request);
    };
    return { kind: 'server-stream', handler };
  }

  #seen(call: Call, path: string): SeenCall {
    const seen = new SeenCall(this.currentStream, path);
    this.calls.push(seen);
    call.onEnd(() => {
      seen.ended++;
      if (seen.ended > 1) throw new FuzzFailure('a call ended twice', path);
    });
    call.onCancel(() => {
      seen.cancelled++;
      if (!call.cancelled) throw new FuzzFailure('onCancel of a call that is not cancelled', path);
      if (seen.cancelled > 1) throw new FuzzFailure('a call was cancelled twice', path);
    });
    return seen;
  }

  #unary(call: UnaryCall, path: string, request: Uint8Array): void {
    const seen = this.#seen(call, path);
    seen.received.push(request);
    const reply = (bytes: Uint8Array): void => {
      if (seen.ended === 0) seen.sent.push(bytes);
      call.reply(bytes);
      call.reply(bytes);
    };
    switch (this.#isFinishing ? 0 : this.choice(12, 1)) {
      case 8:
        this.soon(false, () => reply(request));
        break;
      case 9:
        this.soon(this.choice(2, 2) === 0, () => call.fail({ code: 'Aborted', message: 'é%\n' }));
        break;
      case 10:
        this.soon(this.choice(2, 2) === 0, () => reply(LARGE));
        break;
      case 11:
        if (this.choice(2, 2) === 0) throw new HandlerBug(path);
        this.soon(false, () => call.abort({ code: 'Unavailable', message: 'stopping' }));
        break;
      default:
        reply(request);
    }
  }

  #serverStream(call: ServerStreamCall, seen: SeenCall, request: Uint8Array): void {
    const send = (bytes: Uint8Array): boolean => {
      if (seen.ended === 0) seen.sent.push(bytes);
      return call.send(bytes);
    };
    switch (this.#isFinishing ? 0 : this.choice(6, 1)) {
      case 1:
        // Heeds no back-pressure.
        for (let at = 0; at < 5; at++) send(LARGE);
        this.soon(this.choice(2, 2) === 0, () => call.end());
        break;
      case 2:
        this.#fill(call, send);
        break;
      case 3:
        send(request);
        this.soon(false, () => {
          send(request);
          call.fail({ code: 'OutOfRange', message: '' });
        });
        break;
      case 4: {
        const part = LARGE.subarray(this.choice(LARGE.length, 3));
        this.soon(false, () => send(part));
        this.soon(false, () => call.end());
        break;
      }
      case 5:
        send(request);
        throw new HandlerBug(seen.path);
      default:
        send(request);
        send(new Uint8Array());
        call.end();
    }
  }

  /** Sends as much as it should, and goes on when there is room. */
  #fill(call: ServerStreamCall, send: (bytes: Uint8Array) => boolean): void {
    const size = 1 + this.choice(20_000, 4);
    let left = FILL_BYTES;
    const go = (): void => {
      while (left > 0) {
        left -= size;
        if (!send(LARGE.subarray(0, size))) return;
      }
      call.end();
    };
    call.onDrain(go);
    go();
  }

  #bidi(call: BidiCall, path: string): void {
    const seen = this.#seen(call, path);
    const behaviour = this.#isFinishing ? 0 : this.choice(8, 1);
    call.onMessage((message) => {
      if (seen.ended > 0) throw new FuzzFailure('a message after the end of its call', path);
      seen.received.push(message);
      this.#answerOne(call, seen, { behaviour, message });
    });
    call.onHalfClose(() => this.soon(behaviour !== 1, () => call.end()));
    if (behaviour === 2) call.pause();
    if (behaviour === 2) this.soon(false, () => call.resume());
    if (behaviour === 3) this.soon(false, () => call.fail({ code: 'Internal', message: 'x' }));
    if (behaviour === 4 && this.choice(4, 5) === 0) throw new HandlerBug(path);
    // A call whose client never ends it comes to an end all the same.
    this.soon(false, () => {
      if (this.#isFinishing) call.resume();
    });
  }

  #answerOne(
    call: BidiCall,
    seen: SeenCall,
    { behaviour, message }: { readonly behaviour: number; readonly message: Uint8Array },
  ): void {
    const send = (bytes: Uint8Array): void => {
      if (seen.ended === 0) seen.sent.push(bytes);
      call.send(bytes);
    };
    switch (behaviour) {
      case 4:
        throw new HandlerBug(seen.path);
      case 5:
        send(LARGE);
        break;
      case 6:
        call.pause();
        this.soon(false, () => {
          send(message);
          call.resume();
        });
        break;
      case 7:
        send(message);
        call.end();
        break;
      default:
        send(message);
    }
  }
}
