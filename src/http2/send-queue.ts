/**
 * What the streams of a connection have to send, under the peer's windows. Streams take turns: at
 * each turn one sends its headers, one DATA frame at most, and its end if nothing is left.
 */
import { assert } from '../base/assert.ts';
import {
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_BYTES_MAX,
  FrameFlag,
  FrameType,
  WINDOW_BYTES_DEFAULT,
  WINDOW_BYTES_MAX,
  writeFrameHeader,
} from './frame.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { OutputSlab } from './output-slab.ts';
import type { Stream } from './stream.ts';
import { StreamList } from './stream-list.ts';
import { SEND_BUFFER_BYTES } from './stream-port.ts';

/**
 * Told, before anything else, to a peer that made its table smaller, RFC 7541 section 4.2: a
 * table of size 0 is what our header blocks need.
 */
const TABLE_SIZE_ZERO = 0x20;

export class SendQueue {
  readonly #held: HeldBytes;
  readonly #onSent: (stream: Stream) => void;
  /** Streams that may send now. */
  readonly #ready = new StreamList();
  /** Streams that wait for the connection's window alone. */
  readonly #starved = new StreamList();
  #window: number = WINDOW_BYTES_DEFAULT;
  #tellsTableSize = false;

  /** `onSent`: the answer of the stream, which it ended itself, has been written whole. */
  constructor(held: HeldBytes, onSent: (stream: Stream) => void) {
    this.#held = held;
    this.#onSent = onSent;
  }

  /** Whether some stream may send now. */
  get isReady(): boolean {
    return this.#next !== undefined;
  }

  /** Something was queued on the stream, `bytes` of it body. */
  add(stream: Stream, bytes: number): void {
    this.#held.add(bytes);
    this.resume(stream);
  }

  /** The stream's own window has changed, or what it has to send. */
  resume(stream: Stream): void {
    const canSend = this.#canSend(stream);
    if (canSend && stream.list === undefined) this.#ready.add(stream);
    if (!canSend && stream.list !== undefined) stream.list.remove(stream);
  }

  /** Forgets what the stream had to send. */
  remove(stream: Stream): void {
    this.#held.release(stream.body.length);
    stream.body.clear();
    stream.list?.remove(stream);
  }

  /** The peer takes `increment` more bytes on the connection; false: more than there can be. */
  grow(increment: number): boolean {
    this.#window += increment;
    return this.#window <= WINDOW_BYTES_MAX;
  }

  /** The peer keeps a smaller table than the one that header blocks are made for by default. */
  onTableShrunk(): void {
    this.#tellsTableSize = true;
  }

  /** Lets streams send in turn until none can, `out` has `bytesMax` or its sink is full. */
  moveTo(out: OutputSlab, bytesMax: number): void {
    while (out.takesMore && out.size < bytesMax) {
      const stream = this.#next;
      if (stream === undefined) return;
      stream.list?.remove(stream);
      this.#takeTurn(stream, out);
      if (!stream.isClosed) this.#requeue(stream);
      if (stream.isPaused && stream.body.length < SEND_BUFFER_BYTES) {
        stream.isPaused = false;
        stream.user?.onDrain();
      }
    }
  }

  checkInvariants(streams: Iterable<Stream>): void {
    this.#ready.checkInvariants();
    this.#starved.checkInvariants();
    assert(this.#window >= 0, 'send queue: more was sent than the connection takes');
    for (const stream of streams) {
      stream.body.checkInvariants();
      assert(stream.sendWindow <= WINDOW_BYTES_MAX, 'send queue: a window too large');
      const isQueued = stream.list !== undefined;
      assert(isQueued === this.#canSend(stream), 'send queue: a stream is in the wrong list');
    }
  }

  /**
   * Whose turn it is. However many are starved, the peer's window lets only so many of them go on:
   * a window that grows byte by byte costs no more for many streams than for one.
   */
  get #next(): Stream | undefined {
    return this.#ready.first ?? (this.#window > 0 ? this.#starved.first : undefined);
  }

  /** Whether there is anything to send that the stream's own window allows. */
  #canSend(stream: Stream): boolean {
    if (stream.headers !== undefined) return true;
    return stream.body.length > 0 ? stream.sendWindow > 0 : stream.isAnswerEnded;
  }

