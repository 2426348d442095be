// Generated from proto/record.proto by tools/codegen (npm run generate); do not edit.
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';
import { ConfState, mergeConfState, newConfState, writeConfState } from './raft.ts';

/**
 * One record of a WAL segment; `type` says what `data` holds.
 * walpb.Record.
 */
export interface WalRecord {
  type: number;
  crc: number;
  data: Uint8Array | undefined;
}

export const WalRecord: MessageCodec<WalRecord> = {
  typeName: 'walpb.Record',
  fields: [
    { protoName: 'type', name: 'type', number: 1, kind: 'int64', presence: 'required', counter: true },
    { protoName: 'crc', name: 'crc', number: 2, kind: 'uint32', presence: 'required' },
    { protoName: 'data', name: 'data', number: 3, kind: 'bytes', presence: 'optional' },
  ],
  create: (partial) => Object.assign(newWalRecord(), partial),
  decode: (bytes) => WalRecord.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newWalRecord();
    mergeWalRecord(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeWalRecord(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeWalRecord,
};

export function newWalRecord(): WalRecord {
  return { type: 0, crc: 0, data: undefined };
}

const WalRecord_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeWalRecord(m: WalRecord, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int64Counter();
        break;
      }
      case 16: {
        m.crc = r.uint32();
        break;
      }
      case 26: {
        m.data = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, WalRecord_NUMBERS);
    }
  }
}

export function writeWalRecord(m: WalRecord, w: Writer): void {
  if (m.data !== undefined) {
    w.bytes(m.data);
    w.tag(26);
  }
  w.uint32(m.crc);
  w.tag(16);
  w.int64Counter(m.type);
  w.tag(8);
}

/**
 * Marks in the WAL that a snapshot up to `index` is on disk.
 * walpb.Snapshot.
 */
export interface WalSnapshot {
  index: number;
  term: number;
  confState: ConfState | undefined;
}

export const WalSnapshot: MessageCodec<WalSnapshot> = {
  typeName: 'walpb.Snapshot',
  fields: [
    { protoName: 'index', name: 'index', number: 1, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'term', name: 'term', number: 2, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'conf_state', name: 'confState', number: 3, kind: 'message', presence: 'optional', message: () => ConfState },
  ],
  create: (partial) => Object.assign(newWalSnapshot(), partial),
  decode: (bytes) => WalSnapshot.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newWalSnapshot();
    mergeWalSnapshot(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeWalSnapshot(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeWalSnapshot,
};

export function newWalSnapshot(): WalSnapshot {
  return { index: 0, term: 0, confState: undefined };
}

const WalSnapshot_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeWalSnapshot(m: WalSnapshot, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.index = r.uint64Counter();
        break;
      }
      case 16: {
        m.term = r.uint64Counter();
        break;
      }
      case 26: {
        if (m.confState === undefined) m.confState = newConfState();
        const outer = r.enter();
        mergeConfState(m.confState, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, WalSnapshot_NUMBERS);
    }
  }
}

export function writeWalSnapshot(m: WalSnapshot, w: Writer): void {
  if (m.confState !== undefined) {
    const mark = w.length;
    writeConfState(m.confState, w);
    w.delimit(mark);
    w.tag(26);
  }
  w.uint64Counter(m.term);
  w.tag(16);
  w.uint64Counter(m.index);
  w.tag(8);
}
