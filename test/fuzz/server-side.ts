/** A strict client: holds every byte that the server writes against RFC 9113 and RFC 7541. */
import { readU32Be } from '../../src/base/bytes.ts';
import { type HeaderField, HpackDecoder } from '../../src/http2/hpack/index.ts';
import { type ConnectionModel, type StreamModel, WINDOW_BYTES_MAX } from './connection-model.ts';
import { Flag, type Frame, FrameCutter, SettingId, Type, typeName } from './frame.ts';
import { expect } from './fuzz-failure.ts';

const HPACK_TABLE_BYTES_DEFAULT = 4096;
const ERROR_CODE_MAX = 13;
/** Flags that mean something, by type. */
const FLAGS: ReadonlyMap<number, number> = new Map([
  [Type.DATA, Flag.END_STREAM],
  [Type.HEADERS, Flag.END_STREAM | Flag.END_HEADERS],
  [Type.RST_STREAM, 0],
  [Type.SETTINGS, Flag.ACK],
  [Type.PING, Flag.ACK],
  [Type.GOAWAY, 0],
  [Type.WINDOW_UPDATE, 0],
  [Type.CONTINUATION, Flag.END_HEADERS],
]);
const CONNECTION_SPECIFIC: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

export class ServerSide {
  readonly #model: ConnectionModel;
  readonly #cutter = new FrameCutter({ prefaceBytes: 0 });
  readonly #decoder = new HpackDecoder({ listBytesMax: 1 << 20 });
  #frames = 0;
  #block: { readonly stream: StreamModel; readonly parts: Uint8Array[] } | undefined;
  /** The size of the table that the server's encoder may use, as both ends know it. */
  #tableBytes = HPACK_TABLE_BYTES_DEFAULT;
  /** A smaller one that the client has asked for: the next block must begin by saying so. */
  #tableBytesWanted: number | undefined;

  constructor(model: ConnectionModel) {
    this.#model = model;
  }

