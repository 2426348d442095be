/** Sees to the order of frames, and to those that are about the connection or a stream's state. */
import type { Clock } from '../base/ports/clock.ts';
import type { ControlQueue } from './control-queue.ts';
import type { DataReceiver } from './data-receiver.ts';
import { ErrorCode } from './error-code.ts';
import type { FloodGuard } from './flood-guard.ts';
import { type Frame, FrameFlag, FrameType, readU31, readU32 } from './frame.ts';
import type { FrameHandler } from './frame-reader.ts';
import type { HeaderReceiver } from './header-receiver.ts';
import { Http2Error } from './http2-error.ts';
import type { PingPolicy } from './ping-policy.ts';
import { readSettings } from './settings.ts';
import type { StreamTable } from './stream-table.ts';

/** SETTINGS_HEADER_TABLE_SIZE before any SETTINGS. */
const TABLE_BYTES_DEFAULT = 4096;
const PING_BYTES = 8;
const GOAWAY_BYTES_MIN = 8;
const PRIORITY_BYTES = 5;
/** To change the windows of so many streams costs about as much as SETTINGS do without. */
const STREAMS_PER_SETTINGS = 1000;

export interface DispatcherParts {
  readonly table: StreamTable;
  readonly headers: HeaderReceiver;
  readonly data: DataReceiver;
  readonly control: ControlQueue;
  readonly guard: FloodGuard;
  readonly pings: PingPolicy;
  readonly clock: Clock;
}

export class FrameDispatcher implements FrameHandler {
  readonly #parts: DispatcherParts;
  readonly #data: DataReceiver;
  readonly #onPingAck: (mark: number) => void;
  /** The connection has ended, from whatever side. */
  isClosed = false;
  /** The peer's first SETTINGS have come. */
  hasSettings = false;

  /** `onPingAck`: the peer has answered a PING of ours that carried `mark`. */
  constructor(parts: DispatcherParts, onPingAck: (mark: number) => void) {
    this.#parts = parts;
    this.#onPingAck = onPingAck;
    this.#data = parts.data;
  }

  onFrame(frame: Frame): void {
    this.#checkOrder(frame);
    switch (frame.type) {
      case FrameType.HEADERS:
        return this.#parts.headers.onHeaders(frame);
      case FrameType.CONTINUATION:
        return this.#parts.headers.onContinuation(frame);
      case FrameType.WINDOW_UPDATE:
        return this.#onWindowUpdate(frame);
      case FrameType.RST_STREAM:
        return this.#onReset(frame);
      case FrameType.SETTINGS:
        return this.#onSettings(frame);
      case FrameType.PING:
        return this.#onPing(frame);
      case FrameType.GOAWAY:
        return this.#onGoAway(frame);
      case FrameType.PRIORITY:
        return this.#onPriority(frame);
      case FrameType.PUSH_PROMISE:
        throw new Http2Error('PROTOCOL_ERROR', 'PUSH_PROMISE from a client');
      default:
        return this.#parts.guard.count('ignored');
    }
  }

  onDataStart(frame: Frame, payloadBytes: number, bodyBytes: number): void {
    this.#checkOrder(frame);
    this.#data.onDataStart(frame, payloadBytes, bodyBytes);
  }

  onDataPiece(bytes: Uint8Array, start: number, end: number): void {
    this.#data.onDataPiece(bytes, start, end);
  }

  onDataEnd(): void {
    this.#data.onDataEnd();
  }

