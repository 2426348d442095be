// Generated from proto/lock.proto by tools/codegen (npm run generate); do not edit.
import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { MessageCodec, MethodDescriptor } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';
import { ResponseHeader, mergeResponseHeader, newResponseHeader, writeResponseHeader } from './rpc.ts';

/** v3lockpb.LockRequest. */
export interface LockRequest {
  name: Uint8Array;
  lease: bigint;
}

export const LockRequest: MessageCodec<LockRequest> = {
  typeName: 'v3lockpb.LockRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'lease', name: 'lease', number: 2, kind: 'int64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLockRequest(), partial),
  decode: (bytes) => LockRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLockRequest();
    mergeLockRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLockRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLockRequest,
};

export function newLockRequest(): LockRequest {
  return { name: EMPTY_BYTES, lease: 0n };
}

const LockRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeLockRequest(m: LockRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 16: {
        m.lease = r.int64();
        break;
      }
      default:
        r.skipUnknown(tag, LockRequest_NUMBERS);
    }
  }
}

export function writeLockRequest(m: LockRequest, w: Writer): void {
  if (m.lease !== 0n) {
    w.int64(m.lease);
    w.tag(16);
  }
  if (m.name.length !== 0) {
    w.bytes(m.name);
    w.tag(10);
  }
}

/** v3lockpb.LockResponse. */
export interface LockResponse {
  header: ResponseHeader | undefined;
  key: Uint8Array;
}

export const LockResponse: MessageCodec<LockResponse> = {
  typeName: 'v3lockpb.LockResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'key', name: 'key', number: 2, kind: 'bytes', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLockResponse(), partial),
  decode: (bytes) => LockResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLockResponse();
    mergeLockResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLockResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLockResponse,
};

export function newLockResponse(): LockResponse {
  return { header: undefined, key: EMPTY_BYTES };
}

const LockResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeLockResponse(m: LockResponse, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        if (m.header === undefined) m.header = newResponseHeader();
        const outer = r.enter();
        mergeResponseHeader(m.header, r);
        r.leave(outer);
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, LockResponse_NUMBERS);
    }
  }
}

export function writeLockResponse(m: LockResponse, w: Writer): void {
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** v3lockpb.UnlockRequest. */
export interface UnlockRequest {
  key: Uint8Array;
}

export const UnlockRequest: MessageCodec<UnlockRequest> = {
  typeName: 'v3lockpb.UnlockRequest',
  fields: [
    { protoName: 'key', name: 'key', number: 1, kind: 'bytes', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newUnlockRequest(), partial),
  decode: (bytes) => UnlockRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newUnlockRequest();
    mergeUnlockRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeUnlockRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeUnlockRequest,
};

export function newUnlockRequest(): UnlockRequest {
  return { key: EMPTY_BYTES };
}

const UnlockRequest_NUMBERS: readonly number[] = [1];

export function mergeUnlockRequest(m: UnlockRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, UnlockRequest_NUMBERS);
    }
  }
}

export function writeUnlockRequest(m: UnlockRequest, w: Writer): void {
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(10);
  }
}

/** v3lockpb.UnlockResponse. */
export interface UnlockResponse {
  header: ResponseHeader | undefined;
}

export const UnlockResponse: MessageCodec<UnlockResponse> = {
  typeName: 'v3lockpb.UnlockResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newUnlockResponse(), partial),
  decode: (bytes) => UnlockResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newUnlockResponse();
    mergeUnlockResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeUnlockResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeUnlockResponse,
};

export function newUnlockResponse(): UnlockResponse {
  return { header: undefined };
}

const UnlockResponse_NUMBERS: readonly number[] = [1];

export function mergeUnlockResponse(m: UnlockResponse, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        if (m.header === undefined) m.header = newResponseHeader();
        const outer = r.enter();
        mergeResponseHeader(m.header, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, UnlockResponse_NUMBERS);
    }
  }
}

export function writeUnlockResponse(m: UnlockResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** Service v3lockpb.Lock. */
export const LockService: {
  readonly typeName: string;
  readonly methods: {
    readonly Lock: MethodDescriptor<LockRequest, LockResponse>;
    readonly Unlock: MethodDescriptor<UnlockRequest, UnlockResponse>;
  };
} = {
  typeName: 'v3lockpb.Lock',
  methods: {
    Lock: { name: 'Lock', path: '/v3lockpb.Lock/Lock', request: LockRequest, response: LockResponse, requestStream: false, responseStream: false },
    Unlock: { name: 'Unlock', path: '/v3lockpb.Lock/Unlock', request: UnlockRequest, response: UnlockResponse, requestStream: false, responseStream: false },
  },
};
