/** HEADERS and CONTINUATION frames: puts blocks together, decodes them, opens and ends requests. */
import { assert } from '../base/assert.ts';
import { EMPTY_BYTES } from '../base/bytes.ts';
import { ErrorCode } from './error-code.ts';
import type { FloodGuard } from './flood-guard.ts';
import { type Frame, FrameFlag, readU31 } from './frame.ts';
import { encodeHeaderBlock, type HeaderField, HpackDecoder } from './hpack/index.ts';
import { Http2Error } from './http2-error.ts';
import { areTrailers, checkRequest } from './request-head.ts';
import type { Stream } from './stream.ts';
import type { StreamAcceptor } from './stream-port.ts';
import { HELD_BYTES_PER_STREAM, type StreamTable } from './stream-table.ts';

/** A header block longer than this, as it was sent, ends the connection by ENHANCE_YOUR_CALM. */
export const HEADER_BLOCK_BYTES_MAX = 65_536;
/** So do more CONTINUATION frames in one block than this. */
export const CONTINUATION_FRAMES_MAX = 64;
/**
 * A list of fields that counts for more (RFC 9113 section 6.5.2) is answered by 431; as trailers
 * it ends the stream by ENHANCE_YOUR_CALM.
 */
export const HEADER_LIST_BYTES_MAX = 65_536;

const PRIORITY_BYTES = 5;
const FIELDS_TOO_LARGE = encodeHeaderBlock([[':status', '431']]);

export interface HeaderReceiverOptions {
  readonly table: StreamTable;
  readonly guard: FloodGuard;
  readonly acceptor: StreamAcceptor;
  /** Streams that may be open at once. */
  readonly streamsMax: number;
}

export class HeaderReceiver {
  readonly #table: StreamTable;
  readonly #guard: FloodGuard;
  readonly #acceptor: StreamAcceptor;
  readonly #streamsMax: number;
  readonly #decoder = new HpackDecoder({ listBytesMax: HEADER_LIST_BYTES_MAX });
  /** Set when the last streams have been announced: all further ones are refused. */
  refusesAll = false;

  /** The stream whose block goes on in CONTINUATION frames; 0: none. */
  #openId = 0;
  #openEndsStream = false;
  /** What has come of that block. */
  #block: Uint8Array = EMPTY_BYTES;
  #blockLength = 0;
  #continuations = 0;
  #blocksOpened = 0;

  constructor(options: HeaderReceiverOptions) {
    this.#table = options.table;
    this.#guard = options.guard;
    this.#acceptor = options.acceptor;
    this.#streamsMax = options.streamsMax;
  }

  /** Names the block that has begun and not ended; 0: there is none. */
  get unfinished(): number {
    return this.#openId === 0 ? 0 : this.#blocksOpened;
  }

  onHeaders(frame: Frame): void {
    const { streamId } = frame;
    if ((streamId & 1) === 0) throw new Http2Error('PROTOCOL_ERROR', 'HEADERS on an even stream');
    const dependency = stripPadding(frame);
    const endsStream = (frame.flags & FrameFlag.END_STREAM) !== 0;
    if (dependency === streamId) throw new Http2Error('PROTOCOL_ERROR', 'depends on itself');
    if ((frame.flags & FrameFlag.END_HEADERS) !== 0) {
      this.#onBlock(frame, endsStream);
      return;
    }
    this.#openId = streamId;
    this.#openEndsStream = endsStream;
    this.#blocksOpened++;
    this.#addToBlock(frame);
  }

  onContinuation(frame: Frame): void {
    if (this.#openId === 0 || frame.streamId !== this.#openId) {
      throw new Http2Error('PROTOCOL_ERROR', 'CONTINUATION of no block');
    }
    if (++this.#continuations > CONTINUATION_FRAMES_MAX) {
      throw new Http2Error('ENHANCE_YOUR_CALM', 'too many: CONTINUATION');
    }
    this.#addToBlock(frame);
    if ((frame.flags & FrameFlag.END_HEADERS) === 0) return;
    frame.bytes = this.#block;
    frame.start = 0;
    frame.end = this.#blockLength;
    this.#openId = 0;
    this.#block = EMPTY_BYTES;
    this.#blockLength = 0;
    this.#continuations = 0;
    this.#onBlock(frame, this.#openEndsStream);
  }