  #checkOrder(frame: Frame): void {
    if (!this.hasSettings) {
      const isFirst = frame.type === FrameType.SETTINGS && (frame.flags & FrameFlag.ACK) === 0;
      if (!isFirst) throw new Http2Error('PROTOCOL_ERROR', 'the first frame is not SETTINGS');
    }
    if (this.#parts.headers.unfinished !== 0 && frame.type !== FrameType.CONTINUATION) {
      throw new Http2Error('PROTOCOL_ERROR', 'a frame inside a header block');
    }
  }

  #onWindowUpdate(frame: Frame): void {
    const { table, guard } = this.#parts;
    const { streamId } = frame;
    checkLength(frame, 4);
    guard.count('windowUpdates');
    const increment = readU31(frame.bytes, frame.start);
    if (streamId === 0) {
      if (increment === 0) throw new Http2Error('PROTOCOL_ERROR', 'WINDOW_UPDATE of 0');
      if (!table.sendQueue.grow(increment)) {
        throw new Http2Error('FLOW_CONTROL_ERROR', 'window too large');
      }
      return;
    }
    this.#checkNotIdle(streamId);
    const stream = table.get(streamId);
    if (stream === undefined) return;
    if (increment === 0) table.cutOff(stream, ErrorCode.PROTOCOL_ERROR);
    else if (!table.growSendWindow(stream, increment)) {
      table.cutOff(stream, ErrorCode.FLOW_CONTROL_ERROR);
    }
  }

  #onReset(frame: Frame): void {
    const { table, guard } = this.#parts;
    checkLength(frame, 4);
    this.#checkNotIdle(frame.streamId);
    guard.count('resets');
    const stream = table.get(frame.streamId);
    if (stream !== undefined) table.onResetByPeer(stream);
  }

  #onSettings(frame: Frame): void {
    const { table, guard, control } = this.#parts;
    checkConnectionFrame(frame);
    guard.count('settings');
    if ((frame.flags & FrameFlag.ACK) !== 0) {
      checkLength(frame, 0);
      return;
    }
    const { headerTableBytes, initialWindowBytes } = readSettings(frame);
    this.hasSettings = true;
    if (headerTableBytes !== undefined && headerTableBytes < TABLE_BYTES_DEFAULT) {
      table.sendQueue.onTableShrunk();
    }
    if (initialWindowBytes !== undefined) {
      guard.count('settings', table.size / STREAMS_PER_SETTINGS);
      if (!table.setInitialSendWindow(initialWindowBytes)) {
        throw new Http2Error('FLOW_CONTROL_ERROR', 'window too large');
      }
    }
    control.settingsAck();
  }

  #onPing(frame: Frame): void {
    const { table, guard, control, pings, clock } = this.#parts;
    checkConnectionFrame(frame);
    checkLength(frame, PING_BYTES);
    guard.count('pings');
    if ((frame.flags & FrameFlag.ACK) !== 0) {
      this.#onPingAck(readU32(frame.bytes, frame.start + 4));
      return;
    }
    control.pingAck(frame.bytes, frame.start);
    if (!pings.onPing(clock.monotonicMs(), table.size > 0)) {
      throw new Http2Error('ENHANCE_YOUR_CALM', 'too_many_pings');
    }
  }

  /** The peer opens no more streams, or so it says; those that are open go on. */
  #onGoAway(frame: Frame): void {
    checkConnectionFrame(frame);
    if (frame.end - frame.start < GOAWAY_BYTES_MIN)
      throw new Http2Error('FRAME_SIZE_ERROR', 'GOAWAY');
    this.#parts.guard.count('ignored');
  }

  /** Priorities mean nothing to us, RFC 9113 section 5.3.2; broken ones are still refused. */
  #onPriority(frame: Frame): void {
    if (frame.streamId === 0) throw new Http2Error('PROTOCOL_ERROR', 'PRIORITY on stream 0');
    checkLength(frame, PRIORITY_BYTES);
    if (readU31(frame.bytes, frame.start) === frame.streamId) {
      throw new Http2Error('PROTOCOL_ERROR', 'depends on itself');
    }
    this.#parts.guard.count('ignored');
  }

  #checkNotIdle(streamId: number): void {
    if (this.#parts.table.isIdle(streamId)) {
      throw new Http2Error('PROTOCOL_ERROR', 'a frame on an idle stream');
    }
  }
}

function checkConnectionFrame(frame: Frame): void {
  if (frame.streamId === 0) return;
  throw new Http2Error('PROTOCOL_ERROR', 'a frame about the connection on a stream');
}

function checkLength(frame: Frame, bytes: number): void {
  if (frame.end - frame.start === bytes) return;
  throw new Http2Error('FRAME_SIZE_ERROR', `frame of type ${frame.type}`);
}
