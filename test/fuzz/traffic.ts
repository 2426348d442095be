/** What a lively but correct client sends on one connection, drawn at random. */
import { gzipSync } from 'node:zlib';
import { concatBytes, fromLatin1 } from '../../src/base/bytes.ts';
import type { Random } from '../../src/base/ports/random.ts';
import { SERVICES } from '../../src/pb/index.ts';
import {
  Flag,
  type Frame,
  PAYLOAD_BYTES_MAX,
  PREFACE_TEXT,
  padded,
  SettingId,
  settingsPayload,
  Type,
  u32,
} from './frame.ts';
import { type Field, HeaderEncoder } from './header-encoder.ts';
import type { Step } from './script.ts';

/** Bodies of one connection together: no more than any server lets through unasked. */
const BODY_BYTES_MAX = 60_000;
/** Of one that is served as it goes on: more than the windows of a stream. */
export const UPLOAD_BYTES_MAX = 600_000;
const METHODS = SERVICES.flatMap(({ methods }) => Object.values(methods));
const UNARY = METHODS.filter((method) => !method.requestStream && !method.responseStream);
const BIDI = METHODS.filter((method) => method.requestStream);
const SERVER_STREAM = METHODS.filter((method) => !method.requestStream && method.responseStream);
const METHODS_BY_KIND = [UNARY, UNARY, UNARY, BIDI, BIDI, SERVER_STREAM];
/** Of messages, in bytes. */
const SIZES = [0, 5, 40, 300, 300, 5000, 20_000];
const LARGE_SIZES = [300, 20_000, 100_000, 250_000];
const PIECES_MAX = 150;
const PIECE_BYTES = [500, 4000, 16_000, PAYLOAD_BYTES_MAX];
const USER_AGENTS = ['grpc-go/1.71.1', 'grpc-node-js/1.14.7', 'grpc-python/1.80.0', 'x'];
const TIMEOUTS = ['1H', '5M', '30S', '20000m', '900000u', '99999999n', '250m'];
const HTTP_PATHS = ['/version', '/health', '/metrics', '/v3/kv/range', '/'];
/** Settings that a correct client may send at any time. */
const SETTINGS: readonly (readonly [id: number, values: readonly number[]])[] = [
  [SettingId.HEADER_TABLE_SIZE, [0, 100, 4096, 65_536]],
  [SettingId.ENABLE_PUSH, [0]],
  [SettingId.MAX_CONCURRENT_STREAMS, [0, 1, 100]],
  [SettingId.INITIAL_WINDOW_SIZE, [0, 1, 100, 65_535, 1_000_000, 0x40000000]],
  [SettingId.MAX_FRAME_SIZE, [16_384, 65_536, 0xffffff]],
  [SettingId.MAX_HEADER_LIST_SIZE, [0, 10_000]],
  [0x77, [1]],
];

/** Frames that must not be parted, encoded when they are sent: HPACK depends on the order. */
type Group = (streamId: number) => Frame[];

export function preface(): Step {
  return { kind: 'raw', bytes: fromLatin1(PREFACE_TEXT) };
}

export class Traffic {
  readonly #random: Random;
  readonly #encoder: HeaderEncoder;
  #bodyBytesLeft: number;
  #pingsLeft = 2;
  /** One DATA frame of so many is padded. */
  readonly #paddedOf: number;

  constructor(random: Random, bodyBytesMax = BODY_BYTES_MAX) {
    this.#random = random;
    this.#bodyBytesLeft = bodyBytesMax;
    this.#paddedOf = this.#one(6) ? 1 : 6;
    this.#encoder = new HeaderEncoder(random);
  }

