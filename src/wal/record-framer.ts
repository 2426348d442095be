import { assert } from '../base/assert.ts';
import { EMPTY_BYTES } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import {
  FRAME_HEADER_BYTES,
  paddingFor,
  RecordTag,
  RecordType,
  writeFrameHeader,
} from './record.ts';

const INITIAL_BYTES = 64 * 1024;

/** A buffer that one large batch made longer than this is given up again. */
const RETAINED_BYTES = 4 * 1024 * 1024;

/** Most bytes that frame, tags, type, crc and data length can take. */
const OVERHEAD_BYTES = FRAME_HEADER_BYTES + 2 + 6 + 6 + FRAME_HEADER_BYTES;

/** Turns records into frames, one after another in one buffer, and continues the checksum chain. */
export class RecordFramer {
  #buffer = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#buffer.buffer);
  #length = 0;
  #crc: number;

  /** `crc` is the running checksum of all data before the first record added here. */
  constructor(crc: number) {
    this.#crc = crc;
  }

  /** CRC-32C of the data of all records of the log so far. */
  get crc(): number {
    return this.#crc;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies `data` into a frame of its own. */
  add(type: number, data: Uint8Array): void {
    assert(type !== RecordType.crc, 'a crc record carries no data');
    this.#crc = crc32c(data, this.#crc);
    this.#frame(type, data);
  }

  /** The record that heads a segment and says where in the chain it begins. */
  addCrc(): void {
    this.#frame(RecordType.crc, EMPTY_BYTES);
  }

  /** The frames since the last `clear`, a view that the next call invalidates. */
  frames(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > RETAINED_BYTES) this.#replaceBuffer(INITIAL_BYTES);
  }

  #frame(type: number, data: Uint8Array): void {
    this.#reserve(data.length + OVERHEAD_BYTES);
    const buffer = this.#buffer;
    const start = this.#length;
    let at = start + FRAME_HEADER_BYTES;
    buffer[at++] = RecordTag.type;
    buffer[at++] = type;
    buffer[at++] = RecordTag.crc;
    at = writeVarint(buffer, at, this.#crc);
    if (data.length > 0) {
      buffer[at++] = RecordTag.data;
      at = writeVarint(buffer, at, data.length);
      buffer.set(data, at);
      at += data.length;
    }
    const recordBytes = at - start - FRAME_HEADER_BYTES;
    writeFrameHeader(this.#view, start, recordBytes);
    const end = at + paddingFor(recordBytes);
    buffer.fill(0, at, end);
    this.#length = end;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const frames = this.frames();
    this.#replaceBuffer(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.set(frames);
  }

  #replaceBuffer(length: number): void {
    this.#buffer = new Uint8Array(length);
    this.#view = new DataView(this.#buffer.buffer);
  }
}

/** Writes an unsigned 32-bit number; returns the position after it. */
function writeVarint(target: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value >>> 0;
  while (rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}
