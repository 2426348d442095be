/** Stands between a stream and its user, and holds either to what they promised one another. */
import type { ErrorCode, Http2Stream, StreamUser } from '../../src/http2/index.ts';
import { expect } from './fuzz-failure.ts';

export class StreamTap implements Http2Stream, StreamUser {
  readonly #stream: Http2Stream;
  readonly #onTurn: (streamId: number) => void;
  #user: StreamUser | undefined;
  /** Body as the user was told. */
  readonly body: Uint8Array[] = [];
  requestEnded = false;
  cancelled = false;
  /** The user ended its answer, or reset the stream. */
  answerEnded = false;
  /** A `send` returned false, and no `onDrain` followed. */
  #isPaused = false;

  /** `onTurn`: told whenever the user is about to be called. */
  constructor(stream: Http2Stream, onTurn: (streamId: number) => void) {
    this.#stream = stream;
    this.#onTurn = onTurn;
  }

  set user(user: StreamUser) {
    this.#user = user;
  }

  get id(): number {
    return this.#stream.id;
  }

  get isOver(): boolean {
    return this.cancelled || this.answerEnded;
  }

  onData(bytes: Uint8Array): void {
    this.#told('onData');
    expect(!this.requestEnded, 'user: onData after onEnd');
    expect(bytes.length > 0, 'user: empty onData');
    this.body.push(bytes.slice());
    this.#user?.onData(bytes);
  }

  onEnd(): void {
    this.#told('onEnd');
    expect(!this.requestEnded, 'user: onEnd twice');
    this.requestEnded = true;
    this.#user?.onEnd();
  }

  onCancel(): void {
    this.#told('onCancel');
    this.cancelled = true;
    this.#user?.onCancel();
  }

  onDrain(): void {
    this.#told('onDrain');
    expect(this.#isPaused, 'user: onDrain without need');
    this.#isPaused = false;
    this.#user?.onDrain();
  }

  sendHeaders(block: Uint8Array): void {
    this.#stream.sendHeaders(block);
  }

  send(bytes: Uint8Array): boolean {
    return this.#sent(this.#stream.send(bytes));
  }

  sendMessage(bytes: Uint8Array): boolean {
    return this.#sent(this.#stream.sendMessage(bytes));
  }

  endWithTrailers(block: Uint8Array): void {
    this.answerEnded = true;
    this.#stream.endWithTrailers(block);
  }

  endWithData(): void {
    this.answerEnded = true;
    this.#stream.endWithData();
  }

  reset(code: ErrorCode): void {
    this.answerEnded = true;
    this.#stream.reset(code);
  }

  credit(bytes: number): void {
    this.#stream.credit(bytes);
  }

  expect(bytes: number): void {
    this.#stream.expect(bytes);
  }

  #sent(hasRoom: boolean): boolean {
    if (!hasRoom) this.#isPaused = true;
    return hasRoom;
  }

  #told(what: string): void {
    expect(!this.cancelled, `user: ${what} after onCancel`, `stream ${this.id}`);
    expect(!this.answerEnded, `user: ${what} after the answer's end`, `stream ${this.id}`);
    this.#onTurn(this.id);
  }
}
