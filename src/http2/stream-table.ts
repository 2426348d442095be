/** The streams of a connection: which ids are open, were used, or were cut off by us lately. */
import { assert } from '../base/assert.ts';
import type { ControlQueue } from './control-queue.ts';
import { ErrorCode } from './error-code.ts';
import type { FloodGuard } from './flood-guard.ts';
import { WINDOW_BYTES_DEFAULT, WINDOW_BYTES_MAX } from './frame.ts';
import type { HeldBytes } from './held-bytes.ts';
import { SendQueue } from './send-queue.ts';
import { STREAM_WINDOW_BYTES, Stream, type StreamHost } from './stream.ts';
import { StreamMap } from './stream-map.ts';
import type { StreamUser } from './stream-port.ts';

/**
 * So many streams that we reset before their requests had ended are remembered, as their frames
 * may be under way. Frames for a forgotten one are answered by STREAM_CLOSED.
 */
export const RECENT_RESETS_MAX = 1024;
/** What an open stream is counted as holding, besides the fields of its request. */
export const HELD_BYTES_PER_STREAM = 1024;

export interface TableParts {
  readonly control: ControlQueue;
  readonly guard: FloodGuard;
  readonly held: HeldBytes;
}

export class StreamTable implements StreamHost {
  readonly #streams = new StreamMap();
  readonly #recentResets = new Set<number>();
  readonly #control: ControlQueue;
  readonly #guard: FloodGuard;
  readonly #onChange: () => void;
  /** What all of the streams hold, and what waits to be sent on them. */
  readonly held: HeldBytes;
  readonly sendQueue: SendQueue;
  /** Streams whose users queued more than there was room for. */
  readonly #overdrawn = new Set<Stream>();
  #initialSendWindow: number = WINDOW_BYTES_DEFAULT;
  #lastId = 0;
  /** Ids between these two, both used, were passed over last. */
  #passedOverFrom = 0;
  #passedOverTo = 0;

