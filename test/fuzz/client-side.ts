/**
 * Follows what the client sends, byte by byte as the server gets it: which state that brings the
 * connection to, which of it the server must not survive, and which states met which frames.
 */
import { readU32Be } from '../../src/base/bytes.ts';
import { type ConnectionModel, type StreamModel, WINDOW_BYTES_MAX } from './connection-model.ts';
import type { Coverage } from './coverage.ts';
import {
  Flag,
  FRAME_HEADER_BYTES,
  type Frame,
  FrameCutter,
  PAYLOAD_BYTES_MAX,
  PREFACE_TEXT,
  SettingId,
  STREAM_ID_MAX,
  Type,
  typeName,
  unpadded,
} from './frame.ts';

/** Types that speak of a stream; SETTINGS, PING and GOAWAY speak of the connection. */
const STREAM_TYPES: ReadonlySet<number> = new Set([
  Type.DATA,
  Type.HEADERS,
  Type.PRIORITY,
  Type.RST_STREAM,
  Type.CONTINUATION,
]);
const CONNECTION_TYPES: ReadonlySet<number> = new Set([Type.SETTINGS, Type.PING, Type.GOAWAY]);
/** What is sent on a stream that is not open yet, and does no harm there. */
const IDLE_TYPES: ReadonlySet<number> = new Set([Type.HEADERS, Type.PRIORITY]);

export class ClientSide {
  readonly #model: ConnectionModel;
  readonly #coverage: Coverage;
  readonly #cutter = new FrameCutter({ prefaceBytes: PREFACE_TEXT.length });
  #prefaceBytes = 0;
  #hasSettings = false;
  /** The stream whose header block has begun and not ended. */
  #blockOf: number | undefined;
  /** It will end the request. */
  #blockEndsStream = false;
  /** Why the server must give up the connection by the end of this turn. */
  #doom: string | undefined;

  constructor(model: ConnectionModel, coverage: Coverage) {
    this.#model = model;
    this.#coverage = coverage;
  }

  get doom(): string | undefined {
    return this.#doom;
  }

  /** Bytes that a frame lacks. */
  get missing(): number {
    return this.#cutter.missing;
  }

  get blockOf(): number | undefined {
    return this.#blockOf;
  }

  /** Bytes of the preface that are to come. */
  get prefaceLeft(): number {
    return PREFACE_TEXT.length - this.#prefaceBytes;
  }

  get hasSettings(): boolean {
    return this.#hasSettings;
  }

  /** What has come of a DATA frame that is not whole, its padding included: the server may use it. */
  get partialData(): { readonly streamId: number; readonly bytes: Uint8Array } | undefined {
    const { partial } = this.#cutter;
    if (partial.length <= FRAME_HEADER_BYTES || partial[3] !== Type.DATA) return undefined;
    const start = ((partial[4] as number) & Flag.PADDED) === 0 ? 0 : 1;
    const streamId = readU32Be(partial, 5) & WINDOW_BYTES_MAX;
    return { streamId, bytes: partial.subarray(FRAME_HEADER_BYTES + start) };
  }

  /** Whether a new frame may begin here. */
  get isBetweenFrames(): boolean {
    return this.#hasSettings && this.missing === 0 && this.#blockOf === undefined;
  }

