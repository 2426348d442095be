/** DATA frames: counts them against both windows and hands their bodies to the streams' users. */
import { assert } from '../base/assert.ts';
import type { ControlQueue } from './control-queue.ts';
import { ErrorCode } from './error-code.ts';
import type { FloodGuard } from './flood-guard.ts';
import { type Frame, FrameFlag, WINDOW_BYTES_DEFAULT } from './frame.ts';
import { Http2Error } from './http2-error.ts';
import type { Stream } from './stream.ts';
import type { StreamTable } from './stream-table.ts';

/** What a peer may send on a connection, given back at half as it comes, whoever holds it. */
export const CONNECTION_WINDOW_BYTES = 16_777_216;

export class DataReceiver {
  readonly #table: StreamTable;
  readonly #control: ControlQueue;
  readonly #guard: FloodGuard;
  #window: number = CONNECTION_WINDOW_BYTES;
  /** Whose frame it is that has begun; undefined when its body is dropped. */
  #stream: Stream | undefined = undefined;
  #endsStream = false;

  constructor(table: StreamTable, control: ControlQueue, guard: FloodGuard) {
    this.#table = table;
    this.#control = control;
    this.#guard = guard;
    control.windowUpdate(0, CONNECTION_WINDOW_BYTES - WINDOW_BYTES_DEFAULT);
  }

  onDataStart(frame: Frame, payloadBytes: number, bodyBytes: number): void {
    const { streamId } = frame;
    this.#takeFromWindow(payloadBytes);
    this.#endsStream = (frame.flags & FrameFlag.END_STREAM) !== 0;
    this.#stream = undefined;
    if (bodyBytes === 0 && !this.#endsStream) this.#guard.count('emptyData');
    const stream = this.#table.get(streamId);
    if (stream === undefined) {
      this.#onNoStream(streamId);
      return;
    }
    const violation = this.#violation(stream, payloadBytes, bodyBytes);
    if (violation !== undefined) {
      this.#table.cutOff(stream, violation);
      return;
    }
    stream.receiveWindow -= payloadBytes;
    const paddingBytes = payloadBytes - bodyBytes;
    if (paddingBytes > 0 && !this.#endsStream) stream.creditPadding(paddingBytes);
    if (stream.bodyBytesLeft >= 0) stream.bodyBytesLeft -= bodyBytes;
    this.#stream = stream;
  }

  onDataPiece(bytes: Uint8Array, start: number, end: number): void {
    const stream = this.#stream;
    if (stream?.user === undefined) return;
    this.#table.hold(stream, end - start);
    stream.user.onData(bytes.subarray(start, end));
  }

  onDataEnd(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    if (this.#endsStream && stream?.isClosed === false) this.#table.endRequest(stream);
  }

  checkInvariants(): void {
    const isOpen =
      this.#window > CONNECTION_WINDOW_BYTES / 2 && this.#window <= CONNECTION_WINDOW_BYTES;
    assert(isOpen, 'data: the window is beyond its bounds');
  }

  /** As it is given back at half, and a frame is far smaller, no peer can use it up. */
  #takeFromWindow(bytes: number): void {
    this.#window -= bytes;
    if (this.#window > CONNECTION_WINDOW_BYTES / 2) return;
    this.#control.windowUpdate(0, CONNECTION_WINDOW_BYTES - this.#window);
    this.#window = CONNECTION_WINDOW_BYTES;
  }

  #onNoStream(streamId: number): void {
    if (this.#table.isIdle(streamId)) {
      throw new Http2Error('PROTOCOL_ERROR', 'DATA on an idle stream');
    }
    if (this.#table.wasResetByUs(streamId)) this.#guard.count('ignored');
    else this.#table.refuse(streamId, ErrorCode.STREAM_CLOSED, this.#endsStream);
  }

  #violation(stream: Stream, payloadBytes: number, bodyBytes: number): ErrorCode | undefined {
    if (stream.isRequestEnded) return ErrorCode.STREAM_CLOSED;
    if (payloadBytes > stream.receiveWindow) return ErrorCode.FLOW_CONTROL_ERROR;
    const isTooLong = stream.bodyBytesLeft >= 0 && bodyBytes > stream.bodyBytesLeft;
    if (isTooLong) return ErrorCode.PROTOCOL_ERROR;
    return this.#table.held.hasRoom(bodyBytes) ? undefined : ErrorCode.ENHANCE_YOUR_CALM;
  }
}