  /** `onChange`: a user did something that the next flush must see to. */
  constructor({ control, guard, held }: TableParts, onChange: () => void) {
    this.#control = control;
    this.#guard = guard;
    this.#onChange = onChange;
    this.held = held;
    this.sendQueue = new SendQueue(held, (stream) => this.#onSent(stream));
  }

  get size(): number {
    return this.#streams.size;
  }

  /** The highest id that the peer has used. */
  get lastId(): number {
    return this.#lastId;
  }

  get(id: number): Stream | undefined {
    return this.#streams.get(id);
  }

  /** Whether the peer has not come to the id; it never comes to an even one. */
  isIdle(id: number): boolean {
    return id > this.#lastId || (id & 1) === 0;
  }

  /** Whether the peer never used the id and has passed it: known of the last gap alone. */
  wasPassedOver(id: number): boolean {
    return id > this.#passedOverFrom && id < this.#passedOverTo;
  }

  /** Whether we reset the stream lately, before its request had ended. */
  wasResetByUs(id: number): boolean {
    return this.#recentResets.has(id);
  }

  /** The peer used an idle id, whatever becomes of the request. */
  use(id: number): void {
    if (id > this.#lastId + 2) {
      this.#passedOverFrom = this.#lastId;
      this.#passedOverTo = id;
    }
    this.#lastId = id;
  }

  /** `fieldBytes`: what the fields of its request take. */
  open(id: number, fieldBytes: number): Stream {
    const stream = new Stream(id, this, this.#initialSendWindow);
    stream.ownBytes = HELD_BYTES_PER_STREAM + fieldBytes;
    this.held.add(stream.ownBytes);
    this.#streams.add(stream);
    return stream;
  }

  /** Resets an id that has no stream; `isEnded`: its request has. May throw Http2Error. */
  refuse(id: number, code: ErrorCode, isEnded: boolean): void {
    this.#guard.count('badRequests');
    this.#reset(id, code, isEnded);
  }

  /** Resets a stream on which a rule or limit was broken. May throw Http2Error. */
  cutOff(stream: Stream, code: ErrorCode): void {
    this.#guard.count('badRequests');
    const user = this.#remove(stream);
    this.#reset(stream.id, code, stream.isRequestEnded);
    user?.onCancel();
  }

  /** The request of the stream is complete, unless content-length said more. */
  endRequest(stream: Stream): void {
    if (stream.bodyBytesLeft > 0) {
      this.cutOff(stream, ErrorCode.PROTOCOL_ERROR);
      return;
    }
    stream.isRequestEnded = true;
    stream.user?.onEnd();
  }

  onResetByPeer(stream: Stream): void {
    this.#remove(stream)?.onCancel();
  }

  /** The connection is gone. */
  cancelAll(): void {
    for (const stream of this.#streams.values()) this.#remove(stream)?.onCancel();
    this.#recentResets.clear();
  }

  onResetByUser(stream: Stream, code: ErrorCode): void {
    this.#remove(stream);
    this.#reset(stream.id, code, stream.isRequestEnded);
    this.#onChange();
  }

  onQueued(stream: Stream, bytes: number): void {
    this.sendQueue.add(stream, bytes);
    this.#onChange();
  }

  mayQueue(stream: Stream, bytes: number): boolean {
    if (stream.isOverdrawn) return false;
    if (this.held.hasRoom(bytes)) return true;
    stream.isOverdrawn = true;
    stream.headers = undefined;
    this.sendQueue.remove(stream);
    this.#overdrawn.add(stream);
    this.#onChange();
    return false;
  }

  /** Ends the streams for whose answers there was no room. */
  cutOffOverdrawn(): void {
    for (const stream of this.#overdrawn) {
      const user = this.#remove(stream);
      this.#reset(stream.id, ErrorCode.ENHANCE_YOUR_CALM, stream.isRequestEnded);
      user?.onCancel();
    }
  }

  onWindowGrown(stream: Stream, increment: number): void {
    this.#control.windowUpdate(stream.id, increment);
    this.#onChange();
  }

  onCredited(bytes: number): void {
    this.held.release(bytes);
  }

  /** The user of the stream gets so many bytes. */
  hold(stream: Stream, bytes: number): void {
    stream.heldBytes += bytes;
    this.held.add(bytes);
  }

  /** The peer takes `increment` more bytes on the stream; false: more than there can be. */
  growSendWindow(stream: Stream, increment: number): boolean {
    stream.sendWindow += increment;
    this.sendQueue.resume(stream);
    return stream.sendWindow <= WINDOW_BYTES_MAX;
  }

  /** The peer's windows begin at `bytes`, those of open streams too; false: one is too large. */
  setInitialSendWindow(bytes: number): boolean {
    const change = bytes - this.#initialSendWindow;
    if (change === 0) return true;
    this.#initialSendWindow = bytes;
    let isValid = true;
    for (const stream of this.#streams.values()) {
      if (!this.growSendWindow(stream, change)) isValid = false;
    }
    return isValid;
  }

  checkInvariants(): void {
    let heldBytes = 0;
    this.#streams.checkInvariants();
    for (const stream of this.#streams.values()) {
      const { id } = stream;
      heldBytes += stream.ownBytes + stream.heldBytes + stream.body.length;
      assert(!stream.isClosed, 'stream table: a stream that is closed');
      assert(!this.isIdle(id), 'stream table: a stream whose id is idle');
      assert(!this.#recentResets.has(id), 'stream table: an open stream that was reset');
      assert(stream.receiveWindow >= 0, 'stream table: more was received than the window');
      assert(stream.heldBytes >= 0, 'stream table: more was credited than received');
      const isUsual = stream.receiveWindow + stream.heldBytes <= STREAM_WINDOW_BYTES;
      assert(isUsual || stream.receiveWindow <= WINDOW_BYTES_MAX, 'stream table: a large window');
    }
    assert(heldBytes === this.held.bytes, 'stream table: held bytes miscounted');
    this.held.checkInvariants();
    for (const stream of this.#overdrawn) {
      assert(!stream.isClosed, 'stream table: an overdrawn stream that is closed');
    }
    assert(this.#recentResets.size <= RECENT_RESETS_MAX, 'stream table: remembers too much');
    this.sendQueue.checkInvariants(this.#streams.values());
  }

  #onSent(stream: Stream): void {
    this.#remove(stream);
    if (!stream.isRequestEnded) this.#reset(stream.id, ErrorCode.NO_ERROR, false);
  }

  /** Closes the stream; returns who is to be told, if its end was not the user's own doing. */
  #remove(stream: Stream): StreamUser | undefined {
    const { user } = stream;
    stream.user = undefined;
    stream.isClosed = true;
    this.sendQueue.remove(stream);
    this.held.release(stream.ownBytes + stream.heldBytes);
    stream.ownBytes = 0;
    stream.heldBytes = 0;
    if (stream.isOverdrawn) this.#overdrawn.delete(stream);
    this.#streams.remove(stream);
    return user;
  }

  #reset(id: number, code: ErrorCode, isRequestEnded: boolean): void {
    this.#control.reset(id, code);
    if (isRequestEnded) return;
    if (this.#recentResets.size === RECENT_RESETS_MAX) {
      for (const oldest of this.#recentResets) {
        this.#recentResets.delete(oldest);
        break;
      }
    }
    this.#recentResets.add(id);
  }
}