  #requeue(stream: Stream): void {
    if (!this.#canSend(stream)) return;
    if (this.#window === 0) this.#starved.add(stream);
    else this.#ready.add(stream);
  }

  #takeTurn(stream: Stream, out: OutputSlab): void {
    const waiting = stream.body.length;
    const endsWithData = stream.isAnswerEnded && stream.trailers === undefined;
    let isEndSent = false;
    if (stream.headers !== undefined) {
      isEndSent = endsWithData && waiting === 0;
      this.#writeBlock(stream.id, stream.headers, isEndSent, out);
      stream.headers = undefined;
    }
    if (waiting > 0) {
      const count = this.#allowance(stream);
      if (count === 0) return;
      isEndSent = endsWithData && count === waiting;
      this.#writeData(stream, count, isEndSent, out);
      if (count < waiting) return;
    }
    if (!stream.isAnswerEnded) return;
    if (stream.trailers !== undefined) this.#writeBlock(stream.id, stream.trailers, true, out);
    else if (!isEndSent) this.#writeData(stream, 0, true, out);
    this.#onSent(stream);
  }

  #allowance(stream: Stream): number {
    const window = Math.min(stream.sendWindow, this.#window);
    return Math.max(0, Math.min(stream.body.length, window, FRAME_PAYLOAD_BYTES_MAX));
  }

  #writeData(stream: Stream, length: number, endsStream: boolean, out: OutputSlab): void {
    const at = out.take(FRAME_HEADER_BYTES + length);
    const flags = endsStream ? FrameFlag.END_STREAM : FrameFlag.NONE;
    writeFrameHeader(out.bytes, at, { length, type: FrameType.DATA, flags, streamId: stream.id });
    stream.body.moveTo(out.bytes, at + FRAME_HEADER_BYTES, length);
    stream.sendWindow -= length;
    this.#window -= length;
    this.#held.release(length);
  }

  #writeBlock(streamId: number, block: Uint8Array, endsStream: boolean, out: OutputSlab): void {
    const endStream = endsStream ? FrameFlag.END_STREAM : FrameFlag.NONE;
    if (this.#tellsTableSize || block.length > FRAME_PAYLOAD_BYTES_MAX) {
      this.#writeLongBlock(streamId, block, endStream, out);
      return;
    }
    const length = block.length;
    const at = out.take(FRAME_HEADER_BYTES + length);
    const flags = FrameFlag.END_HEADERS | endStream;
    writeFrameHeader(out.bytes, at, { length, type: FrameType.HEADERS, flags, streamId });
    out.bytes.set(block, at + FRAME_HEADER_BYTES);
  }

  /** A block that takes several frames, or the first one after the peer's table shrank. */
  #writeLongBlock(streamId: number, block: Uint8Array, endStream: number, out: OutputSlab): void {
    const rest = this.#tellsTableSize ? Uint8Array.of(TABLE_SIZE_ZERO, ...block) : block;
    this.#tellsTableSize = false;
    for (let start = 0; start === 0 || start < rest.length; start += FRAME_PAYLOAD_BYTES_MAX) {
      const part = rest.subarray(start, start + FRAME_PAYLOAD_BYTES_MAX);
      const isLast = start + part.length === rest.length;
      const at = out.take(FRAME_HEADER_BYTES + part.length);
      writeFrameHeader(out.bytes, at, {
        length: part.length,
        type: start === 0 ? FrameType.HEADERS : FrameType.CONTINUATION,
        flags: (start === 0 ? endStream : 0) | (isLast ? FrameFlag.END_HEADERS : 0),
        streamId,
      });
      out.bytes.set(part, at + FRAME_HEADER_BYTES);
    }
  }
}