  /** Takes what `receive` is about to be called with. */
  send(bytes: Uint8Array): void {
    if (this.#model.isOver || this.#doom !== undefined) return;
    for (const byte of bytes.subarray(0, PREFACE_TEXT.length - this.#prefaceBytes)) {
      if (byte !== PREFACE_TEXT.charCodeAt(this.#prefaceBytes++)) {
        this.#doom = 'no preface';
        return;
      }
    }
    for (const sent of this.#cutter.push(bytes)) {
      // The reserved bit means nothing.
      const frame = { ...sent, streamId: sent.streamId & STREAM_ID_MAX };
      this.#note(frame);
      this.#doom = this.#errorOf(frame);
      if (this.#doom !== undefined) return;
      this.#take(frame);
    }
    if (this.missing > FRAME_HEADER_BYTES + PAYLOAD_BYTES_MAX) this.#doom = 'frame too large';
    else this.#notePartial();
  }

  /** The head of a frame says enough for the server to act on it. */
  #notePartial(): void {
    const { partial } = this.#cutter;
    if (partial.length < FRAME_HEADER_BYTES) return;
    const stream = this.#model.known(readU32Be(partial, 5) & STREAM_ID_MAX);
    if (stream !== undefined) count(stream);
  }

  /** What the server has to say to the frames that came is known. */
  turnEnded(): void {
    for (const stream of this.#model.streams.values()) stream.framesThisTurn = 0;
  }

  /** Why the frame is a connection error in whatever state its stream is; undefined if it is not. */
  #errorOf(frame: Frame): string | undefined {
    const { type, streamId, payload } = frame;
    if (payload.length > PAYLOAD_BYTES_MAX) return 'frame too large';
    if (!this.#hasSettings && type !== Type.SETTINGS) return 'preface without SETTINGS';
    const continues = type === Type.CONTINUATION && streamId === this.#blockOf;
    if ((type === Type.CONTINUATION || this.#blockOf !== undefined) && !continues) {
      return `header block broken by ${typeName(type)}`;
    }
    if (type === Type.PUSH_PROMISE) return 'PUSH_PROMISE';
    if (STREAM_TYPES.has(type) && streamId === 0) return `${typeName(type)} on stream 0`;
    if (CONNECTION_TYPES.has(type) && streamId !== 0) return `${typeName(type)} on a stream`;
    return wrongSize(frame) ?? this.#wrongState(frame) ?? this.#wrongValue(frame);
  }

  #wrongState({ type, flags, streamId }: Frame): string | undefined {
    if (streamId === 0 || type > Type.CONTINUATION) return undefined;
    const stream = this.#model.known(streamId);
    const isIdle = stream === undefined;
    if (isIdle && !IDLE_TYPES.has(type)) return `${typeName(type)} on an idle stream`;
    if (type !== Type.HEADERS || (flags & Flag.END_HEADERS) === 0) return undefined;
    if (streamId % 2 === 0) return 'HEADERS on a stream of the server';
    // What is reset because of an earlier frame is not known to be an old id any more.
    const isOld = stream?.isUnused === true && stream.lateFrames === 0 && !stream.serverReset;
    return isOld ? 'HEADERS with an old id' : undefined;
  }

  #wrongValue(frame: Frame): string | undefined {
    const { type, streamId, payload } = frame;
    if (type === Type.SETTINGS) return wrongSettings(payload);
    if (type === Type.WINDOW_UPDATE && streamId === 0) {
      const increment = readU32Be(payload, 0) & WINDOW_BYTES_MAX;
      if (increment === 0) return 'WINDOW_UPDATE of 0';
      if (this.#model.serverWindow + increment > WINDOW_BYTES_MAX) return 'window overflow';
    }
    const isPaddable = type === Type.DATA || type === Type.HEADERS;
    return isPaddable && unpadded(frame) === undefined ? 'padding beyond the frame' : undefined;
  }

  #take(frame: Frame): void {
    const { type, flags, streamId } = frame;
    this.#hasSettings = true;
    const stream = this.#model.known(streamId);
    if (stream !== undefined) count(stream);
    if (type === Type.HEADERS || type === Type.CONTINUATION) {
      this.#blockOf = (flags & Flag.END_HEADERS) === 0 ? streamId : undefined;
    }
    if (streamId === 0) this.#takeOfConnection(frame);
    else this.#takeOfStream(frame, stream);
  }

  /** Only what both ends know counts: what the server made of this turn's frames is not known yet. */
  #note({ type, streamId }: Frame): void {
    const name = typeName(type);
    if (this.#blockOf !== undefined) this.#coverage.visit('in a header block', name);
    else if (!this.#hasSettings) this.#coverage.visit('first SETTINGS awaited', name);
    else if (streamId === 0) {
      const isLeaving = this.#model.goAways.length > 0;
      this.#coverage.visit(isLeaving ? 'shutting down' : 'ready', name);
    } else if ((this.#model.streams.get(streamId)?.framesThisTurn ?? 0) === 0) {
      this.#coverage.visit(this.#model.stateOf(streamId), name);
    }
  }

  #takeOfConnection({ type, flags, payload }: Frame): void {
    const isAck = (flags & Flag.ACK) !== 0;
    if (type === Type.SETTINGS && !isAck) this.#takeSettings(payload);
    if (type === Type.PING && !isAck) {
      this.#model.pingsOwed.push(Buffer.from(payload).toString('hex'));
    }
    if (type === Type.WINDOW_UPDATE) {
      this.#model.serverWindow += readU32Be(payload, 0) & WINDOW_BYTES_MAX;
    }
  }

  #takeSettings(payload: Uint8Array): void {
    let tableBytes: number | undefined;
    for (const [id, value] of settingsOf(payload)) {
      if (id === SettingId.HEADER_TABLE_SIZE) tableBytes = Math.min(value, tableBytes ?? value);
      if (id === SettingId.MAX_FRAME_SIZE) this.#model.serverFrameBytesMax = value;
      if (id !== SettingId.INITIAL_WINDOW_SIZE) continue;
      const more = value - this.#model.serverInitialWindow;
      this.#model.serverInitialWindow = value;
      for (const stream of this.#model.streams.values()) stream.serverWindow += more;
    }
    this.#model.settingsOwed.push(tableBytes);
  }

  #takeOfStream(frame: Frame, known: StreamModel | undefined): void {
    const { type, flags, streamId, payload } = frame;
    const stream = known ?? (type === Type.HEADERS ? this.#model.open(streamId) : undefined);
    if (stream === undefined) return;
    if (type === Type.WINDOW_UPDATE) widen(stream, payload);
    if (type === Type.RST_STREAM && !stream.isClosed) stream.clientReset = true;
    if (stream.clientReset || stream.clientEnded) return;
    // Also if the server has ended the stream by now: it may have used a part of the frame.
    if (type === Type.DATA) {
      stream.requestBody.push(unpadded(frame) ?? payload);
      stream.clientWindow -= payload.length;
      this.#model.clientWindow -= payload.length;
    }
    this.#noteEnd(stream, type, (flags & Flag.END_STREAM) !== 0);
  }

  #noteEnd(stream: StreamModel, type: number, endsStream: boolean): void {
    if (type === Type.DATA) stream.clientEnded = endsStream;
    if (type === Type.HEADERS) this.#blockEndsStream = endsStream;
    const isBlock = type === Type.HEADERS || type === Type.CONTINUATION;
    if (isBlock && this.#blockOf === undefined) stream.clientEnded = this.#blockEndsStream;
  }
}

/** Something came for the stream. */
function count(stream: StreamModel): void {
  stream.framesThisTurn++;
  if (stream.isClosed) stream.lateFrames++;
}

function widen(stream: StreamModel, payload: Uint8Array): void {
  const increment = readU32Be(payload, 0) & WINDOW_BYTES_MAX;
  if (stream.serverWindow + increment <= WINDOW_BYTES_MAX) stream.serverWindow += increment;
}

function wrongSize({ type, flags, payload }: Frame): string | undefined {
  const { length } = payload;
  const isWrong =
    (type === Type.SETTINGS && (length % 6 !== 0 || ((flags & Flag.ACK) !== 0 && length > 0))) ||
    (type === Type.PING && length !== 8) ||
    (type === Type.GOAWAY && length < 8) ||
    ((type === Type.RST_STREAM || type === Type.WINDOW_UPDATE) && length !== 4);
  return isWrong ? `${typeName(type)} of the wrong size` : undefined;
}

function wrongSettings(payload: Uint8Array): string | undefined {
  const isWrong = settingsOf(payload).some(
    ([id, value]) =>
      (id === SettingId.ENABLE_PUSH && value > 1) ||
      (id === SettingId.INITIAL_WINDOW_SIZE && value > WINDOW_BYTES_MAX) ||
      (id === SettingId.MAX_FRAME_SIZE && (value < 16_384 || value > 0xffffff)),
  );
  return isWrong ? 'SETTINGS out of range' : undefined;
}

function settingsOf(payload: Uint8Array): [id: number, value: number][] {
  const settings: [number, number][] = [];
  for (let at = 0; at + 6 <= payload.length; at += 6) {
    settings.push([readU32Be(payload, at) >>> 16, readU32Be(payload, at + 2)]);
  }
  return settings;
}