  /** The steps of a whole connection, the preface first. */
  connection(): Step[] {
    const steps = [preface(), ...frames(this.#settings())];
    if (this.#one(2)) steps.push({ kind: 'turn' });
    const waiting = Array.from({ length: 1 + this.#random.below(8) }, () => this.#call());
    const open: { readonly id: number; readonly groups: Group[] }[] = [];
    let nextId = 1;
    while (waiting.length + open.length > 0) {
      const opens = waiting.length > 0 && (open.length === 0 || this.#one(3));
      const call = opens ? { id: nextId, groups: waiting.pop() ?? [] } : this.#pick(open);
      if (opens) {
        open.push(call);
        nextId += this.#one(10) ? 4 : 2;
      }
      steps.push(...frames(call.groups.shift()?.(call.id) ?? []));
      if (call.groups.length === 0) open.splice(open.indexOf(call), 1);
      if (this.#one(4)) steps.push(...frames([this.#aside(call.id, nextId)]));
      if (this.#one(3)) steps.push({ kind: 'turn' });
    }
    return steps;
  }

  #call(): Group[] {
    const kind = this.#random.below(10);
    if (kind === 0) return [this.#head(this.#httpHead('GET'), true)];
    if (kind === 1) {
      const body = this.#bytes(this.#random.below(300));
      return [this.#head(this.#httpHead('POST'), false), ...this.#body(body)];
    }
    const method = this.#pick(this.#pick(METHODS_BY_KIND));
    const isGzip = this.#one(5);
    const messages = Array.from({ length: method.requestStream ? this.#random.below(6) : 1 }, () =>
      this.#message(isGzip),
    );
    const groups = [
      this.#head(this.#grpcHead(method.path, isGzip), false),
      ...this.#body(concatBytes(messages)),
    ];
    if (!this.#one(10)) return groups;
    const cancel = frame(Type.RST_STREAM, 0, u32(8));
    return [...groups.slice(0, 1 + this.#random.below(groups.length - 1)), cancel];
  }

  #grpcHead(path: string, isGzip: boolean): Field[] {
    const fields: Field[] = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
      [':authority', '127.0.0.1:2379'],
      ['content-type', this.#one(4) ? 'application/grpc+proto' : 'application/grpc'],
      ['user-agent', this.#pick(USER_AGENTS)],
      ['te', 'trailers'],
    ];
    if (this.#one(3)) fields.push(['grpc-timeout', this.#pick(TIMEOUTS)]);
    if (isGzip) fields.push(['grpc-encoding', 'gzip']);
    if (this.#one(4)) fields.push(['token', `t${this.#random.below(3)}`]);
    if (this.#one(4)) fields.push([`x-${this.#random.below(50)}-bin`, 'AAH/']);
    if (this.#one(8)) fields.push([`x-long-${this.#random.below(9)}`, 'y'.repeat(1500)]);
    return fields;
  }

  #httpHead(method: string): Field[] {
    return [
      [':method', method],
      [':path', this.#pick(HTTP_PATHS)],
      [':scheme', 'http'],
      [':authority', 'localhost'],
      ['accept', '*/*'],
    ];
  }

  #message(isGzip: boolean): Uint8Array {
    const size = this.#pick(this.#bodyBytesLeft > BODY_BYTES_MAX ? LARGE_SIZES : SIZES);
    const taken = Math.max(0, Math.min(size, this.#bodyBytesLeft >> 1));
    this.#bodyBytesLeft -= taken + 100;
    const message = this.#bytes(taken);
    const body = isGzip ? new Uint8Array(gzipSync(message)) : message;
    return concatBytes([Uint8Array.of(isGzip ? 1 : 0), u32(body.length), body]);
  }

  #head(fields: readonly Field[], endStream: boolean): Group {
    return (streamId) => this.#headerFrames(streamId, fields, endStream);
  }

  #headerFrames(streamId: number, fields: readonly Field[], endStream: boolean): Frame[] {
    const block = this.#encoder.encode(fields);
    const cuts = this.#one(5) ? 1 + this.#random.below(4) : 0;
    const parts = this.#cut(block, cuts);
    let payload = parts.shift() ?? block;
    let flags = endStream ? Flag.END_STREAM : 0;
    if (this.#one(5)) {
      flags |= Flag.PRIORITY;
      payload = concatBytes([u32(0), Uint8Array.of(this.#random.below(256)), payload]);
    }
    if (this.#one(5)) {
      flags |= Flag.PADDED;
      payload = padded(payload, this.#random.below(256));
    }
    const all = [
      { type: Type.HEADERS, flags, streamId, payload },
      ...parts.map((part) => ({ type: Type.CONTINUATION, flags: 0, streamId, payload: part })),
    ];
    const last = all.pop() as Frame;
    return [...all, { ...last, flags: last.flags | Flag.END_HEADERS }];
  }

  /** A body and its end, which is told in one of three ways. */
  #body(body: Uint8Array): Group[] {
    const cuts = this.#one(3) ? this.#random.below(6) : 0;
    const pieceBytes = Math.max(this.#pick(PIECE_BYTES), Math.ceil(body.length / PIECES_MAX));
    const parts = this.#cut(body, cuts).flatMap((part) => split(part, pieceBytes));
    const groups = parts.map((part) => this.#data(part, 0));
    switch (this.#random.below(6)) {
      case 0:
        return [...groups, frame(Type.DATA, Flag.END_STREAM, new Uint8Array())];
      case 1:
        return [...groups, this.#head([['x-trailer', 'end']], true)];
      default:
        return [...groups.slice(0, -1), this.#data(parts.at(-1) ?? body, Flag.END_STREAM)];
    }
  }

  #data(part: Uint8Array, flags: number): Group {
    const padding = Math.min(this.#random.below(256), PAYLOAD_BYTES_MAX - 1 - part.length);
    return this.#one(this.#paddedOf) && padding >= 0
      ? frame(Type.DATA, flags | Flag.PADDED, padded(part, padding))
      : frame(Type.DATA, flags, part);
  }

  /** A frame beside the calls. `streamId` is open or was. */
  #aside(streamId: number, idleId: number): Frame {
    const of = (type: number, id: number, payload: Uint8Array): Frame => {
      return { type, flags: 0, streamId: id, payload };
    };
    switch (this.#random.below(6)) {
      case 0:
        // With more of them, servers of gRPC lose their patience.
        if (this.#pingsLeft-- > 0) return of(Type.PING, 0, this.#bytes(8));
        return of(0xfe, 0, this.#bytes(8));
      case 1:
        return of(Type.WINDOW_UPDATE, 0, u32(1 + this.#random.below(100_000)));
      case 2:
        return of(Type.WINDOW_UPDATE, streamId, u32(1 + this.#random.below(100_000)));
      case 3:
        return of(
          Type.PRIORITY,
          this.#one(2) ? streamId : idleId,
          concatBytes([u32(0), this.#bytes(1)]),
        );
      case 4:
        return of(0x20 + this.#random.below(200), streamId, this.#bytes(this.#random.below(40)));
      default:
        return this.#settings()[0] as Frame;
    }
  }

  #settings(): Frame[] {
    const chosen = SETTINGS.filter(() => this.#one(5));
    const payload = settingsPayload(chosen.map(([id, values]) => [id, this.#pick(values)]));
    return [{ type: Type.SETTINGS, flags: 0, streamId: 0, payload }];
  }

  /** `bytes` cut at `cuts` random places; parts may be empty. */
  #cut(bytes: Uint8Array, cuts: number): Uint8Array[] {
    const places = Array.from({ length: cuts }, () => this.#random.below(bytes.length + 1));
    const ends = [...places.sort((a, b) => a - b), bytes.length];
    return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
  }

  #bytes(length: number): Uint8Array {
    const fill = this.#random.below(256);
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = fill + at;
    return bytes;
  }

  #one(of: number): boolean {
    return this.#random.below(of) === 0;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)] as T;
  }
}

function frame(type: number, flags: number, payload: Uint8Array): Group {
  return (streamId) => [{ type, flags, streamId, payload }];
}

function frames(all: readonly Frame[]): Step[] {
  return all.map((each) => ({ kind: 'frame', frame: each }));
}

function split(part: Uint8Array, pieceBytes: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let rest = part;
  while (rest.length > pieceBytes) {
    pieces.push(rest.subarray(0, pieceBytes));
    rest = rest.subarray(pieceBytes);
  }
  return [...pieces, rest];
}