  checkInvariants(): void {
    this.#decoder.checkInvariants();
    assert(this.#blockLength <= HEADER_BLOCK_BYTES_MAX, 'headers: a block too long');
    assert(this.#openId !== 0 || this.#block === EMPTY_BYTES, 'headers: holds what has ended');
    assert(this.#table.size <= this.#streamsMax, 'headers: too many streams');
  }

  #addToBlock(frame: Frame): void {
    const length = this.#blockLength + frame.end - frame.start;
    if (length > HEADER_BLOCK_BYTES_MAX) {
      throw new Http2Error('ENHANCE_YOUR_CALM', 'header block too long');
    }
    if (length > this.#block.length) {
      const larger = new Uint8Array(Math.min(2 * length, HEADER_BLOCK_BYTES_MAX));
      larger.set(this.#block.subarray(0, this.#blockLength));
      this.#block = larger;
    }
    this.#block.set(frame.bytes.subarray(frame.start, frame.end), this.#blockLength);
    this.#blockLength = length;
  }

  /**
   * The payload of `frame` is a whole block. Every block is decoded, whatever becomes of it: the
   * next ones build on its table.
   */
  #onBlock(frame: Frame, endsStream: boolean): void {
    const { streamId } = frame;
    const fields: HeaderField[] = [];
    const isWhole = this.#decoder.decode(frame.bytes, frame.start, frame.end, fields);
    const stream = this.#table.get(streamId);
    if (stream !== undefined) {
      const violation = trailersViolation(stream, endsStream, isWhole ? fields : undefined);
      if (violation === undefined) this.#table.endRequest(stream);
      else this.#table.cutOff(stream, violation);
    } else if (this.#table.isIdle(streamId)) {
      this.#table.use(streamId);
      if (this.#refuses()) this.#table.refuse(streamId, ErrorCode.REFUSED_STREAM, endsStream);
      else if (isWhole) this.#openRequest(streamId, endsStream, fields);
      else this.#answerTooLarge(streamId, endsStream);
    } else {
      this.#onClosedStream(streamId);
    }
  }

  #refuses(): boolean {
    return (
      this.refusesAll ||
      this.#table.size >= this.#streamsMax ||
      !this.#table.held.hasRoom(HELD_BYTES_PER_STREAM)
    );
  }

  #openRequest(streamId: number, endsStream: boolean, fields: HeaderField[]): void {
    const request = checkRequest(fields);
    if (request === undefined || (endsStream && request.contentLength > 0)) {
      this.#table.refuse(streamId, ErrorCode.PROTOCOL_ERROR, endsStream);
      return;
    }
    const stream = this.#table.open(streamId, listBytes(fields));
    stream.bodyBytesLeft = request.contentLength;
    const user = this.#acceptor.accept(stream, request, endsStream);
    if (stream.isClosed) return;
    if (!stream.isAnswerEnded) stream.user = user;
    if (endsStream) this.#table.endRequest(stream);
  }

  #answerTooLarge(streamId: number, endsStream: boolean): void {
    this.#guard.count('badRequests');
    const stream = this.#table.open(streamId, 0);
    stream.isRequestEnded = endsStream;
    stream.endWithTrailers(FIELDS_TOO_LARGE);
  }

  #onClosedStream(streamId: number): void {
    if (this.#table.wasResetByUs(streamId)) {
      this.#guard.count('ignored');
    } else if (this.#table.wasPassedOver(streamId)) {
      throw new Http2Error('PROTOCOL_ERROR', 'stream ids must grow');
    } else {
      throw new Http2Error('STREAM_CLOSED', 'HEADERS on a closed stream');
    }
  }
}

function listBytes(fields: readonly HeaderField[]): number {
  let sum = 0;
  for (const { bytes } of fields) sum += bytes;
  return sum;
}

/** Takes padding and priority off the frame; returns the stream it depends on, or -1. */
function stripPadding(frame: Frame): number {
  const isPadded = (frame.flags & FrameFlag.PADDED) !== 0;
  const hasPriority = (frame.flags & FrameFlag.PRIORITY) !== 0;
  const leastBytes = (isPadded ? 1 : 0) + (hasPriority ? PRIORITY_BYTES : 0);
  if (frame.end - frame.start < leastBytes) throw new Http2Error('FRAME_SIZE_ERROR', 'HEADERS');
  const padding = isPadded ? (frame.bytes[frame.start] as number) : 0;
  if (isPadded) frame.start++;
  const dependency = hasPriority ? readU31(frame.bytes, frame.start) : -1;
  if (hasPriority) frame.start += PRIORITY_BYTES;
  frame.end -= padding;
  if (frame.end < frame.start) throw new Http2Error('PROTOCOL_ERROR', 'padding too long');
  return dependency;
}

/** What is wrong with a second header block of a request; `fields`: undefined if too large. */
function trailersViolation(
  stream: Stream,
  endsStream: boolean,
  fields: readonly HeaderField[] | undefined,
): ErrorCode | undefined {
  if (stream.isRequestEnded) return ErrorCode.STREAM_CLOSED;
  if (!endsStream) return ErrorCode.PROTOCOL_ERROR;
  if (fields === undefined) return ErrorCode.ENHANCE_YOUR_CALM;
  return areTrailers(fields) ? undefined : ErrorCode.PROTOCOL_ERROR;
}