  /** Takes what the sink was given. Throws FuzzFailure. */
  receive(bytes: Uint8Array): void {
    expect(!this.#model.isOver, 'writes after the end', `${bytes.length} B`);
    for (const frame of this.#cutter.push(bytes)) {
      this.#take(frame);
      this.#frames++;
    }
  }

  /** Throws unless what was written ends with a frame, and is some. */
  checkWhole(): void {
    expect(this.#cutter.missing === 0, 'server: frame cut short');
    expect(this.#block === undefined, 'server: header block without end');
  }

  #take(frame: Frame): void {
    const { type, flags, streamId, payload } = frame;
    const known = FLAGS.get(type);
    expect(known !== undefined, 'server: frame type', frame);
    expect((flags & ~(known ?? 0)) === 0, 'server: unknown flags', frame);
    expect(payload.length <= this.#model.serverFrameBytesMax, 'server: frame size', frame);
    expect(streamId <= 0x7fffffff, 'server: reserved bit', frame);
    const first = this.#frames === 0;
    expect(!first || (type === Type.SETTINGS && flags === 0), 'server: first frame', frame);
    const continues = type === Type.CONTINUATION;
    expect((this.#block !== undefined) === continues, 'server: CONTINUATION', frame);
    if (streamId === 0) this.#takeOfConnection(frame);
    else this.#takeOfStream(frame);
  }

  #takeOfConnection(frame: Frame): void {
    const { type, flags } = frame;
    if (type === Type.SETTINGS && flags === Flag.ACK) this.#settingsAcked(frame);
    else if (type === Type.SETTINGS) this.#settings(frame);
    else if (type === Type.PING) this.#ping(frame);
    else if (type === Type.GOAWAY) this.#goAway(frame);
    else if (type === Type.WINDOW_UPDATE) {
      this.#model.clientWindow += increment(frame);
      expect(this.#model.clientWindow <= WINDOW_BYTES_MAX, 'server: window overflow', frame);
    } else expect(false, 'server: frame on stream 0', frame);
  }

  #settings(frame: Frame): void {
    const { payload } = frame;
    expect(payload.length % 6 === 0, 'server: SETTINGS size', frame);
    this.#model.serverSettings++;
    for (let at = 0; at < payload.length; at += 6) {
      const id = readU32Be(payload, at) >>> 16;
      const value = readU32Be(payload, at + 2);
      const isValid =
        (id === SettingId.INITIAL_WINDOW_SIZE && value <= WINDOW_BYTES_MAX) ||
        (id === SettingId.MAX_FRAME_SIZE && value >= 16_384 && value <= 0xffffff) ||
        id === SettingId.MAX_CONCURRENT_STREAMS ||
        id === SettingId.MAX_HEADER_LIST_SIZE ||
        id === SettingId.HEADER_TABLE_SIZE ||
        (id === SettingId.ENABLE_PUSH && value === 0);
      expect(isValid, 'server: setting', frame);
      if (id !== SettingId.INITIAL_WINDOW_SIZE) continue;
      const more = value - this.#model.clientInitialWindow;
      this.#model.clientInitialWindow = value;
      for (const stream of this.#model.streams.values()) stream.clientWindow += more;
    }
  }

  #settingsAcked(frame: Frame): void {
    expect(this.#model.settingsOwed.length > 0, 'server: SETTINGS ACK too many', frame);
    const tableBytes = this.#model.settingsOwed.shift();
    if (tableBytes === undefined || tableBytes >= this.#tableBytes) return;
    this.#tableBytesWanted = Math.min(tableBytes, this.#tableBytesWanted ?? tableBytes);
  }

  #ping(frame: Frame): void {
    const { flags, payload } = frame;
    expect(payload.length === 8, 'server: PING size', frame);
    if (flags !== Flag.ACK) this.#model.serverPings.push(payload);
    else {
      const owed = this.#model.pingsOwed.shift();
      expect(owed === Buffer.from(payload).toString('hex'), 'server: PING ACK', frame);
    }
  }

  #goAway(frame: Frame): void {
    const { payload } = frame;
    expect(payload.length >= 8, 'server: GOAWAY size', frame);
    const lastId = readU32Be(payload, 0);
    const code = readU32Be(payload, 4);
    const before = this.#model.goAways.at(-1);
    expect(code <= ERROR_CODE_MAX, 'server: GOAWAY code', frame);
    expect(lastId <= (before?.lastId ?? WINDOW_BYTES_MAX), 'server: GOAWAY id grew', frame);
    expect(before === undefined || before.code === 0, 'server: second GOAWAY with error', frame);
    this.#model.goAways.push({ code, lastId });
  }

  #takeOfStream(frame: Frame): void {
    const { type, streamId } = frame;
    const stream = this.#model.streams.get(streamId);
    expect(stream !== undefined, 'server: frame on a stream nobody opened', frame);
    if (stream === undefined) return;
    if (type === Type.RST_STREAM) {
      this.#reset(stream, frame);
      return;
    }
    if (type === Type.CONTINUATION) {
      this.#headers(stream, frame);
      return;
    }
    // A window was opened before the reset of the same turn was read.
    const isRace = type === Type.WINDOW_UPDATE && stream.clientReset && stream.framesThisTurn > 0;
    expect(!stream.isClosed || isRace, `server: ${typeName(type)} on a closed stream`, frame);
    if (type === Type.WINDOW_UPDATE) {
      stream.clientWindow += increment(frame);
      expect(stream.clientWindow <= WINDOW_BYTES_MAX, 'server: window overflow', frame);
      return;
    }
    expect(!stream.serverEnded, `server: ${typeName(type)} after END_STREAM`, frame);
    if (type === Type.DATA) this.#data(stream, frame);
    else this.#headers(stream, frame);
  }

  #reset(stream: StreamModel, frame: Frame): void {
    const { payload } = frame;
    expect(payload.length === 4, 'server: RST_STREAM size', frame);
    expect(readU32Be(payload, 0) <= ERROR_CODE_MAX, 'server: RST_STREAM code', frame);
    if (stream.isClosed) {
      // The answer to a frame that came too late, or the client's own reset met ours.
      expect(stream.lateFrames > 0 || stream.framesThisTurn > 0, 'server: late RST_STREAM', frame);
      stream.lateFrames = Math.max(stream.lateFrames - 1, 0);
    }
    stream.serverReset = true;
  }

  #data(stream: StreamModel, frame: Frame): void {
    const { flags, payload } = frame;
    expect(stream.head !== undefined, 'server: DATA before HEADERS', frame);
    expect(payload.length <= Math.max(stream.serverWindow, 0), 'server: stream window', frame);
    expect(payload.length <= this.#model.serverWindow, 'server: connection window', frame);
    stream.serverWindow -= payload.length;
    this.#model.serverWindow -= payload.length;
    stream.answerBytes += payload.length;
    stream.answerBody.push(payload);
    if ((flags & Flag.END_STREAM) !== 0) this.#ended(stream, frame);
  }

  #headers(stream: StreamModel, frame: Frame): void {
    const { type, flags, payload } = frame;
    if (type === Type.HEADERS) {
      this.#block = { stream, parts: [payload] };
      if ((flags & Flag.END_STREAM) !== 0) stream.serverEnded = true;
      else expect(stream.head === undefined, 'server: second head', frame);
    } else {
      expect(this.#block?.stream === stream, 'server: CONTINUATION of another stream', frame);
      this.#block?.parts.push(payload);
    }
    if ((flags & Flag.END_HEADERS) === 0) return;
    const fields = this.#decode(Buffer.concat(this.#block?.parts ?? []), frame);
    this.#block = undefined;
    stream.serverAnswered = true;
    if (stream.head === undefined) stream.head = this.#headOf(fields, frame);
    else stream.trailers = this.#trailersOf(fields, frame);
    if (stream.serverEnded) this.#ended(stream, frame);
  }

  #ended(stream: StreamModel, frame: Frame): void {
    stream.serverEnded = true;
    const length = stream.head?.get('content-length');
    if (length === undefined) return;
    expect(Number(length) === stream.answerBytes, 'server: content-length', frame);
  }

  #decode(block: Uint8Array, frame: Frame): HeaderField[] {
    const says = block[0] !== undefined && (block[0] & 0xe0) === 0x20;
    expect(this.#tableBytesWanted === undefined || says, 'server: table size not said', frame);
    if (this.#tableBytesWanted !== undefined) this.#tableBytes = this.#tableBytesWanted;
    this.#tableBytesWanted = undefined;
    const fields: HeaderField[] = [];
    this.#decoder.decode(block, 0, block.length, fields);
    for (const { name, value } of fields) {
      expect(/^:?[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name), 'server: field name', name);
      expect(!/[\0\r\n]|^[ \t]|[ \t]$/.test(value), 'server: field value', `${name}: ${value}`);
      expect(!CONNECTION_SPECIFIC.has(name), 'server: connection-specific field', name);
    }
    return fields;
  }

  #headOf(fields: readonly HeaderField[], frame: Frame): Map<string, string> {
    const [status, ...others] = fields;
    const isFinal = status?.name === ':status' && /^[2-5]\d\d$/.test(status.value);
    expect(isFinal, 'server: :status', JSON.stringify(status));
    return new Map([[':status', status?.value ?? ''], ...this.#trailersOf(others, frame)]);
  }

  #trailersOf(fields: readonly HeaderField[], frame: Frame): Map<string, string> {
    const names = fields.map(({ name }) => name);
    expect(!names.some((name) => name.startsWith(':')), 'server: pseudo-header', frame);
    expect(new Set(names).size === names.length, 'server: field twice', names.join());
    return new Map(fields.map(({ name, value }) => [name, value]));
  }
}

function increment(frame: Frame): number {
  const { payload } = frame;
  const value = payload.length === 4 ? readU32Be(payload, 0) : 0;
  expect(value > 0 && value <= WINDOW_BYTES_MAX, 'server: WINDOW_UPDATE', frame);
  return value;
}
