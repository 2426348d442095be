// Generated from proto/kv.proto by tools/codegen (npm run generate); do not edit.
import { concatBytes, EMPTY_BYTES } from '../../base/bytes.ts';
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';

/** mvccpb.Event.EventType; a decoded value may have no name here. */
export type EventType = number;
export const EventType = {
  PUT: 0,
  DELETE: 1,
} as const;

/**
 * A key with its newest value, or with the value it had at some revision. Also what
 * the backend stores under each revision (a tombstone carries the key alone).
 * mvccpb.KeyValue.
 */
export interface KeyValue {
  key: Uint8Array;
  createRevision: number;
  modRevision: number;
  /** Puts since the key was created; 1 for the first. */
  version: number;
  value: Uint8Array;
  lease: bigint;
}

export const KeyValue: MessageCodec<KeyValue> = {
  typeName: 'mvccpb.KeyValue',
  fields: [
    { protoName: 'key', name: 'key', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'create_revision', name: 'createRevision', number: 2, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'mod_revision', name: 'modRevision', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'version', name: 'version', number: 4, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'value', name: 'value', number: 5, kind: 'bytes', presence: 'implicit' },
    { protoName: 'lease', name: 'lease', number: 6, kind: 'int64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newKeyValue(), partial),
  decode: (bytes) => KeyValue.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newKeyValue();
    mergeKeyValue(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeKeyValue(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeKeyValue,
};

export function newKeyValue(): KeyValue {
  return { key: EMPTY_BYTES, createRevision: 0, modRevision: 0, version: 0, value: EMPTY_BYTES, lease: 0n };
}

const KeyValue_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6];

export function mergeKeyValue(m: KeyValue, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 16: {
        m.createRevision = r.int64Counter();
        break;
      }
      case 24: {
        m.modRevision = r.int64Counter();
        break;
      }
      case 32: {
        m.version = r.int64Counter();
        break;
      }
      case 42: {
        m.value = r.bytes();
        break;
      }
      case 48: {
        m.lease = r.int64();
        break;
      }
      default:
        r.skipUnknown(tag, KeyValue_NUMBERS);
    }
  }
}

export function writeKeyValue(m: KeyValue, w: Writer): void {
  if (m.lease !== 0n) {
    w.int64(m.lease);
    w.tag(48);
  }
  if (m.value.length !== 0) {
    w.bytes(m.value);
    w.tag(42);
  }
  if (m.version !== 0) {
    w.int64Counter(m.version);
    w.tag(32);
  }
  if (m.modRevision !== 0) {
    w.int64Counter(m.modRevision);
    w.tag(24);
  }
  if (m.createRevision !== 0) {
    w.int64Counter(m.createRevision);
    w.tag(16);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(10);
  }
}

/** mvccpb.Event. */
export interface Event {
  type: EventType;
  /** Encoded mvccpb.KeyValue. */
  kv: Uint8Array | undefined;
  /** Encoded mvccpb.KeyValue. */
  prevKv: Uint8Array | undefined;
}

export const Event: MessageCodec<Event> = {
  typeName: 'mvccpb.Event',
  fields: [
    { protoName: 'type', name: 'type', number: 1, kind: 'enum', presence: 'implicit', values: EventType },
    { protoName: 'kv', name: 'kv', number: 2, kind: 'message', presence: 'optional', lazy: true, message: () => KeyValue },
    { protoName: 'prev_kv', name: 'prevKv', number: 3, kind: 'message', presence: 'optional', lazy: true, message: () => KeyValue },
  ],
  create: (partial) => Object.assign(newEvent(), partial),
  decode: (bytes) => Event.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newEvent();
    mergeEvent(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeEvent(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeEvent,
};

export function newEvent(): Event {
  return { type: 0, kv: undefined, prevKv: undefined };
}

const Event_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeEvent(m: Event, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.enum();
        break;
      }
      case 18: {
        const part = r.bytes();
        m.kv = m.kv === undefined ? part : concatBytes([m.kv, part]);
        break;
      }
      case 26: {
        const part = r.bytes();
        m.prevKv = m.prevKv === undefined ? part : concatBytes([m.prevKv, part]);
        break;
      }
      default:
        r.skipUnknown(tag, Event_NUMBERS);
    }
  }
}

export function writeEvent(m: Event, w: Writer): void {
  if (m.prevKv !== undefined) {
    w.bytes(m.prevKv);
    w.tag(26);
  }
  if (m.kv !== undefined) {
    w.bytes(m.kv);
    w.tag(18);
  }
  if (m.type !== 0) {
    w.enum(m.type);
    w.tag(8);
  }
}
