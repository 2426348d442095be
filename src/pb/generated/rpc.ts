// Generated from proto/rpc.proto by tools/codegen (npm run generate); do not edit.
import { concatBytes, EMPTY_BYTES } from '../../base/bytes.ts';
import type { MessageCodec, MethodDescriptor } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';
import { Permission, UserAddOptions, mergePermission, mergeUserAddOptions, newPermission, newUserAddOptions, writePermission, writeUserAddOptions } from './auth.ts';
import { Event, KeyValue } from './kv.ts';

/** etcdserverpb.RangeRequest.SortOrder; a decoded value may have no name here. */
export type SortOrder = number;
export const SortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2,
} as const;

/** etcdserverpb.RangeRequest.SortTarget; a decoded value may have no name here. */
export type SortTarget = number;
export const SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4,
} as const;

/** etcdserverpb.Compare.CompareResult; a decoded value may have no name here. */
export type CompareResult = number;
export const CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3,
} as const;

/** etcdserverpb.Compare.CompareTarget; a decoded value may have no name here. */
export type CompareTarget = number;
export const CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4,
} as const;

/** etcdserverpb.WatchCreateRequest.FilterType; a decoded value may have no name here. */
export type FilterType = number;
export const FilterType = {
  NOPUT: 0,
  NODELETE: 1,
} as const;

/** etcdserverpb.AlarmType; a decoded value may have no name here. */
export type AlarmType = number;
export const AlarmType = {
  NONE: 0,
  NOSPACE: 1,
  CORRUPT: 2,
} as const;

/** etcdserverpb.AlarmRequest.AlarmAction; a decoded value may have no name here. */
export type AlarmAction = number;
export const AlarmAction = {
  GET: 0,
  ACTIVATE: 1,
  DEACTIVATE: 2,
} as const;

/** etcdserverpb.DowngradeRequest.DowngradeAction; a decoded value may have no name here. */
export type DowngradeAction = number;
export const DowngradeAction = {
  VALIDATE: 0,
  ENABLE: 1,
  CANCEL: 2,
} as const;

/**
 * Heads every response: who answers, and the revision of the store at that moment.
 * etcdserverpb.ResponseHeader.
 */
export interface ResponseHeader {
  clusterId: bigint;
  memberId: bigint;
  revision: number;
  raftTerm: number;
}

export const ResponseHeader: MessageCodec<ResponseHeader> = {
  typeName: 'etcdserverpb.ResponseHeader',
  fields: [
    { protoName: 'cluster_id', name: 'clusterId', number: 1, kind: 'uint64', presence: 'implicit' },
    { protoName: 'member_id', name: 'memberId', number: 2, kind: 'uint64', presence: 'implicit' },
    { protoName: 'revision', name: 'revision', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'raft_term', name: 'raftTerm', number: 4, kind: 'uint64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newResponseHeader(), partial),
  decode: (bytes) => ResponseHeader.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newResponseHeader();
    mergeResponseHeader(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeResponseHeader(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeResponseHeader,
};

export function newResponseHeader(): ResponseHeader {
  return { clusterId: 0n, memberId: 0n, revision: 0, raftTerm: 0 };
}

const ResponseHeader_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeResponseHeader(m: ResponseHeader, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.clusterId = r.uint64();
        break;
      }
      case 16: {
        m.memberId = r.uint64();
        break;
      }
      case 24: {
        m.revision = r.int64Counter();
        break;
      }
      case 32: {
        m.raftTerm = r.uint64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, ResponseHeader_NUMBERS);
    }
  }
}

export function writeResponseHeader(m: ResponseHeader, w: Writer): void {
  if (m.raftTerm !== 0) {
    w.uint64Counter(m.raftTerm);
    w.tag(32);
  }
  if (m.revision !== 0) {
    w.int64Counter(m.revision);
    w.tag(24);
  }
  if (m.memberId !== 0n) {
    w.uint64(m.memberId);
    w.tag(16);
  }
  if (m.clusterId !== 0n) {
    w.uint64(m.clusterId);
    w.tag(8);
  }
}

/** etcdserverpb.RangeRequest. */
export interface RangeRequest {
  key: Uint8Array;
  /** Empty: the single key. One zero byte: no upper bound. */
  rangeEnd: Uint8Array;
  limit: number;
  revision: number;
  sortOrder: SortOrder;
  sortTarget: SortTarget;
  serializable: boolean;
  keysOnly: boolean;
  countOnly: boolean;
  minModRevision: number;
  maxModRevision: number;
  minCreateRevision: number;
  maxCreateRevision: number;
}

export const RangeRequest: MessageCodec<RangeRequest> = {
  typeName: 'etcdserverpb.RangeRequest',
  fields: [
    { protoName: 'key', name: 'key', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'range_end', name: 'rangeEnd', number: 2, kind: 'bytes', presence: 'implicit' },
    { protoName: 'limit', name: 'limit', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'revision', name: 'revision', number: 4, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'sort_order', name: 'sortOrder', number: 5, kind: 'enum', presence: 'implicit', values: SortOrder },
    { protoName: 'sort_target', name: 'sortTarget', number: 6, kind: 'enum', presence: 'implicit', values: SortTarget },
    { protoName: 'serializable', name: 'serializable', number: 7, kind: 'bool', presence: 'implicit' },
    { protoName: 'keys_only', name: 'keysOnly', number: 8, kind: 'bool', presence: 'implicit' },
    { protoName: 'count_only', name: 'countOnly', number: 9, kind: 'bool', presence: 'implicit' },
    { protoName: 'min_mod_revision', name: 'minModRevision', number: 10, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'max_mod_revision', name: 'maxModRevision', number: 11, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'min_create_revision', name: 'minCreateRevision', number: 12, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'max_create_revision', name: 'maxCreateRevision', number: 13, kind: 'int64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newRangeRequest(), partial),
  decode: (bytes) => RangeRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newRangeRequest();
    mergeRangeRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeRangeRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeRangeRequest,
};

export function newRangeRequest(): RangeRequest {
  return { key: EMPTY_BYTES, rangeEnd: EMPTY_BYTES, limit: 0, revision: 0, sortOrder: 0, sortTarget: 0, serializable: false, keysOnly: false, countOnly: false, minModRevision: 0, maxModRevision: 0, minCreateRevision: 0, maxCreateRevision: 0 };
}

const RangeRequest_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

export function mergeRangeRequest(m: RangeRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.limit = r.int64Counter();
        break;
      }
      case 32: {
        m.revision = r.int64Counter();
        break;
      }
      case 40: {
        m.sortOrder = r.enum();
        break;
      }
      case 48: {
        m.sortTarget = r.enum();
        break;
      }
      case 56: {
        m.serializable = r.bool();
        break;
      }
      case 64: {
        m.keysOnly = r.bool();
        break;
      }
      case 72: {
        m.countOnly = r.bool();
        break;
      }
      case 80: {
        m.minModRevision = r.int64Counter();
        break;
      }
      case 88: {
        m.maxModRevision = r.int64Counter();
        break;
      }
      case 96: {
        m.minCreateRevision = r.int64Counter();
        break;
      }
      case 104: {
        m.maxCreateRevision = r.int64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, RangeRequest_NUMBERS);
    }
  }
}

export function writeRangeRequest(m: RangeRequest, w: Writer): void {
  if (m.maxCreateRevision !== 0) {
    w.int64Counter(m.maxCreateRevision);
    w.tag(104);
  }
  if (m.minCreateRevision !== 0) {
    w.int64Counter(m.minCreateRevision);
    w.tag(96);
  }
  if (m.maxModRevision !== 0) {
    w.int64Counter(m.maxModRevision);
    w.tag(88);
  }
  if (m.minModRevision !== 0) {
    w.int64Counter(m.minModRevision);
    w.tag(80);
  }
  if (m.countOnly) {
    w.bool(m.countOnly);
    w.tag(72);
  }
  if (m.keysOnly) {
    w.bool(m.keysOnly);
    w.tag(64);
  }
  if (m.serializable) {
    w.bool(m.serializable);
    w.tag(56);
  }
  if (m.sortTarget !== 0) {
    w.enum(m.sortTarget);
    w.tag(48);
  }
  if (m.sortOrder !== 0) {
    w.enum(m.sortOrder);
    w.tag(40);
  }
  if (m.revision !== 0) {
    w.int64Counter(m.revision);
    w.tag(32);
  }
  if (m.limit !== 0) {
    w.int64Counter(m.limit);
    w.tag(24);
  }
  if (m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.tag(18);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(10);
  }
}

/** etcdserverpb.RangeResponse. */
export interface RangeResponse {
  header: ResponseHeader | undefined;
  /** Encoded mvccpb.KeyValue. */
  kvs: Uint8Array[];
  more: boolean;
  /** All keys in the range, however few a limit let through. */
  count: number;
}

export const RangeResponse: MessageCodec<RangeResponse> = {
  typeName: 'etcdserverpb.RangeResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'kvs', name: 'kvs', number: 2, kind: 'message', presence: 'repeated', lazy: true, message: () => KeyValue },
    { protoName: 'more', name: 'more', number: 3, kind: 'bool', presence: 'implicit' },
    { protoName: 'count', name: 'count', number: 4, kind: 'int64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newRangeResponse(), partial),
  decode: (bytes) => RangeResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newRangeResponse();
    mergeRangeResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeRangeResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeRangeResponse,
};

export function newRangeResponse(): RangeResponse {
  return { header: undefined, kvs: [], more: false, count: 0 };
}

const RangeResponse_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeRangeResponse(m: RangeResponse, r: Reader): void {
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
        m.kvs.push(r.bytes());
        break;
      }
      case 24: {
        m.more = r.bool();
        break;
      }
      case 32: {
        m.count = r.int64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, RangeResponse_NUMBERS);
    }
  }
}

export function writeRangeResponse(m: RangeResponse, w: Writer): void {
  if (m.count !== 0) {
    w.int64Counter(m.count);
    w.tag(32);
  }
  if (m.more) {
    w.bool(m.more);
    w.tag(24);
  }
  for (let i = m.kvs.length - 1; i >= 0; i--) {
    w.bytes(m.kvs[i] as Uint8Array);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/**
 * Since 3.7.
 * etcdserverpb.RangeStreamResponse.
 */
export interface RangeStreamResponse {
  rangeResponse: RangeResponse | undefined;
}

export const RangeStreamResponse: MessageCodec<RangeStreamResponse> = {
  typeName: 'etcdserverpb.RangeStreamResponse',
  fields: [
    { protoName: 'range_response', name: 'rangeResponse', number: 1, kind: 'message', presence: 'optional', message: () => RangeResponse },
  ],
  create: (partial) => Object.assign(newRangeStreamResponse(), partial),
  decode: (bytes) => RangeStreamResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newRangeStreamResponse();
    mergeRangeStreamResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeRangeStreamResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeRangeStreamResponse,
};

export function newRangeStreamResponse(): RangeStreamResponse {
  return { rangeResponse: undefined };
}

const RangeStreamResponse_NUMBERS: readonly number[] = [1];

export function mergeRangeStreamResponse(m: RangeStreamResponse, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        if (m.rangeResponse === undefined) m.rangeResponse = newRangeResponse();
        const outer = r.enter();
        mergeRangeResponse(m.rangeResponse, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, RangeStreamResponse_NUMBERS);
    }
  }
}

export function writeRangeStreamResponse(m: RangeStreamResponse, w: Writer): void {
  if (m.rangeResponse !== undefined) {
    const mark = w.length;
    writeRangeResponse(m.rangeResponse, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.PutRequest. */
export interface PutRequest {
  key: Uint8Array;
  value: Uint8Array;
  lease: bigint;
  prevKv: boolean;
  ignoreValue: boolean;
  ignoreLease: boolean;
}

export const PutRequest: MessageCodec<PutRequest> = {
  typeName: 'etcdserverpb.PutRequest',
  fields: [
    { protoName: 'key', name: 'key', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'value', name: 'value', number: 2, kind: 'bytes', presence: 'implicit' },
    { protoName: 'lease', name: 'lease', number: 3, kind: 'int64', presence: 'implicit' },
    { protoName: 'prev_kv', name: 'prevKv', number: 4, kind: 'bool', presence: 'implicit' },
    { protoName: 'ignore_value', name: 'ignoreValue', number: 5, kind: 'bool', presence: 'implicit' },
    { protoName: 'ignore_lease', name: 'ignoreLease', number: 6, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newPutRequest(), partial),
  decode: (bytes) => PutRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newPutRequest();
    mergePutRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writePutRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writePutRequest,
};

export function newPutRequest(): PutRequest {
  return { key: EMPTY_BYTES, value: EMPTY_BYTES, lease: 0n, prevKv: false, ignoreValue: false, ignoreLease: false };
}

const PutRequest_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6];

export function mergePutRequest(m: PutRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.value = r.bytes();
        break;
      }
      case 24: {
        m.lease = r.int64();
        break;
      }
      case 32: {
        m.prevKv = r.bool();
        break;
      }
      case 40: {
        m.ignoreValue = r.bool();
        break;
      }
      case 48: {
        m.ignoreLease = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, PutRequest_NUMBERS);
    }
  }
}

export function writePutRequest(m: PutRequest, w: Writer): void {
  if (m.ignoreLease) {
    w.bool(m.ignoreLease);
    w.tag(48);
  }
  if (m.ignoreValue) {
    w.bool(m.ignoreValue);
    w.tag(40);
  }
  if (m.prevKv) {
    w.bool(m.prevKv);
    w.tag(32);
  }
  if (m.lease !== 0n) {
    w.int64(m.lease);
    w.tag(24);
  }
  if (m.value.length !== 0) {
    w.bytes(m.value);
    w.tag(18);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(10);
  }
}

/** etcdserverpb.PutResponse. */
export interface PutResponse {
  header: ResponseHeader | undefined;
  /** Encoded mvccpb.KeyValue. */
  prevKv: Uint8Array | undefined;
}

export const PutResponse: MessageCodec<PutResponse> = {
  typeName: 'etcdserverpb.PutResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'prev_kv', name: 'prevKv', number: 2, kind: 'message', presence: 'optional', lazy: true, message: () => KeyValue },
  ],
  create: (partial) => Object.assign(newPutResponse(), partial),
  decode: (bytes) => PutResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newPutResponse();
    mergePutResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writePutResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writePutResponse,
};

export function newPutResponse(): PutResponse {
  return { header: undefined, prevKv: undefined };
}

const PutResponse_NUMBERS: readonly number[] = [1, 2];

export function mergePutResponse(m: PutResponse, r: Reader): void {
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
        const part = r.bytes();
        m.prevKv = m.prevKv === undefined ? part : concatBytes([m.prevKv, part]);
        break;
      }
      default:
        r.skipUnknown(tag, PutResponse_NUMBERS);
    }
  }
}

export function writePutResponse(m: PutResponse, w: Writer): void {
  if (m.prevKv !== undefined) {
    w.bytes(m.prevKv);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.DeleteRangeRequest. */
export interface DeleteRangeRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  prevKv: boolean;
}

export const DeleteRangeRequest: MessageCodec<DeleteRangeRequest> = {
  typeName: 'etcdserverpb.DeleteRangeRequest',
  fields: [
    { protoName: 'key', name: 'key', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'range_end', name: 'rangeEnd', number: 2, kind: 'bytes', presence: 'implicit' },
    { protoName: 'prev_kv', name: 'prevKv', number: 3, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newDeleteRangeRequest(), partial),
  decode: (bytes) => DeleteRangeRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDeleteRangeRequest();
    mergeDeleteRangeRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDeleteRangeRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDeleteRangeRequest,
};

export function newDeleteRangeRequest(): DeleteRangeRequest {
  return { key: EMPTY_BYTES, rangeEnd: EMPTY_BYTES, prevKv: false };
}

const DeleteRangeRequest_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeDeleteRangeRequest(m: DeleteRangeRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.prevKv = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, DeleteRangeRequest_NUMBERS);
    }
  }
}

export function writeDeleteRangeRequest(m: DeleteRangeRequest, w: Writer): void {
  if (m.prevKv) {
    w.bool(m.prevKv);
    w.tag(24);
  }
  if (m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.tag(18);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(10);
  }
}

/** etcdserverpb.DeleteRangeResponse. */
export interface DeleteRangeResponse {
  header: ResponseHeader | undefined;
  deleted: number;
  /** Encoded mvccpb.KeyValue. */
  prevKvs: Uint8Array[];
}

export const DeleteRangeResponse: MessageCodec<DeleteRangeResponse> = {
  typeName: 'etcdserverpb.DeleteRangeResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'deleted', name: 'deleted', number: 2, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'prev_kvs', name: 'prevKvs', number: 3, kind: 'message', presence: 'repeated', lazy: true, message: () => KeyValue },
  ],
  create: (partial) => Object.assign(newDeleteRangeResponse(), partial),
  decode: (bytes) => DeleteRangeResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDeleteRangeResponse();
    mergeDeleteRangeResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDeleteRangeResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDeleteRangeResponse,
};

export function newDeleteRangeResponse(): DeleteRangeResponse {
  return { header: undefined, deleted: 0, prevKvs: [] };
}

const DeleteRangeResponse_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeDeleteRangeResponse(m: DeleteRangeResponse, r: Reader): void {
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
      case 16: {
        m.deleted = r.int64Counter();
        break;
      }
      case 26: {
        m.prevKvs.push(r.bytes());
        break;
      }
      default:
        r.skipUnknown(tag, DeleteRangeResponse_NUMBERS);
    }
  }
}

export function writeDeleteRangeResponse(m: DeleteRangeResponse, w: Writer): void {
  for (let i = m.prevKvs.length - 1; i >= 0; i--) {
    w.bytes(m.prevKvs[i] as Uint8Array);
    w.tag(26);
  }
  if (m.deleted !== 0) {
    w.int64Counter(m.deleted);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.RequestOp. */
export interface RequestOp {
  /** Member of oneof request. */
  requestRange: RangeRequest | undefined;
  /** Member of oneof request. */
  requestPut: PutRequest | undefined;
  /** Member of oneof request. */
  requestDeleteRange: DeleteRangeRequest | undefined;
  /** Member of oneof request. */
  requestTxn: TxnRequest | undefined;
}

export const RequestOp: MessageCodec<RequestOp> = {
  typeName: 'etcdserverpb.RequestOp',
  fields: [
    { protoName: 'request_range', name: 'requestRange', number: 1, kind: 'message', presence: 'optional', oneof: 'request', message: () => RangeRequest },
    { protoName: 'request_put', name: 'requestPut', number: 2, kind: 'message', presence: 'optional', oneof: 'request', message: () => PutRequest },
    { protoName: 'request_delete_range', name: 'requestDeleteRange', number: 3, kind: 'message', presence: 'optional', oneof: 'request', message: () => DeleteRangeRequest },
    { protoName: 'request_txn', name: 'requestTxn', number: 4, kind: 'message', presence: 'optional', oneof: 'request', message: () => TxnRequest },
  ],
  create: (partial) => Object.assign(newRequestOp(), partial),
  decode: (bytes) => RequestOp.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newRequestOp();
    mergeRequestOp(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeRequestOp(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeRequestOp,
};

export function newRequestOp(): RequestOp {
  return { requestRange: undefined, requestPut: undefined, requestDeleteRange: undefined, requestTxn: undefined };
}

const RequestOp_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeRequestOp(m: RequestOp, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.requestPut = undefined;
        m.requestDeleteRange = undefined;
        m.requestTxn = undefined;
        if (m.requestRange === undefined) m.requestRange = newRangeRequest();
        const outer = r.enter();
        mergeRangeRequest(m.requestRange, r);
        r.leave(outer);
        break;
      }
      case 18: {
        m.requestRange = undefined;
        m.requestDeleteRange = undefined;
        m.requestTxn = undefined;
        if (m.requestPut === undefined) m.requestPut = newPutRequest();
        const outer = r.enter();
        mergePutRequest(m.requestPut, r);
        r.leave(outer);
        break;
      }
      case 26: {
        m.requestRange = undefined;
        m.requestPut = undefined;
        m.requestTxn = undefined;
        if (m.requestDeleteRange === undefined) m.requestDeleteRange = newDeleteRangeRequest();
        const outer = r.enter();
        mergeDeleteRangeRequest(m.requestDeleteRange, r);
        r.leave(outer);
        break;
      }
      case 34: {
        m.requestRange = undefined;
        m.requestPut = undefined;
        m.requestDeleteRange = undefined;
        if (m.requestTxn === undefined) m.requestTxn = newTxnRequest();
        const outer = r.enter();
        mergeTxnRequest(m.requestTxn, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, RequestOp_NUMBERS);
    }
  }
}

export function writeRequestOp(m: RequestOp, w: Writer): void {
  if (m.requestTxn !== undefined) {
    const mark = w.length;
    writeTxnRequest(m.requestTxn, w);
    w.delimit(mark);
    w.tag(34);
  }
  if (m.requestDeleteRange !== undefined) {
    const mark = w.length;
    writeDeleteRangeRequest(m.requestDeleteRange, w);
    w.delimit(mark);
    w.tag(26);
  }
  if (m.requestPut !== undefined) {
    const mark = w.length;
    writePutRequest(m.requestPut, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.requestRange !== undefined) {
    const mark = w.length;
    writeRangeRequest(m.requestRange, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.ResponseOp. */
export interface ResponseOp {
  /** Member of oneof response. */
  responseRange: RangeResponse | undefined;
  /** Member of oneof response. */
  responsePut: PutResponse | undefined;
  /** Member of oneof response. */
  responseDeleteRange: DeleteRangeResponse | undefined;
  /** Member of oneof response. */
  responseTxn: TxnResponse | undefined;
}

export const ResponseOp: MessageCodec<ResponseOp> = {
  typeName: 'etcdserverpb.ResponseOp',
  fields: [
    { protoName: 'response_range', name: 'responseRange', number: 1, kind: 'message', presence: 'optional', oneof: 'response', message: () => RangeResponse },
    { protoName: 'response_put', name: 'responsePut', number: 2, kind: 'message', presence: 'optional', oneof: 'response', message: () => PutResponse },
    { protoName: 'response_delete_range', name: 'responseDeleteRange', number: 3, kind: 'message', presence: 'optional', oneof: 'response', message: () => DeleteRangeResponse },
    { protoName: 'response_txn', name: 'responseTxn', number: 4, kind: 'message', presence: 'optional', oneof: 'response', message: () => TxnResponse },
  ],
  create: (partial) => Object.assign(newResponseOp(), partial),
  decode: (bytes) => ResponseOp.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newResponseOp();
    mergeResponseOp(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeResponseOp(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeResponseOp,
};

export function newResponseOp(): ResponseOp {
  return { responseRange: undefined, responsePut: undefined, responseDeleteRange: undefined, responseTxn: undefined };
}

const ResponseOp_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeResponseOp(m: ResponseOp, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.responsePut = undefined;
        m.responseDeleteRange = undefined;
        m.responseTxn = undefined;
        if (m.responseRange === undefined) m.responseRange = newRangeResponse();
        const outer = r.enter();
        mergeRangeResponse(m.responseRange, r);
        r.leave(outer);
        break;
      }
      case 18: {
        m.responseRange = undefined;
        m.responseDeleteRange = undefined;
        m.responseTxn = undefined;
        if (m.responsePut === undefined) m.responsePut = newPutResponse();
        const outer = r.enter();
        mergePutResponse(m.responsePut, r);
        r.leave(outer);
        break;
      }
      case 26: {
        m.responseRange = undefined;
        m.responsePut = undefined;
        m.responseTxn = undefined;
        if (m.responseDeleteRange === undefined) m.responseDeleteRange = newDeleteRangeResponse();
        const outer = r.enter();
        mergeDeleteRangeResponse(m.responseDeleteRange, r);
        r.leave(outer);
        break;
      }
      case 34: {
        m.responseRange = undefined;
        m.responsePut = undefined;
        m.responseDeleteRange = undefined;
        if (m.responseTxn === undefined) m.responseTxn = newTxnResponse();
        const outer = r.enter();
        mergeTxnResponse(m.responseTxn, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, ResponseOp_NUMBERS);
    }
  }
}

export function writeResponseOp(m: ResponseOp, w: Writer): void {
  if (m.responseTxn !== undefined) {
    const mark = w.length;
    writeTxnResponse(m.responseTxn, w);
    w.delimit(mark);
    w.tag(34);
  }
  if (m.responseDeleteRange !== undefined) {
    const mark = w.length;
    writeDeleteRangeResponse(m.responseDeleteRange, w);
    w.delimit(mark);
    w.tag(26);
  }
  if (m.responsePut !== undefined) {
    const mark = w.length;
    writePutResponse(m.responsePut, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.responseRange !== undefined) {
    const mark = w.length;
    writeRangeResponse(m.responseRange, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.Compare. */
export interface Compare {
  result: CompareResult;
  target: CompareTarget;
  key: Uint8Array;
  /** Member of oneof target_union. */
  version: number | undefined;
  /** Member of oneof target_union. */
  createRevision: number | undefined;
  /** Member of oneof target_union. */
  modRevision: number | undefined;
  /** Member of oneof target_union. */
  value: Uint8Array | undefined;
  /** Member of oneof target_union. */
  lease: bigint | undefined;
  rangeEnd: Uint8Array;
}

export const Compare: MessageCodec<Compare> = {
  typeName: 'etcdserverpb.Compare',
  fields: [
    { protoName: 'result', name: 'result', number: 1, kind: 'enum', presence: 'implicit', values: CompareResult },
    { protoName: 'target', name: 'target', number: 2, kind: 'enum', presence: 'implicit', values: CompareTarget },
    { protoName: 'key', name: 'key', number: 3, kind: 'bytes', presence: 'implicit' },
    { protoName: 'version', name: 'version', number: 4, kind: 'int64', presence: 'optional', oneof: 'target_union', counter: true },
    { protoName: 'create_revision', name: 'createRevision', number: 5, kind: 'int64', presence: 'optional', oneof: 'target_union', counter: true },
    { protoName: 'mod_revision', name: 'modRevision', number: 6, kind: 'int64', presence: 'optional', oneof: 'target_union', counter: true },
    { protoName: 'value', name: 'value', number: 7, kind: 'bytes', presence: 'optional', oneof: 'target_union' },
    { protoName: 'lease', name: 'lease', number: 8, kind: 'int64', presence: 'optional', oneof: 'target_union' },
    { protoName: 'range_end', name: 'rangeEnd', number: 64, kind: 'bytes', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newCompare(), partial),
  decode: (bytes) => Compare.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newCompare();
    mergeCompare(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeCompare(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeCompare,
};

export function newCompare(): Compare {
  return { result: 0, target: 0, key: EMPTY_BYTES, version: undefined, createRevision: undefined, modRevision: undefined, value: undefined, lease: undefined, rangeEnd: EMPTY_BYTES };
}

const Compare_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 64];

export function mergeCompare(m: Compare, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.result = r.enum();
        break;
      }
      case 16: {
        m.target = r.enum();
        break;
      }
      case 26: {
        m.key = r.bytes();
        break;
      }
      case 32: {
        m.createRevision = undefined;
        m.modRevision = undefined;
        m.value = undefined;
        m.lease = undefined;
        m.version = r.int64Counter();
        break;
      }
      case 40: {
        m.version = undefined;
        m.modRevision = undefined;
        m.value = undefined;
        m.lease = undefined;
        m.createRevision = r.int64Counter();
        break;
      }
      case 48: {
        m.version = undefined;
        m.createRevision = undefined;
        m.value = undefined;
        m.lease = undefined;
        m.modRevision = r.int64Counter();
        break;
      }
      case 58: {
        m.version = undefined;
        m.createRevision = undefined;
        m.modRevision = undefined;
        m.lease = undefined;
        m.value = r.bytes();
        break;
      }
      case 64: {
        m.version = undefined;
        m.createRevision = undefined;
        m.modRevision = undefined;
        m.value = undefined;
        m.lease = r.int64();
        break;
      }
      case 514: {
        m.rangeEnd = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, Compare_NUMBERS);
    }
  }
}

export function writeCompare(m: Compare, w: Writer): void {
  if (m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.tag(514);
  }
  if (m.lease !== undefined) {
    w.int64(m.lease);
    w.tag(64);
  }
  if (m.value !== undefined) {
    w.bytes(m.value);
    w.tag(58);
  }
  if (m.modRevision !== undefined) {
    w.int64Counter(m.modRevision);
    w.tag(48);
  }
  if (m.createRevision !== undefined) {
    w.int64Counter(m.createRevision);
    w.tag(40);
  }
  if (m.version !== undefined) {
    w.int64Counter(m.version);
    w.tag(32);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(26);
  }
  if (m.target !== 0) {
    w.enum(m.target);
    w.tag(16);
  }
  if (m.result !== 0) {
    w.enum(m.result);
    w.tag(8);
  }
}

/** etcdserverpb.TxnRequest. */
export interface TxnRequest {
  compare: Compare[];
  success: RequestOp[];
  failure: RequestOp[];
}

export const TxnRequest: MessageCodec<TxnRequest> = {
  typeName: 'etcdserverpb.TxnRequest',
  fields: [
    { protoName: 'compare', name: 'compare', number: 1, kind: 'message', presence: 'repeated', message: () => Compare },
    { protoName: 'success', name: 'success', number: 2, kind: 'message', presence: 'repeated', message: () => RequestOp },
    { protoName: 'failure', name: 'failure', number: 3, kind: 'message', presence: 'repeated', message: () => RequestOp },
  ],
  create: (partial) => Object.assign(newTxnRequest(), partial),
  decode: (bytes) => TxnRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newTxnRequest();
    mergeTxnRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeTxnRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeTxnRequest,
};

export function newTxnRequest(): TxnRequest {
  return { compare: [], success: [], failure: [] };
}

const TxnRequest_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeTxnRequest(m: TxnRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const item = newCompare();
        const outer = r.enter();
        mergeCompare(item, r);
        r.leave(outer);
        m.compare.push(item);
        break;
      }
      case 18: {
        const item = newRequestOp();
        const outer = r.enter();
        mergeRequestOp(item, r);
        r.leave(outer);
        m.success.push(item);
        break;
      }
      case 26: {
        const item = newRequestOp();
        const outer = r.enter();
        mergeRequestOp(item, r);
        r.leave(outer);
        m.failure.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, TxnRequest_NUMBERS);
    }
  }
}

export function writeTxnRequest(m: TxnRequest, w: Writer): void {
  for (let i = m.failure.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeRequestOp(m.failure[i] as RequestOp, w);
    w.delimit(mark);
    w.tag(26);
  }
  for (let i = m.success.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeRequestOp(m.success[i] as RequestOp, w);
    w.delimit(mark);
    w.tag(18);
  }
  for (let i = m.compare.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeCompare(m.compare[i] as Compare, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.TxnResponse. */
export interface TxnResponse {
  header: ResponseHeader | undefined;
  succeeded: boolean;
  responses: ResponseOp[];
}

export const TxnResponse: MessageCodec<TxnResponse> = {
  typeName: 'etcdserverpb.TxnResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'succeeded', name: 'succeeded', number: 2, kind: 'bool', presence: 'implicit' },
    { protoName: 'responses', name: 'responses', number: 3, kind: 'message', presence: 'repeated', message: () => ResponseOp },
  ],
  create: (partial) => Object.assign(newTxnResponse(), partial),
  decode: (bytes) => TxnResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newTxnResponse();
    mergeTxnResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeTxnResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeTxnResponse,
};

export function newTxnResponse(): TxnResponse {
  return { header: undefined, succeeded: false, responses: [] };
}

const TxnResponse_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeTxnResponse(m: TxnResponse, r: Reader): void {
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
      case 16: {
        m.succeeded = r.bool();
        break;
      }
      case 26: {
        const item = newResponseOp();
        const outer = r.enter();
        mergeResponseOp(item, r);
        r.leave(outer);
        m.responses.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, TxnResponse_NUMBERS);
    }
  }
}

export function writeTxnResponse(m: TxnResponse, w: Writer): void {
  for (let i = m.responses.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeResponseOp(m.responses[i] as ResponseOp, w);
    w.delimit(mark);
    w.tag(26);
  }
  if (m.succeeded) {
    w.bool(m.succeeded);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.CompactionRequest. */
export interface CompactionRequest {
  revision: number;
  /** Answer only when the old revisions are gone from the backend, too. */
  physical: boolean;
}

export const CompactionRequest: MessageCodec<CompactionRequest> = {
  typeName: 'etcdserverpb.CompactionRequest',
  fields: [
    { protoName: 'revision', name: 'revision', number: 1, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'physical', name: 'physical', number: 2, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newCompactionRequest(), partial),
  decode: (bytes) => CompactionRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newCompactionRequest();
    mergeCompactionRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeCompactionRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeCompactionRequest,
};

export function newCompactionRequest(): CompactionRequest {
  return { revision: 0, physical: false };
}

const CompactionRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeCompactionRequest(m: CompactionRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.revision = r.int64Counter();
        break;
      }
      case 16: {
        m.physical = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, CompactionRequest_NUMBERS);
    }
  }
}

export function writeCompactionRequest(m: CompactionRequest, w: Writer): void {
  if (m.physical) {
    w.bool(m.physical);
    w.tag(16);
  }
  if (m.revision !== 0) {
    w.int64Counter(m.revision);
    w.tag(8);
  }
}

/** etcdserverpb.CompactionResponse. */
export interface CompactionResponse {
  header: ResponseHeader | undefined;
}

export const CompactionResponse: MessageCodec<CompactionResponse> = {
  typeName: 'etcdserverpb.CompactionResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newCompactionResponse(), partial),
  decode: (bytes) => CompactionResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newCompactionResponse();
    mergeCompactionResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeCompactionResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeCompactionResponse,
};

export function newCompactionResponse(): CompactionResponse {
  return { header: undefined };
}

const CompactionResponse_NUMBERS: readonly number[] = [1];

export function mergeCompactionResponse(m: CompactionResponse, r: Reader): void {
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
        r.skipUnknown(tag, CompactionResponse_NUMBERS);
    }
  }
}

export function writeCompactionResponse(m: CompactionResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.WatchRequest. */
export interface WatchRequest {
  /** Member of oneof request_union. */
  createRequest: WatchCreateRequest | undefined;
  /** Member of oneof request_union. */
  cancelRequest: WatchCancelRequest | undefined;
  /** Member of oneof request_union. */
  progressRequest: WatchProgressRequest | undefined;
}

export const WatchRequest: MessageCodec<WatchRequest> = {
  typeName: 'etcdserverpb.WatchRequest',
  fields: [
    { protoName: 'create_request', name: 'createRequest', number: 1, kind: 'message', presence: 'optional', oneof: 'request_union', message: () => WatchCreateRequest },
    { protoName: 'cancel_request', name: 'cancelRequest', number: 2, kind: 'message', presence: 'optional', oneof: 'request_union', message: () => WatchCancelRequest },
    { protoName: 'progress_request', name: 'progressRequest', number: 3, kind: 'message', presence: 'optional', oneof: 'request_union', message: () => WatchProgressRequest },
  ],
  create: (partial) => Object.assign(newWatchRequest(), partial),
  decode: (bytes) => WatchRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newWatchRequest();
    mergeWatchRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeWatchRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeWatchRequest,
};

export function newWatchRequest(): WatchRequest {
  return { createRequest: undefined, cancelRequest: undefined, progressRequest: undefined };
}

const WatchRequest_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeWatchRequest(m: WatchRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.cancelRequest = undefined;
        m.progressRequest = undefined;
        if (m.createRequest === undefined) m.createRequest = newWatchCreateRequest();
        const outer = r.enter();
        mergeWatchCreateRequest(m.createRequest, r);
        r.leave(outer);
        break;
      }
      case 18: {
        m.createRequest = undefined;
        m.progressRequest = undefined;
        if (m.cancelRequest === undefined) m.cancelRequest = newWatchCancelRequest();
        const outer = r.enter();
        mergeWatchCancelRequest(m.cancelRequest, r);
        r.leave(outer);
        break;
      }
      case 26: {
        m.createRequest = undefined;
        m.cancelRequest = undefined;
        if (m.progressRequest === undefined) m.progressRequest = newWatchProgressRequest();
        const outer = r.enter();
        mergeWatchProgressRequest(m.progressRequest, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, WatchRequest_NUMBERS);
    }
  }
}

export function writeWatchRequest(m: WatchRequest, w: Writer): void {
  if (m.progressRequest !== undefined) {
    const mark = w.length;
    writeWatchProgressRequest(m.progressRequest, w);
    w.delimit(mark);
    w.tag(26);
  }
  if (m.cancelRequest !== undefined) {
    const mark = w.length;
    writeWatchCancelRequest(m.cancelRequest, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.createRequest !== undefined) {
    const mark = w.length;
    writeWatchCreateRequest(m.createRequest, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.WatchCreateRequest. */
export interface WatchCreateRequest {
  key: Uint8Array;
  rangeEnd: Uint8Array;
  startRevision: number;
  progressNotify: boolean;
  filters: FilterType[];
  prevKv: boolean;
  watchId: bigint;
  fragment: boolean;
}

export const WatchCreateRequest: MessageCodec<WatchCreateRequest> = {
  typeName: 'etcdserverpb.WatchCreateRequest',
  fields: [
    { protoName: 'key', name: 'key', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'range_end', name: 'rangeEnd', number: 2, kind: 'bytes', presence: 'implicit' },
    { protoName: 'start_revision', name: 'startRevision', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'progress_notify', name: 'progressNotify', number: 4, kind: 'bool', presence: 'implicit' },
    { protoName: 'filters', name: 'filters', number: 5, kind: 'enum', presence: 'repeated', values: FilterType },
    { protoName: 'prev_kv', name: 'prevKv', number: 6, kind: 'bool', presence: 'implicit' },
    { protoName: 'watch_id', name: 'watchId', number: 7, kind: 'int64', presence: 'implicit' },
    { protoName: 'fragment', name: 'fragment', number: 8, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newWatchCreateRequest(), partial),
  decode: (bytes) => WatchCreateRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newWatchCreateRequest();
    mergeWatchCreateRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeWatchCreateRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeWatchCreateRequest,
};

export function newWatchCreateRequest(): WatchCreateRequest {
  return { key: EMPTY_BYTES, rangeEnd: EMPTY_BYTES, startRevision: 0, progressNotify: false, filters: [], prevKv: false, watchId: 0n, fragment: false };
}

const WatchCreateRequest_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

export function mergeWatchCreateRequest(m: WatchCreateRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.startRevision = r.int64Counter();
        break;
      }
      case 32: {
        m.progressNotify = r.bool();
        break;
      }
      case 40: {
        m.filters.push(r.enum());
        break;
      }
      case 42: {
        const outer = r.enter();
        while (!r.done) m.filters.push(r.enum());
        r.leave(outer);
        break;
      }
      case 48: {
        m.prevKv = r.bool();
        break;
      }
      case 56: {
        m.watchId = r.int64();
        break;
      }
      case 64: {
        m.fragment = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, WatchCreateRequest_NUMBERS);
    }
  }
}

export function writeWatchCreateRequest(m: WatchCreateRequest, w: Writer): void {
  if (m.fragment) {
    w.bool(m.fragment);
    w.tag(64);
  }
  if (m.watchId !== 0n) {
    w.int64(m.watchId);
    w.tag(56);
  }
  if (m.prevKv) {
    w.bool(m.prevKv);
    w.tag(48);
  }
  if (m.filters.length !== 0) {
    const mark = w.length;
    for (let i = m.filters.length - 1; i >= 0; i--) {
      w.enum(m.filters[i] as FilterType);
    }
    w.delimit(mark);
    w.tag(42);
  }
  if (m.progressNotify) {
    w.bool(m.progressNotify);
    w.tag(32);
  }
  if (m.startRevision !== 0) {
    w.int64Counter(m.startRevision);
    w.tag(24);
  }
  if (m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.tag(18);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(10);
  }
}

/** etcdserverpb.WatchCancelRequest. */
export interface WatchCancelRequest {
  watchId: bigint;
}

export const WatchCancelRequest: MessageCodec<WatchCancelRequest> = {
  typeName: 'etcdserverpb.WatchCancelRequest',
  fields: [
    { protoName: 'watch_id', name: 'watchId', number: 1, kind: 'int64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newWatchCancelRequest(), partial),
  decode: (bytes) => WatchCancelRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newWatchCancelRequest();
    mergeWatchCancelRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeWatchCancelRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeWatchCancelRequest,
};

export function newWatchCancelRequest(): WatchCancelRequest {
  return { watchId: 0n };
}

const WatchCancelRequest_NUMBERS: readonly number[] = [1];

export function mergeWatchCancelRequest(m: WatchCancelRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.watchId = r.int64();
        break;
      }
      default:
        r.skipUnknown(tag, WatchCancelRequest_NUMBERS);
    }
  }
}

export function writeWatchCancelRequest(m: WatchCancelRequest, w: Writer): void {
  if (m.watchId !== 0n) {
    w.int64(m.watchId);
    w.tag(8);
  }
}

/** etcdserverpb.WatchProgressRequest. */
export interface WatchProgressRequest {
}

export const WatchProgressRequest: MessageCodec<WatchProgressRequest> = {
  typeName: 'etcdserverpb.WatchProgressRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newWatchProgressRequest(), partial),
  decode: (bytes) => WatchProgressRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newWatchProgressRequest();
    mergeWatchProgressRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeWatchProgressRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeWatchProgressRequest,
};

export function newWatchProgressRequest(): WatchProgressRequest {
  return { };
}

const WatchProgressRequest_NUMBERS: readonly number[] = [];

export function mergeWatchProgressRequest(_m: WatchProgressRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, WatchProgressRequest_NUMBERS);
    }
  }
}

export function writeWatchProgressRequest(_m: WatchProgressRequest, _w: Writer): void {
}

/** etcdserverpb.WatchResponse. */
export interface WatchResponse {
  header: ResponseHeader | undefined;
  watchId: bigint;
  created: boolean;
  canceled: boolean;
  compactRevision: number;
  cancelReason: string;
  fragment: boolean;
  /** Encoded mvccpb.Event. */
  events: Uint8Array[];
}

export const WatchResponse: MessageCodec<WatchResponse> = {
  typeName: 'etcdserverpb.WatchResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'watch_id', name: 'watchId', number: 2, kind: 'int64', presence: 'implicit' },
    { protoName: 'created', name: 'created', number: 3, kind: 'bool', presence: 'implicit' },
    { protoName: 'canceled', name: 'canceled', number: 4, kind: 'bool', presence: 'implicit' },
    { protoName: 'compact_revision', name: 'compactRevision', number: 5, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'cancel_reason', name: 'cancelReason', number: 6, kind: 'string', presence: 'implicit' },
    { protoName: 'fragment', name: 'fragment', number: 7, kind: 'bool', presence: 'implicit' },
    { protoName: 'events', name: 'events', number: 11, kind: 'message', presence: 'repeated', lazy: true, message: () => Event },
  ],
  create: (partial) => Object.assign(newWatchResponse(), partial),
  decode: (bytes) => WatchResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newWatchResponse();
    mergeWatchResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeWatchResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeWatchResponse,
};

export function newWatchResponse(): WatchResponse {
  return { header: undefined, watchId: 0n, created: false, canceled: false, compactRevision: 0, cancelReason: '', fragment: false, events: [] };
}

const WatchResponse_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 11];

export function mergeWatchResponse(m: WatchResponse, r: Reader): void {
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
      case 16: {
        m.watchId = r.int64();
        break;
      }
      case 24: {
        m.created = r.bool();
        break;
      }
      case 32: {
        m.canceled = r.bool();
        break;
      }
      case 40: {
        m.compactRevision = r.int64Counter();
        break;
      }
      case 50: {
        m.cancelReason = r.string();
        break;
      }
      case 56: {
        m.fragment = r.bool();
        break;
      }
      case 90: {
        m.events.push(r.bytes());
        break;
      }
      default:
        r.skipUnknown(tag, WatchResponse_NUMBERS);
    }
  }
}

export function writeWatchResponse(m: WatchResponse, w: Writer): void {
  for (let i = m.events.length - 1; i >= 0; i--) {
    w.bytes(m.events[i] as Uint8Array);
    w.tag(90);
  }
  if (m.fragment) {
    w.bool(m.fragment);
    w.tag(56);
  }
  if (m.cancelReason !== '') {
    w.string(m.cancelReason);
    w.tag(50);
  }
  if (m.compactRevision !== 0) {
    w.int64Counter(m.compactRevision);
    w.tag(40);
  }
  if (m.canceled) {
    w.bool(m.canceled);
    w.tag(32);
  }
  if (m.created) {
    w.bool(m.created);
    w.tag(24);
  }
  if (m.watchId !== 0n) {
    w.int64(m.watchId);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.LeaseGrantRequest. */
export interface LeaseGrantRequest {
  TTL: number;
  ID: bigint;
}

export const LeaseGrantRequest: MessageCodec<LeaseGrantRequest> = {
  typeName: 'etcdserverpb.LeaseGrantRequest',
  fields: [
    { protoName: 'TTL', name: 'TTL', number: 1, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'ID', name: 'ID', number: 2, kind: 'int64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLeaseGrantRequest(), partial),
  decode: (bytes) => LeaseGrantRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseGrantRequest();
    mergeLeaseGrantRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseGrantRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseGrantRequest,
};

export function newLeaseGrantRequest(): LeaseGrantRequest {
  return { TTL: 0, ID: 0n };
}

const LeaseGrantRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeLeaseGrantRequest(m: LeaseGrantRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.TTL = r.int64Counter();
        break;
      }
      case 16: {
        m.ID = r.int64();
        break;
      }
      default:
        r.skipUnknown(tag, LeaseGrantRequest_NUMBERS);
    }
  }
}

export function writeLeaseGrantRequest(m: LeaseGrantRequest, w: Writer): void {
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(16);
  }
  if (m.TTL !== 0) {
    w.int64Counter(m.TTL);
    w.tag(8);
  }
}

/** etcdserverpb.LeaseGrantResponse. */
export interface LeaseGrantResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
  error: string;
}

export const LeaseGrantResponse: MessageCodec<LeaseGrantResponse> = {
  typeName: 'etcdserverpb.LeaseGrantResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'ID', name: 'ID', number: 2, kind: 'int64', presence: 'implicit' },
    { protoName: 'TTL', name: 'TTL', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'error', name: 'error', number: 4, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLeaseGrantResponse(), partial),
  decode: (bytes) => LeaseGrantResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseGrantResponse();
    mergeLeaseGrantResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseGrantResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseGrantResponse,
};

export function newLeaseGrantResponse(): LeaseGrantResponse {
  return { header: undefined, ID: 0n, TTL: 0, error: '' };
}

const LeaseGrantResponse_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeLeaseGrantResponse(m: LeaseGrantResponse, r: Reader): void {
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
      case 16: {
        m.ID = r.int64();
        break;
      }
      case 24: {
        m.TTL = r.int64Counter();
        break;
      }
      case 34: {
        m.error = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, LeaseGrantResponse_NUMBERS);
    }
  }
}

export function writeLeaseGrantResponse(m: LeaseGrantResponse, w: Writer): void {
  if (m.error !== '') {
    w.string(m.error);
    w.tag(34);
  }
  if (m.TTL !== 0) {
    w.int64Counter(m.TTL);
    w.tag(24);
  }
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.LeaseRevokeRequest. */
export interface LeaseRevokeRequest {
  ID: bigint;
}

export const LeaseRevokeRequest: MessageCodec<LeaseRevokeRequest> = {
  typeName: 'etcdserverpb.LeaseRevokeRequest',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'int64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLeaseRevokeRequest(), partial),
  decode: (bytes) => LeaseRevokeRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseRevokeRequest();
    mergeLeaseRevokeRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseRevokeRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseRevokeRequest,
};

export function newLeaseRevokeRequest(): LeaseRevokeRequest {
  return { ID: 0n };
}

const LeaseRevokeRequest_NUMBERS: readonly number[] = [1];

export function mergeLeaseRevokeRequest(m: LeaseRevokeRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64();
        break;
      }
      default:
        r.skipUnknown(tag, LeaseRevokeRequest_NUMBERS);
    }
  }
}

export function writeLeaseRevokeRequest(m: LeaseRevokeRequest, w: Writer): void {
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.LeaseRevokeResponse. */
export interface LeaseRevokeResponse {
  header: ResponseHeader | undefined;
}

export const LeaseRevokeResponse: MessageCodec<LeaseRevokeResponse> = {
  typeName: 'etcdserverpb.LeaseRevokeResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newLeaseRevokeResponse(), partial),
  decode: (bytes) => LeaseRevokeResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseRevokeResponse();
    mergeLeaseRevokeResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseRevokeResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseRevokeResponse,
};

export function newLeaseRevokeResponse(): LeaseRevokeResponse {
  return { header: undefined };
}

const LeaseRevokeResponse_NUMBERS: readonly number[] = [1];

export function mergeLeaseRevokeResponse(m: LeaseRevokeResponse, r: Reader): void {
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
        r.skipUnknown(tag, LeaseRevokeResponse_NUMBERS);
    }
  }
}

export function writeLeaseRevokeResponse(m: LeaseRevokeResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.LeaseCheckpoint. */
export interface LeaseCheckpoint {
  ID: bigint;
  remainingTTL: number;
}

export const LeaseCheckpoint: MessageCodec<LeaseCheckpoint> = {
  typeName: 'etcdserverpb.LeaseCheckpoint',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'int64', presence: 'implicit' },
    { protoName: 'remaining_TTL', name: 'remainingTTL', number: 2, kind: 'int64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newLeaseCheckpoint(), partial),
  decode: (bytes) => LeaseCheckpoint.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseCheckpoint();
    mergeLeaseCheckpoint(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseCheckpoint(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseCheckpoint,
};

export function newLeaseCheckpoint(): LeaseCheckpoint {
  return { ID: 0n, remainingTTL: 0 };
}

const LeaseCheckpoint_NUMBERS: readonly number[] = [1, 2];

export function mergeLeaseCheckpoint(m: LeaseCheckpoint, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64();
        break;
      }
      case 16: {
        m.remainingTTL = r.int64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, LeaseCheckpoint_NUMBERS);
    }
  }
}

export function writeLeaseCheckpoint(m: LeaseCheckpoint, w: Writer): void {
  if (m.remainingTTL !== 0) {
    w.int64Counter(m.remainingTTL);
    w.tag(16);
  }
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.LeaseCheckpointRequest. */
export interface LeaseCheckpointRequest {
  checkpoints: LeaseCheckpoint[];
}

export const LeaseCheckpointRequest: MessageCodec<LeaseCheckpointRequest> = {
  typeName: 'etcdserverpb.LeaseCheckpointRequest',
  fields: [
    { protoName: 'checkpoints', name: 'checkpoints', number: 1, kind: 'message', presence: 'repeated', message: () => LeaseCheckpoint },
  ],
  create: (partial) => Object.assign(newLeaseCheckpointRequest(), partial),
  decode: (bytes) => LeaseCheckpointRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseCheckpointRequest();
    mergeLeaseCheckpointRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseCheckpointRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseCheckpointRequest,
};

export function newLeaseCheckpointRequest(): LeaseCheckpointRequest {
  return { checkpoints: [] };
}

const LeaseCheckpointRequest_NUMBERS: readonly number[] = [1];

export function mergeLeaseCheckpointRequest(m: LeaseCheckpointRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const item = newLeaseCheckpoint();
        const outer = r.enter();
        mergeLeaseCheckpoint(item, r);
        r.leave(outer);
        m.checkpoints.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, LeaseCheckpointRequest_NUMBERS);
    }
  }
}

export function writeLeaseCheckpointRequest(m: LeaseCheckpointRequest, w: Writer): void {
  for (let i = m.checkpoints.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeLeaseCheckpoint(m.checkpoints[i] as LeaseCheckpoint, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.LeaseCheckpointResponse. */
export interface LeaseCheckpointResponse {
  header: ResponseHeader | undefined;
}

export const LeaseCheckpointResponse: MessageCodec<LeaseCheckpointResponse> = {
  typeName: 'etcdserverpb.LeaseCheckpointResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newLeaseCheckpointResponse(), partial),
  decode: (bytes) => LeaseCheckpointResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseCheckpointResponse();
    mergeLeaseCheckpointResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseCheckpointResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseCheckpointResponse,
};

export function newLeaseCheckpointResponse(): LeaseCheckpointResponse {
  return { header: undefined };
}

const LeaseCheckpointResponse_NUMBERS: readonly number[] = [1];

export function mergeLeaseCheckpointResponse(m: LeaseCheckpointResponse, r: Reader): void {
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
        r.skipUnknown(tag, LeaseCheckpointResponse_NUMBERS);
    }
  }
}

export function writeLeaseCheckpointResponse(m: LeaseCheckpointResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.LeaseKeepAliveRequest. */
export interface LeaseKeepAliveRequest {
  ID: bigint;
}

export const LeaseKeepAliveRequest: MessageCodec<LeaseKeepAliveRequest> = {
  typeName: 'etcdserverpb.LeaseKeepAliveRequest',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'int64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLeaseKeepAliveRequest(), partial),
  decode: (bytes) => LeaseKeepAliveRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseKeepAliveRequest();
    mergeLeaseKeepAliveRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseKeepAliveRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseKeepAliveRequest,
};

export function newLeaseKeepAliveRequest(): LeaseKeepAliveRequest {
  return { ID: 0n };
}

const LeaseKeepAliveRequest_NUMBERS: readonly number[] = [1];

export function mergeLeaseKeepAliveRequest(m: LeaseKeepAliveRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64();
        break;
      }
      default:
        r.skipUnknown(tag, LeaseKeepAliveRequest_NUMBERS);
    }
  }
}

export function writeLeaseKeepAliveRequest(m: LeaseKeepAliveRequest, w: Writer): void {
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.LeaseKeepAliveResponse. */
export interface LeaseKeepAliveResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
}

export const LeaseKeepAliveResponse: MessageCodec<LeaseKeepAliveResponse> = {
  typeName: 'etcdserverpb.LeaseKeepAliveResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'ID', name: 'ID', number: 2, kind: 'int64', presence: 'implicit' },
    { protoName: 'TTL', name: 'TTL', number: 3, kind: 'int64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newLeaseKeepAliveResponse(), partial),
  decode: (bytes) => LeaseKeepAliveResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseKeepAliveResponse();
    mergeLeaseKeepAliveResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseKeepAliveResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseKeepAliveResponse,
};

export function newLeaseKeepAliveResponse(): LeaseKeepAliveResponse {
  return { header: undefined, ID: 0n, TTL: 0 };
}

const LeaseKeepAliveResponse_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeLeaseKeepAliveResponse(m: LeaseKeepAliveResponse, r: Reader): void {
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
      case 16: {
        m.ID = r.int64();
        break;
      }
      case 24: {
        m.TTL = r.int64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, LeaseKeepAliveResponse_NUMBERS);
    }
  }
}

export function writeLeaseKeepAliveResponse(m: LeaseKeepAliveResponse, w: Writer): void {
  if (m.TTL !== 0) {
    w.int64Counter(m.TTL);
    w.tag(24);
  }
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.LeaseTimeToLiveRequest. */
export interface LeaseTimeToLiveRequest {
  ID: bigint;
  keys: boolean;
}

export const LeaseTimeToLiveRequest: MessageCodec<LeaseTimeToLiveRequest> = {
  typeName: 'etcdserverpb.LeaseTimeToLiveRequest',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'int64', presence: 'implicit' },
    { protoName: 'keys', name: 'keys', number: 2, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLeaseTimeToLiveRequest(), partial),
  decode: (bytes) => LeaseTimeToLiveRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseTimeToLiveRequest();
    mergeLeaseTimeToLiveRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseTimeToLiveRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseTimeToLiveRequest,
};

export function newLeaseTimeToLiveRequest(): LeaseTimeToLiveRequest {
  return { ID: 0n, keys: false };
}

const LeaseTimeToLiveRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeLeaseTimeToLiveRequest(m: LeaseTimeToLiveRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64();
        break;
      }
      case 16: {
        m.keys = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, LeaseTimeToLiveRequest_NUMBERS);
    }
  }
}

export function writeLeaseTimeToLiveRequest(m: LeaseTimeToLiveRequest, w: Writer): void {
  if (m.keys) {
    w.bool(m.keys);
    w.tag(16);
  }
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.LeaseTimeToLiveResponse. */
export interface LeaseTimeToLiveResponse {
  header: ResponseHeader | undefined;
  ID: bigint;
  TTL: number;
  grantedTTL: number;
  keys: Uint8Array[];
}

export const LeaseTimeToLiveResponse: MessageCodec<LeaseTimeToLiveResponse> = {
  typeName: 'etcdserverpb.LeaseTimeToLiveResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'ID', name: 'ID', number: 2, kind: 'int64', presence: 'implicit' },
    { protoName: 'TTL', name: 'TTL', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'grantedTTL', name: 'grantedTTL', number: 4, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'keys', name: 'keys', number: 5, kind: 'bytes', presence: 'repeated' },
  ],
  create: (partial) => Object.assign(newLeaseTimeToLiveResponse(), partial),
  decode: (bytes) => LeaseTimeToLiveResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseTimeToLiveResponse();
    mergeLeaseTimeToLiveResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseTimeToLiveResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseTimeToLiveResponse,
};

export function newLeaseTimeToLiveResponse(): LeaseTimeToLiveResponse {
  return { header: undefined, ID: 0n, TTL: 0, grantedTTL: 0, keys: [] };
}

const LeaseTimeToLiveResponse_NUMBERS: readonly number[] = [1, 2, 3, 4, 5];

export function mergeLeaseTimeToLiveResponse(m: LeaseTimeToLiveResponse, r: Reader): void {
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
      case 16: {
        m.ID = r.int64();
        break;
      }
      case 24: {
        m.TTL = r.int64Counter();
        break;
      }
      case 32: {
        m.grantedTTL = r.int64Counter();
        break;
      }
      case 42: {
        m.keys.push(r.bytes());
        break;
      }
      default:
        r.skipUnknown(tag, LeaseTimeToLiveResponse_NUMBERS);
    }
  }
}

export function writeLeaseTimeToLiveResponse(m: LeaseTimeToLiveResponse, w: Writer): void {
  for (let i = m.keys.length - 1; i >= 0; i--) {
    w.bytes(m.keys[i] as Uint8Array);
    w.tag(42);
  }
  if (m.grantedTTL !== 0) {
    w.int64Counter(m.grantedTTL);
    w.tag(32);
  }
  if (m.TTL !== 0) {
    w.int64Counter(m.TTL);
    w.tag(24);
  }
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.LeaseLeasesRequest. */
export interface LeaseLeasesRequest {
}

export const LeaseLeasesRequest: MessageCodec<LeaseLeasesRequest> = {
  typeName: 'etcdserverpb.LeaseLeasesRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newLeaseLeasesRequest(), partial),
  decode: (bytes) => LeaseLeasesRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseLeasesRequest();
    mergeLeaseLeasesRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseLeasesRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseLeasesRequest,
};

export function newLeaseLeasesRequest(): LeaseLeasesRequest {
  return { };
}

const LeaseLeasesRequest_NUMBERS: readonly number[] = [];

export function mergeLeaseLeasesRequest(_m: LeaseLeasesRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, LeaseLeasesRequest_NUMBERS);
    }
  }
}

export function writeLeaseLeasesRequest(_m: LeaseLeasesRequest, _w: Writer): void {
}

/** etcdserverpb.LeaseStatus. */
export interface LeaseStatus {
  ID: bigint;
}

export const LeaseStatus: MessageCodec<LeaseStatus> = {
  typeName: 'etcdserverpb.LeaseStatus',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'int64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLeaseStatus(), partial),
  decode: (bytes) => LeaseStatus.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseStatus();
    mergeLeaseStatus(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseStatus(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseStatus,
};

export function newLeaseStatus(): LeaseStatus {
  return { ID: 0n };
}

const LeaseStatus_NUMBERS: readonly number[] = [1];

export function mergeLeaseStatus(m: LeaseStatus, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64();
        break;
      }
      default:
        r.skipUnknown(tag, LeaseStatus_NUMBERS);
    }
  }
}

export function writeLeaseStatus(m: LeaseStatus, w: Writer): void {
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.LeaseLeasesResponse. */
export interface LeaseLeasesResponse {
  header: ResponseHeader | undefined;
  leases: LeaseStatus[];
}

export const LeaseLeasesResponse: MessageCodec<LeaseLeasesResponse> = {
  typeName: 'etcdserverpb.LeaseLeasesResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'leases', name: 'leases', number: 2, kind: 'message', presence: 'repeated', message: () => LeaseStatus },
  ],
  create: (partial) => Object.assign(newLeaseLeasesResponse(), partial),
  decode: (bytes) => LeaseLeasesResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseLeasesResponse();
    mergeLeaseLeasesResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseLeasesResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseLeasesResponse,
};

export function newLeaseLeasesResponse(): LeaseLeasesResponse {
  return { header: undefined, leases: [] };
}

const LeaseLeasesResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeLeaseLeasesResponse(m: LeaseLeasesResponse, r: Reader): void {
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
        const item = newLeaseStatus();
        const outer = r.enter();
        mergeLeaseStatus(item, r);
        r.leave(outer);
        m.leases.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, LeaseLeasesResponse_NUMBERS);
    }
  }
}

export function writeLeaseLeasesResponse(m: LeaseLeasesResponse, w: Writer): void {
  for (let i = m.leases.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeLeaseStatus(m.leases[i] as LeaseStatus, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.Member. */
export interface Member {
  ID: bigint;
  name: string;
  peerURLs: string[];
  clientURLs: string[];
  isLearner: boolean;
}

export const Member: MessageCodec<Member> = {
  typeName: 'etcdserverpb.Member',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'uint64', presence: 'implicit' },
    { protoName: 'name', name: 'name', number: 2, kind: 'string', presence: 'implicit' },
    { protoName: 'peerURLs', name: 'peerURLs', number: 3, kind: 'string', presence: 'repeated' },
    { protoName: 'clientURLs', name: 'clientURLs', number: 4, kind: 'string', presence: 'repeated' },
    { protoName: 'isLearner', name: 'isLearner', number: 5, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newMember(), partial),
  decode: (bytes) => Member.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMember();
    mergeMember(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMember(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMember,
};

export function newMember(): Member {
  return { ID: 0n, name: '', peerURLs: [], clientURLs: [], isLearner: false };
}

const Member_NUMBERS: readonly number[] = [1, 2, 3, 4, 5];

export function mergeMember(m: Member, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64();
        break;
      }
      case 18: {
        m.name = r.string();
        break;
      }
      case 26: {
        m.peerURLs.push(r.string());
        break;
      }
      case 34: {
        m.clientURLs.push(r.string());
        break;
      }
      case 40: {
        m.isLearner = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, Member_NUMBERS);
    }
  }
}

export function writeMember(m: Member, w: Writer): void {
  if (m.isLearner) {
    w.bool(m.isLearner);
    w.tag(40);
  }
  for (let i = m.clientURLs.length - 1; i >= 0; i--) {
    w.string(m.clientURLs[i] as string);
    w.tag(34);
  }
  for (let i = m.peerURLs.length - 1; i >= 0; i--) {
    w.string(m.peerURLs[i] as string);
    w.tag(26);
  }
  if (m.name !== '') {
    w.string(m.name);
    w.tag(18);
  }
  if (m.ID !== 0n) {
    w.uint64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.MemberAddRequest. */
export interface MemberAddRequest {
  peerURLs: string[];
  isLearner: boolean;
}

export const MemberAddRequest: MessageCodec<MemberAddRequest> = {
  typeName: 'etcdserverpb.MemberAddRequest',
  fields: [
    { protoName: 'peerURLs', name: 'peerURLs', number: 1, kind: 'string', presence: 'repeated' },
    { protoName: 'isLearner', name: 'isLearner', number: 2, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newMemberAddRequest(), partial),
  decode: (bytes) => MemberAddRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberAddRequest();
    mergeMemberAddRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberAddRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberAddRequest,
};

export function newMemberAddRequest(): MemberAddRequest {
  return { peerURLs: [], isLearner: false };
}

const MemberAddRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeMemberAddRequest(m: MemberAddRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.peerURLs.push(r.string());
        break;
      }
      case 16: {
        m.isLearner = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, MemberAddRequest_NUMBERS);
    }
  }
}

export function writeMemberAddRequest(m: MemberAddRequest, w: Writer): void {
  if (m.isLearner) {
    w.bool(m.isLearner);
    w.tag(16);
  }
  for (let i = m.peerURLs.length - 1; i >= 0; i--) {
    w.string(m.peerURLs[i] as string);
    w.tag(10);
  }
}

/** etcdserverpb.MemberAddResponse. */
export interface MemberAddResponse {
  header: ResponseHeader | undefined;
  member: Member | undefined;
  members: Member[];
}

export const MemberAddResponse: MessageCodec<MemberAddResponse> = {
  typeName: 'etcdserverpb.MemberAddResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'member', name: 'member', number: 2, kind: 'message', presence: 'optional', message: () => Member },
    { protoName: 'members', name: 'members', number: 3, kind: 'message', presence: 'repeated', message: () => Member },
  ],
  create: (partial) => Object.assign(newMemberAddResponse(), partial),
  decode: (bytes) => MemberAddResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberAddResponse();
    mergeMemberAddResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberAddResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberAddResponse,
};

export function newMemberAddResponse(): MemberAddResponse {
  return { header: undefined, member: undefined, members: [] };
}

const MemberAddResponse_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeMemberAddResponse(m: MemberAddResponse, r: Reader): void {
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
        if (m.member === undefined) m.member = newMember();
        const outer = r.enter();
        mergeMember(m.member, r);
        r.leave(outer);
        break;
      }
      case 26: {
        const item = newMember();
        const outer = r.enter();
        mergeMember(item, r);
        r.leave(outer);
        m.members.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, MemberAddResponse_NUMBERS);
    }
  }
}

export function writeMemberAddResponse(m: MemberAddResponse, w: Writer): void {
  for (let i = m.members.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeMember(m.members[i] as Member, w);
    w.delimit(mark);
    w.tag(26);
  }
  if (m.member !== undefined) {
    const mark = w.length;
    writeMember(m.member, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.MemberRemoveRequest. */
export interface MemberRemoveRequest {
  ID: bigint;
}

export const MemberRemoveRequest: MessageCodec<MemberRemoveRequest> = {
  typeName: 'etcdserverpb.MemberRemoveRequest',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'uint64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newMemberRemoveRequest(), partial),
  decode: (bytes) => MemberRemoveRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberRemoveRequest();
    mergeMemberRemoveRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberRemoveRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberRemoveRequest,
};

export function newMemberRemoveRequest(): MemberRemoveRequest {
  return { ID: 0n };
}

const MemberRemoveRequest_NUMBERS: readonly number[] = [1];

export function mergeMemberRemoveRequest(m: MemberRemoveRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64();
        break;
      }
      default:
        r.skipUnknown(tag, MemberRemoveRequest_NUMBERS);
    }
  }
}

export function writeMemberRemoveRequest(m: MemberRemoveRequest, w: Writer): void {
  if (m.ID !== 0n) {
    w.uint64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.MemberRemoveResponse. */
export interface MemberRemoveResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberRemoveResponse: MessageCodec<MemberRemoveResponse> = {
  typeName: 'etcdserverpb.MemberRemoveResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'members', name: 'members', number: 2, kind: 'message', presence: 'repeated', message: () => Member },
  ],
  create: (partial) => Object.assign(newMemberRemoveResponse(), partial),
  decode: (bytes) => MemberRemoveResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberRemoveResponse();
    mergeMemberRemoveResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberRemoveResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberRemoveResponse,
};

export function newMemberRemoveResponse(): MemberRemoveResponse {
  return { header: undefined, members: [] };
}

const MemberRemoveResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeMemberRemoveResponse(m: MemberRemoveResponse, r: Reader): void {
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
        const item = newMember();
        const outer = r.enter();
        mergeMember(item, r);
        r.leave(outer);
        m.members.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, MemberRemoveResponse_NUMBERS);
    }
  }
}

export function writeMemberRemoveResponse(m: MemberRemoveResponse, w: Writer): void {
  for (let i = m.members.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeMember(m.members[i] as Member, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.MemberUpdateRequest. */
export interface MemberUpdateRequest {
  ID: bigint;
  peerURLs: string[];
}

export const MemberUpdateRequest: MessageCodec<MemberUpdateRequest> = {
  typeName: 'etcdserverpb.MemberUpdateRequest',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'uint64', presence: 'implicit' },
    { protoName: 'peerURLs', name: 'peerURLs', number: 2, kind: 'string', presence: 'repeated' },
  ],
  create: (partial) => Object.assign(newMemberUpdateRequest(), partial),
  decode: (bytes) => MemberUpdateRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberUpdateRequest();
    mergeMemberUpdateRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberUpdateRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberUpdateRequest,
};

export function newMemberUpdateRequest(): MemberUpdateRequest {
  return { ID: 0n, peerURLs: [] };
}

const MemberUpdateRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeMemberUpdateRequest(m: MemberUpdateRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64();
        break;
      }
      case 18: {
        m.peerURLs.push(r.string());
        break;
      }
      default:
        r.skipUnknown(tag, MemberUpdateRequest_NUMBERS);
    }
  }
}

export function writeMemberUpdateRequest(m: MemberUpdateRequest, w: Writer): void {
  for (let i = m.peerURLs.length - 1; i >= 0; i--) {
    w.string(m.peerURLs[i] as string);
    w.tag(18);
  }
  if (m.ID !== 0n) {
    w.uint64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.MemberUpdateResponse. */
export interface MemberUpdateResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberUpdateResponse: MessageCodec<MemberUpdateResponse> = {
  typeName: 'etcdserverpb.MemberUpdateResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'members', name: 'members', number: 2, kind: 'message', presence: 'repeated', message: () => Member },
  ],
  create: (partial) => Object.assign(newMemberUpdateResponse(), partial),
  decode: (bytes) => MemberUpdateResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberUpdateResponse();
    mergeMemberUpdateResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberUpdateResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberUpdateResponse,
};

export function newMemberUpdateResponse(): MemberUpdateResponse {
  return { header: undefined, members: [] };
}

const MemberUpdateResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeMemberUpdateResponse(m: MemberUpdateResponse, r: Reader): void {
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
        const item = newMember();
        const outer = r.enter();
        mergeMember(item, r);
        r.leave(outer);
        m.members.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, MemberUpdateResponse_NUMBERS);
    }
  }
}

export function writeMemberUpdateResponse(m: MemberUpdateResponse, w: Writer): void {
  for (let i = m.members.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeMember(m.members[i] as Member, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.MemberListRequest. */
export interface MemberListRequest {
  linearizable: boolean;
}

export const MemberListRequest: MessageCodec<MemberListRequest> = {
  typeName: 'etcdserverpb.MemberListRequest',
  fields: [
    { protoName: 'linearizable', name: 'linearizable', number: 1, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newMemberListRequest(), partial),
  decode: (bytes) => MemberListRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberListRequest();
    mergeMemberListRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberListRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberListRequest,
};

export function newMemberListRequest(): MemberListRequest {
  return { linearizable: false };
}

const MemberListRequest_NUMBERS: readonly number[] = [1];

export function mergeMemberListRequest(m: MemberListRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.linearizable = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, MemberListRequest_NUMBERS);
    }
  }
}

export function writeMemberListRequest(m: MemberListRequest, w: Writer): void {
  if (m.linearizable) {
    w.bool(m.linearizable);
    w.tag(8);
  }
}

/** etcdserverpb.MemberListResponse. */
export interface MemberListResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberListResponse: MessageCodec<MemberListResponse> = {
  typeName: 'etcdserverpb.MemberListResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'members', name: 'members', number: 2, kind: 'message', presence: 'repeated', message: () => Member },
  ],
  create: (partial) => Object.assign(newMemberListResponse(), partial),
  decode: (bytes) => MemberListResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberListResponse();
    mergeMemberListResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberListResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberListResponse,
};

export function newMemberListResponse(): MemberListResponse {
  return { header: undefined, members: [] };
}

const MemberListResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeMemberListResponse(m: MemberListResponse, r: Reader): void {
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
        const item = newMember();
        const outer = r.enter();
        mergeMember(item, r);
        r.leave(outer);
        m.members.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, MemberListResponse_NUMBERS);
    }
  }
}

export function writeMemberListResponse(m: MemberListResponse, w: Writer): void {
  for (let i = m.members.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeMember(m.members[i] as Member, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.MemberPromoteRequest. */
export interface MemberPromoteRequest {
  ID: bigint;
}

export const MemberPromoteRequest: MessageCodec<MemberPromoteRequest> = {
  typeName: 'etcdserverpb.MemberPromoteRequest',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'uint64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newMemberPromoteRequest(), partial),
  decode: (bytes) => MemberPromoteRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberPromoteRequest();
    mergeMemberPromoteRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberPromoteRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberPromoteRequest,
};

export function newMemberPromoteRequest(): MemberPromoteRequest {
  return { ID: 0n };
}

const MemberPromoteRequest_NUMBERS: readonly number[] = [1];

export function mergeMemberPromoteRequest(m: MemberPromoteRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64();
        break;
      }
      default:
        r.skipUnknown(tag, MemberPromoteRequest_NUMBERS);
    }
  }
}

export function writeMemberPromoteRequest(m: MemberPromoteRequest, w: Writer): void {
  if (m.ID !== 0n) {
    w.uint64(m.ID);
    w.tag(8);
  }
}

/** etcdserverpb.MemberPromoteResponse. */
export interface MemberPromoteResponse {
  header: ResponseHeader | undefined;
  members: Member[];
}

export const MemberPromoteResponse: MessageCodec<MemberPromoteResponse> = {
  typeName: 'etcdserverpb.MemberPromoteResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'members', name: 'members', number: 2, kind: 'message', presence: 'repeated', message: () => Member },
  ],
  create: (partial) => Object.assign(newMemberPromoteResponse(), partial),
  decode: (bytes) => MemberPromoteResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMemberPromoteResponse();
    mergeMemberPromoteResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMemberPromoteResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMemberPromoteResponse,
};

export function newMemberPromoteResponse(): MemberPromoteResponse {
  return { header: undefined, members: [] };
}

const MemberPromoteResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeMemberPromoteResponse(m: MemberPromoteResponse, r: Reader): void {
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
        const item = newMember();
        const outer = r.enter();
        mergeMember(item, r);
        r.leave(outer);
        m.members.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, MemberPromoteResponse_NUMBERS);
    }
  }
}

export function writeMemberPromoteResponse(m: MemberPromoteResponse, w: Writer): void {
  for (let i = m.members.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeMember(m.members[i] as Member, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AlarmRequest. */
export interface AlarmRequest {
  action: AlarmAction;
  memberID: bigint;
  alarm: AlarmType;
}

export const AlarmRequest: MessageCodec<AlarmRequest> = {
  typeName: 'etcdserverpb.AlarmRequest',
  fields: [
    { protoName: 'action', name: 'action', number: 1, kind: 'enum', presence: 'implicit', values: AlarmAction },
    { protoName: 'memberID', name: 'memberID', number: 2, kind: 'uint64', presence: 'implicit' },
    { protoName: 'alarm', name: 'alarm', number: 3, kind: 'enum', presence: 'implicit', values: AlarmType },
  ],
  create: (partial) => Object.assign(newAlarmRequest(), partial),
  decode: (bytes) => AlarmRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAlarmRequest();
    mergeAlarmRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAlarmRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAlarmRequest,
};

export function newAlarmRequest(): AlarmRequest {
  return { action: 0, memberID: 0n, alarm: 0 };
}

const AlarmRequest_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeAlarmRequest(m: AlarmRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.action = r.enum();
        break;
      }
      case 16: {
        m.memberID = r.uint64();
        break;
      }
      case 24: {
        m.alarm = r.enum();
        break;
      }
      default:
        r.skipUnknown(tag, AlarmRequest_NUMBERS);
    }
  }
}

export function writeAlarmRequest(m: AlarmRequest, w: Writer): void {
  if (m.alarm !== 0) {
    w.enum(m.alarm);
    w.tag(24);
  }
  if (m.memberID !== 0n) {
    w.uint64(m.memberID);
    w.tag(16);
  }
  if (m.action !== 0) {
    w.enum(m.action);
    w.tag(8);
  }
}

/** etcdserverpb.AlarmMember. */
export interface AlarmMember {
  memberID: bigint;
  alarm: AlarmType;
}

export const AlarmMember: MessageCodec<AlarmMember> = {
  typeName: 'etcdserverpb.AlarmMember',
  fields: [
    { protoName: 'memberID', name: 'memberID', number: 1, kind: 'uint64', presence: 'implicit' },
    { protoName: 'alarm', name: 'alarm', number: 2, kind: 'enum', presence: 'implicit', values: AlarmType },
  ],
  create: (partial) => Object.assign(newAlarmMember(), partial),
  decode: (bytes) => AlarmMember.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAlarmMember();
    mergeAlarmMember(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAlarmMember(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAlarmMember,
};

export function newAlarmMember(): AlarmMember {
  return { memberID: 0n, alarm: 0 };
}

const AlarmMember_NUMBERS: readonly number[] = [1, 2];

export function mergeAlarmMember(m: AlarmMember, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.memberID = r.uint64();
        break;
      }
      case 16: {
        m.alarm = r.enum();
        break;
      }
      default:
        r.skipUnknown(tag, AlarmMember_NUMBERS);
    }
  }
}

export function writeAlarmMember(m: AlarmMember, w: Writer): void {
  if (m.alarm !== 0) {
    w.enum(m.alarm);
    w.tag(16);
  }
  if (m.memberID !== 0n) {
    w.uint64(m.memberID);
    w.tag(8);
  }
}

/** etcdserverpb.AlarmResponse. */
export interface AlarmResponse {
  header: ResponseHeader | undefined;
  alarms: AlarmMember[];
}

export const AlarmResponse: MessageCodec<AlarmResponse> = {
  typeName: 'etcdserverpb.AlarmResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'alarms', name: 'alarms', number: 2, kind: 'message', presence: 'repeated', message: () => AlarmMember },
  ],
  create: (partial) => Object.assign(newAlarmResponse(), partial),
  decode: (bytes) => AlarmResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAlarmResponse();
    mergeAlarmResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAlarmResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAlarmResponse,
};

export function newAlarmResponse(): AlarmResponse {
  return { header: undefined, alarms: [] };
}

const AlarmResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeAlarmResponse(m: AlarmResponse, r: Reader): void {
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
        const item = newAlarmMember();
        const outer = r.enter();
        mergeAlarmMember(item, r);
        r.leave(outer);
        m.alarms.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, AlarmResponse_NUMBERS);
    }
  }
}

export function writeAlarmResponse(m: AlarmResponse, w: Writer): void {
  for (let i = m.alarms.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeAlarmMember(m.alarms[i] as AlarmMember, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.StatusRequest. */
export interface StatusRequest {
}

export const StatusRequest: MessageCodec<StatusRequest> = {
  typeName: 'etcdserverpb.StatusRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newStatusRequest(), partial),
  decode: (bytes) => StatusRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newStatusRequest();
    mergeStatusRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeStatusRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeStatusRequest,
};

export function newStatusRequest(): StatusRequest {
  return { };
}

const StatusRequest_NUMBERS: readonly number[] = [];

export function mergeStatusRequest(_m: StatusRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, StatusRequest_NUMBERS);
    }
  }
}

export function writeStatusRequest(_m: StatusRequest, _w: Writer): void {
}

/** etcdserverpb.StatusResponse. */
export interface StatusResponse {
  header: ResponseHeader | undefined;
  version: string;
  dbSize: number;
  leader: bigint;
  raftIndex: number;
  raftTerm: number;
  raftAppliedIndex: number;
  errors: string[];
  dbSizeInUse: number;
  isLearner: boolean;
  storageVersion: string;
  dbSizeQuota: number;
  downgradeInfo: DowngradeInfo | undefined;
}

export const StatusResponse: MessageCodec<StatusResponse> = {
  typeName: 'etcdserverpb.StatusResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'version', name: 'version', number: 2, kind: 'string', presence: 'implicit' },
    { protoName: 'dbSize', name: 'dbSize', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'leader', name: 'leader', number: 4, kind: 'uint64', presence: 'implicit' },
    { protoName: 'raftIndex', name: 'raftIndex', number: 5, kind: 'uint64', presence: 'implicit', counter: true },
    { protoName: 'raftTerm', name: 'raftTerm', number: 6, kind: 'uint64', presence: 'implicit', counter: true },
    { protoName: 'raftAppliedIndex', name: 'raftAppliedIndex', number: 7, kind: 'uint64', presence: 'implicit', counter: true },
    { protoName: 'errors', name: 'errors', number: 8, kind: 'string', presence: 'repeated' },
    { protoName: 'dbSizeInUse', name: 'dbSizeInUse', number: 9, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'isLearner', name: 'isLearner', number: 10, kind: 'bool', presence: 'implicit' },
    { protoName: 'storageVersion', name: 'storageVersion', number: 11, kind: 'string', presence: 'implicit' },
    { protoName: 'dbSizeQuota', name: 'dbSizeQuota', number: 12, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'downgradeInfo', name: 'downgradeInfo', number: 13, kind: 'message', presence: 'optional', message: () => DowngradeInfo },
  ],
  create: (partial) => Object.assign(newStatusResponse(), partial),
  decode: (bytes) => StatusResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newStatusResponse();
    mergeStatusResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeStatusResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeStatusResponse,
};

export function newStatusResponse(): StatusResponse {
  return { header: undefined, version: '', dbSize: 0, leader: 0n, raftIndex: 0, raftTerm: 0, raftAppliedIndex: 0, errors: [], dbSizeInUse: 0, isLearner: false, storageVersion: '', dbSizeQuota: 0, downgradeInfo: undefined };
}

const StatusResponse_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

export function mergeStatusResponse(m: StatusResponse, r: Reader): void {
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
        m.version = r.string();
        break;
      }
      case 24: {
        m.dbSize = r.int64Counter();
        break;
      }
      case 32: {
        m.leader = r.uint64();
        break;
      }
      case 40: {
        m.raftIndex = r.uint64Counter();
        break;
      }
      case 48: {
        m.raftTerm = r.uint64Counter();
        break;
      }
      case 56: {
        m.raftAppliedIndex = r.uint64Counter();
        break;
      }
      case 66: {
        m.errors.push(r.string());
        break;
      }
      case 72: {
        m.dbSizeInUse = r.int64Counter();
        break;
      }
      case 80: {
        m.isLearner = r.bool();
        break;
      }
      case 90: {
        m.storageVersion = r.string();
        break;
      }
      case 96: {
        m.dbSizeQuota = r.int64Counter();
        break;
      }
      case 106: {
        if (m.downgradeInfo === undefined) m.downgradeInfo = newDowngradeInfo();
        const outer = r.enter();
        mergeDowngradeInfo(m.downgradeInfo, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, StatusResponse_NUMBERS);
    }
  }
}

export function writeStatusResponse(m: StatusResponse, w: Writer): void {
  if (m.downgradeInfo !== undefined) {
    const mark = w.length;
    writeDowngradeInfo(m.downgradeInfo, w);
    w.delimit(mark);
    w.tag(106);
  }
  if (m.dbSizeQuota !== 0) {
    w.int64Counter(m.dbSizeQuota);
    w.tag(96);
  }
  if (m.storageVersion !== '') {
    w.string(m.storageVersion);
    w.tag(90);
  }
  if (m.isLearner) {
    w.bool(m.isLearner);
    w.tag(80);
  }
  if (m.dbSizeInUse !== 0) {
    w.int64Counter(m.dbSizeInUse);
    w.tag(72);
  }
  for (let i = m.errors.length - 1; i >= 0; i--) {
    w.string(m.errors[i] as string);
    w.tag(66);
  }
  if (m.raftAppliedIndex !== 0) {
    w.uint64Counter(m.raftAppliedIndex);
    w.tag(56);
  }
  if (m.raftTerm !== 0) {
    w.uint64Counter(m.raftTerm);
    w.tag(48);
  }
  if (m.raftIndex !== 0) {
    w.uint64Counter(m.raftIndex);
    w.tag(40);
  }
  if (m.leader !== 0n) {
    w.uint64(m.leader);
    w.tag(32);
  }
  if (m.dbSize !== 0) {
    w.int64Counter(m.dbSize);
    w.tag(24);
  }
  if (m.version !== '') {
    w.string(m.version);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.DowngradeInfo. */
export interface DowngradeInfo {
  enabled: boolean;
  targetVersion: string;
}

export const DowngradeInfo: MessageCodec<DowngradeInfo> = {
  typeName: 'etcdserverpb.DowngradeInfo',
  fields: [
    { protoName: 'enabled', name: 'enabled', number: 1, kind: 'bool', presence: 'implicit' },
    { protoName: 'targetVersion', name: 'targetVersion', number: 2, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newDowngradeInfo(), partial),
  decode: (bytes) => DowngradeInfo.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDowngradeInfo();
    mergeDowngradeInfo(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDowngradeInfo(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDowngradeInfo,
};

export function newDowngradeInfo(): DowngradeInfo {
  return { enabled: false, targetVersion: '' };
}

const DowngradeInfo_NUMBERS: readonly number[] = [1, 2];

export function mergeDowngradeInfo(m: DowngradeInfo, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.enabled = r.bool();
        break;
      }
      case 18: {
        m.targetVersion = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, DowngradeInfo_NUMBERS);
    }
  }
}

export function writeDowngradeInfo(m: DowngradeInfo, w: Writer): void {
  if (m.targetVersion !== '') {
    w.string(m.targetVersion);
    w.tag(18);
  }
  if (m.enabled) {
    w.bool(m.enabled);
    w.tag(8);
  }
}

/** etcdserverpb.DefragmentRequest. */
export interface DefragmentRequest {
}

export const DefragmentRequest: MessageCodec<DefragmentRequest> = {
  typeName: 'etcdserverpb.DefragmentRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newDefragmentRequest(), partial),
  decode: (bytes) => DefragmentRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDefragmentRequest();
    mergeDefragmentRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDefragmentRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDefragmentRequest,
};

export function newDefragmentRequest(): DefragmentRequest {
  return { };
}

const DefragmentRequest_NUMBERS: readonly number[] = [];

export function mergeDefragmentRequest(_m: DefragmentRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, DefragmentRequest_NUMBERS);
    }
  }
}

export function writeDefragmentRequest(_m: DefragmentRequest, _w: Writer): void {
}

/** etcdserverpb.DefragmentResponse. */
export interface DefragmentResponse {
  header: ResponseHeader | undefined;
}

export const DefragmentResponse: MessageCodec<DefragmentResponse> = {
  typeName: 'etcdserverpb.DefragmentResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newDefragmentResponse(), partial),
  decode: (bytes) => DefragmentResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDefragmentResponse();
    mergeDefragmentResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDefragmentResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDefragmentResponse,
};

export function newDefragmentResponse(): DefragmentResponse {
  return { header: undefined };
}

const DefragmentResponse_NUMBERS: readonly number[] = [1];

export function mergeDefragmentResponse(m: DefragmentResponse, r: Reader): void {
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
        r.skipUnknown(tag, DefragmentResponse_NUMBERS);
    }
  }
}

export function writeDefragmentResponse(m: DefragmentResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.HashRequest. */
export interface HashRequest {
}

export const HashRequest: MessageCodec<HashRequest> = {
  typeName: 'etcdserverpb.HashRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newHashRequest(), partial),
  decode: (bytes) => HashRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHashRequest();
    mergeHashRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHashRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHashRequest,
};

export function newHashRequest(): HashRequest {
  return { };
}

const HashRequest_NUMBERS: readonly number[] = [];

export function mergeHashRequest(_m: HashRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, HashRequest_NUMBERS);
    }
  }
}

export function writeHashRequest(_m: HashRequest, _w: Writer): void {
}

/** etcdserverpb.HashResponse. */
export interface HashResponse {
  header: ResponseHeader | undefined;
  hash: number;
}

export const HashResponse: MessageCodec<HashResponse> = {
  typeName: 'etcdserverpb.HashResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'hash', name: 'hash', number: 2, kind: 'uint32', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newHashResponse(), partial),
  decode: (bytes) => HashResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHashResponse();
    mergeHashResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHashResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHashResponse,
};

export function newHashResponse(): HashResponse {
  return { header: undefined, hash: 0 };
}

const HashResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeHashResponse(m: HashResponse, r: Reader): void {
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
      case 16: {
        m.hash = r.uint32();
        break;
      }
      default:
        r.skipUnknown(tag, HashResponse_NUMBERS);
    }
  }
}

export function writeHashResponse(m: HashResponse, w: Writer): void {
  if (m.hash !== 0) {
    w.uint32(m.hash);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.HashKVRequest. */
export interface HashKVRequest {
  revision: number;
}

export const HashKVRequest: MessageCodec<HashKVRequest> = {
  typeName: 'etcdserverpb.HashKVRequest',
  fields: [
    { protoName: 'revision', name: 'revision', number: 1, kind: 'int64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newHashKVRequest(), partial),
  decode: (bytes) => HashKVRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHashKVRequest();
    mergeHashKVRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHashKVRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHashKVRequest,
};

export function newHashKVRequest(): HashKVRequest {
  return { revision: 0 };
}

const HashKVRequest_NUMBERS: readonly number[] = [1];

export function mergeHashKVRequest(m: HashKVRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.revision = r.int64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, HashKVRequest_NUMBERS);
    }
  }
}

export function writeHashKVRequest(m: HashKVRequest, w: Writer): void {
  if (m.revision !== 0) {
    w.int64Counter(m.revision);
    w.tag(8);
  }
}

/** etcdserverpb.HashKVResponse. */
export interface HashKVResponse {
  header: ResponseHeader | undefined;
  hash: number;
  compactRevision: number;
  hashRevision: number;
}

export const HashKVResponse: MessageCodec<HashKVResponse> = {
  typeName: 'etcdserverpb.HashKVResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'hash', name: 'hash', number: 2, kind: 'uint32', presence: 'implicit' },
    { protoName: 'compact_revision', name: 'compactRevision', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'hash_revision', name: 'hashRevision', number: 4, kind: 'int64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newHashKVResponse(), partial),
  decode: (bytes) => HashKVResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHashKVResponse();
    mergeHashKVResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHashKVResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHashKVResponse,
};

export function newHashKVResponse(): HashKVResponse {
  return { header: undefined, hash: 0, compactRevision: 0, hashRevision: 0 };
}

const HashKVResponse_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeHashKVResponse(m: HashKVResponse, r: Reader): void {
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
      case 16: {
        m.hash = r.uint32();
        break;
      }
      case 24: {
        m.compactRevision = r.int64Counter();
        break;
      }
      case 32: {
        m.hashRevision = r.int64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, HashKVResponse_NUMBERS);
    }
  }
}

export function writeHashKVResponse(m: HashKVResponse, w: Writer): void {
  if (m.hashRevision !== 0) {
    w.int64Counter(m.hashRevision);
    w.tag(32);
  }
  if (m.compactRevision !== 0) {
    w.int64Counter(m.compactRevision);
    w.tag(24);
  }
  if (m.hash !== 0) {
    w.uint32(m.hash);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.SnapshotRequest. */
export interface SnapshotRequest {
}

export const SnapshotRequest: MessageCodec<SnapshotRequest> = {
  typeName: 'etcdserverpb.SnapshotRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newSnapshotRequest(), partial),
  decode: (bytes) => SnapshotRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newSnapshotRequest();
    mergeSnapshotRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeSnapshotRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeSnapshotRequest,
};

export function newSnapshotRequest(): SnapshotRequest {
  return { };
}

const SnapshotRequest_NUMBERS: readonly number[] = [];

export function mergeSnapshotRequest(_m: SnapshotRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, SnapshotRequest_NUMBERS);
    }
  }
}

export function writeSnapshotRequest(_m: SnapshotRequest, _w: Writer): void {
}

/** etcdserverpb.SnapshotResponse. */
export interface SnapshotResponse {
  header: ResponseHeader | undefined;
  remainingBytes: number;
  blob: Uint8Array;
  version: string;
}

export const SnapshotResponse: MessageCodec<SnapshotResponse> = {
  typeName: 'etcdserverpb.SnapshotResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'remaining_bytes', name: 'remainingBytes', number: 2, kind: 'uint64', presence: 'implicit', counter: true },
    { protoName: 'blob', name: 'blob', number: 3, kind: 'bytes', presence: 'implicit' },
    { protoName: 'version', name: 'version', number: 4, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newSnapshotResponse(), partial),
  decode: (bytes) => SnapshotResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newSnapshotResponse();
    mergeSnapshotResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeSnapshotResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeSnapshotResponse,
};

export function newSnapshotResponse(): SnapshotResponse {
  return { header: undefined, remainingBytes: 0, blob: EMPTY_BYTES, version: '' };
}

const SnapshotResponse_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeSnapshotResponse(m: SnapshotResponse, r: Reader): void {
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
      case 16: {
        m.remainingBytes = r.uint64Counter();
        break;
      }
      case 26: {
        m.blob = r.bytes();
        break;
      }
      case 34: {
        m.version = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, SnapshotResponse_NUMBERS);
    }
  }
}

export function writeSnapshotResponse(m: SnapshotResponse, w: Writer): void {
  if (m.version !== '') {
    w.string(m.version);
    w.tag(34);
  }
  if (m.blob.length !== 0) {
    w.bytes(m.blob);
    w.tag(26);
  }
  if (m.remainingBytes !== 0) {
    w.uint64Counter(m.remainingBytes);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.MoveLeaderRequest. */
export interface MoveLeaderRequest {
  targetID: bigint;
}

export const MoveLeaderRequest: MessageCodec<MoveLeaderRequest> = {
  typeName: 'etcdserverpb.MoveLeaderRequest',
  fields: [
    { protoName: 'targetID', name: 'targetID', number: 1, kind: 'uint64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newMoveLeaderRequest(), partial),
  decode: (bytes) => MoveLeaderRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMoveLeaderRequest();
    mergeMoveLeaderRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMoveLeaderRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMoveLeaderRequest,
};

export function newMoveLeaderRequest(): MoveLeaderRequest {
  return { targetID: 0n };
}

const MoveLeaderRequest_NUMBERS: readonly number[] = [1];

export function mergeMoveLeaderRequest(m: MoveLeaderRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.targetID = r.uint64();
        break;
      }
      default:
        r.skipUnknown(tag, MoveLeaderRequest_NUMBERS);
    }
  }
}

export function writeMoveLeaderRequest(m: MoveLeaderRequest, w: Writer): void {
  if (m.targetID !== 0n) {
    w.uint64(m.targetID);
    w.tag(8);
  }
}

/** etcdserverpb.MoveLeaderResponse. */
export interface MoveLeaderResponse {
  header: ResponseHeader | undefined;
}

export const MoveLeaderResponse: MessageCodec<MoveLeaderResponse> = {
  typeName: 'etcdserverpb.MoveLeaderResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newMoveLeaderResponse(), partial),
  decode: (bytes) => MoveLeaderResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMoveLeaderResponse();
    mergeMoveLeaderResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMoveLeaderResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMoveLeaderResponse,
};

export function newMoveLeaderResponse(): MoveLeaderResponse {
  return { header: undefined };
}

const MoveLeaderResponse_NUMBERS: readonly number[] = [1];

export function mergeMoveLeaderResponse(m: MoveLeaderResponse, r: Reader): void {
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
        r.skipUnknown(tag, MoveLeaderResponse_NUMBERS);
    }
  }
}

export function writeMoveLeaderResponse(m: MoveLeaderResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.DowngradeRequest. */
export interface DowngradeRequest {
  action: DowngradeAction;
  version: string;
}

export const DowngradeRequest: MessageCodec<DowngradeRequest> = {
  typeName: 'etcdserverpb.DowngradeRequest',
  fields: [
    { protoName: 'action', name: 'action', number: 1, kind: 'enum', presence: 'implicit', values: DowngradeAction },
    { protoName: 'version', name: 'version', number: 2, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newDowngradeRequest(), partial),
  decode: (bytes) => DowngradeRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDowngradeRequest();
    mergeDowngradeRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDowngradeRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDowngradeRequest,
};

export function newDowngradeRequest(): DowngradeRequest {
  return { action: 0, version: '' };
}

const DowngradeRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeDowngradeRequest(m: DowngradeRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.action = r.enum();
        break;
      }
      case 18: {
        m.version = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, DowngradeRequest_NUMBERS);
    }
  }
}

export function writeDowngradeRequest(m: DowngradeRequest, w: Writer): void {
  if (m.version !== '') {
    w.string(m.version);
    w.tag(18);
  }
  if (m.action !== 0) {
    w.enum(m.action);
    w.tag(8);
  }
}

/** etcdserverpb.DowngradeResponse. */
export interface DowngradeResponse {
  header: ResponseHeader | undefined;
  version: string;
}

export const DowngradeResponse: MessageCodec<DowngradeResponse> = {
  typeName: 'etcdserverpb.DowngradeResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'version', name: 'version', number: 2, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newDowngradeResponse(), partial),
  decode: (bytes) => DowngradeResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDowngradeResponse();
    mergeDowngradeResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDowngradeResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDowngradeResponse,
};

export function newDowngradeResponse(): DowngradeResponse {
  return { header: undefined, version: '' };
}

const DowngradeResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeDowngradeResponse(m: DowngradeResponse, r: Reader): void {
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
        m.version = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, DowngradeResponse_NUMBERS);
    }
  }
}

export function writeDowngradeResponse(m: DowngradeResponse, w: Writer): void {
  if (m.version !== '') {
    w.string(m.version);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/**
 * Proposed by etcd's own tests only.
 * etcdserverpb.DowngradeVersionTestRequest.
 */
export interface DowngradeVersionTestRequest {
  ver: string;
}

export const DowngradeVersionTestRequest: MessageCodec<DowngradeVersionTestRequest> = {
  typeName: 'etcdserverpb.DowngradeVersionTestRequest',
  fields: [
    { protoName: 'ver', name: 'ver', number: 1, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newDowngradeVersionTestRequest(), partial),
  decode: (bytes) => DowngradeVersionTestRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDowngradeVersionTestRequest();
    mergeDowngradeVersionTestRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDowngradeVersionTestRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDowngradeVersionTestRequest,
};

export function newDowngradeVersionTestRequest(): DowngradeVersionTestRequest {
  return { ver: '' };
}

const DowngradeVersionTestRequest_NUMBERS: readonly number[] = [1];

export function mergeDowngradeVersionTestRequest(m: DowngradeVersionTestRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.ver = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, DowngradeVersionTestRequest_NUMBERS);
    }
  }
}

export function writeDowngradeVersionTestRequest(m: DowngradeVersionTestRequest, w: Writer): void {
  if (m.ver !== '') {
    w.string(m.ver);
    w.tag(10);
  }
}

/** etcdserverpb.AuthEnableRequest. */
export interface AuthEnableRequest {
}

export const AuthEnableRequest: MessageCodec<AuthEnableRequest> = {
  typeName: 'etcdserverpb.AuthEnableRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newAuthEnableRequest(), partial),
  decode: (bytes) => AuthEnableRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthEnableRequest();
    mergeAuthEnableRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthEnableRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthEnableRequest,
};

export function newAuthEnableRequest(): AuthEnableRequest {
  return { };
}

const AuthEnableRequest_NUMBERS: readonly number[] = [];

export function mergeAuthEnableRequest(_m: AuthEnableRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, AuthEnableRequest_NUMBERS);
    }
  }
}

export function writeAuthEnableRequest(_m: AuthEnableRequest, _w: Writer): void {
}

/** etcdserverpb.AuthEnableResponse. */
export interface AuthEnableResponse {
  header: ResponseHeader | undefined;
}

export const AuthEnableResponse: MessageCodec<AuthEnableResponse> = {
  typeName: 'etcdserverpb.AuthEnableResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthEnableResponse(), partial),
  decode: (bytes) => AuthEnableResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthEnableResponse();
    mergeAuthEnableResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthEnableResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthEnableResponse,
};

export function newAuthEnableResponse(): AuthEnableResponse {
  return { header: undefined };
}

const AuthEnableResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthEnableResponse(m: AuthEnableResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthEnableResponse_NUMBERS);
    }
  }
}

export function writeAuthEnableResponse(m: AuthEnableResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthDisableRequest. */
export interface AuthDisableRequest {
}

export const AuthDisableRequest: MessageCodec<AuthDisableRequest> = {
  typeName: 'etcdserverpb.AuthDisableRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newAuthDisableRequest(), partial),
  decode: (bytes) => AuthDisableRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthDisableRequest();
    mergeAuthDisableRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthDisableRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthDisableRequest,
};

export function newAuthDisableRequest(): AuthDisableRequest {
  return { };
}

const AuthDisableRequest_NUMBERS: readonly number[] = [];

export function mergeAuthDisableRequest(_m: AuthDisableRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, AuthDisableRequest_NUMBERS);
    }
  }
}

export function writeAuthDisableRequest(_m: AuthDisableRequest, _w: Writer): void {
}

/** etcdserverpb.AuthDisableResponse. */
export interface AuthDisableResponse {
  header: ResponseHeader | undefined;
}

export const AuthDisableResponse: MessageCodec<AuthDisableResponse> = {
  typeName: 'etcdserverpb.AuthDisableResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthDisableResponse(), partial),
  decode: (bytes) => AuthDisableResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthDisableResponse();
    mergeAuthDisableResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthDisableResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthDisableResponse,
};

export function newAuthDisableResponse(): AuthDisableResponse {
  return { header: undefined };
}

const AuthDisableResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthDisableResponse(m: AuthDisableResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthDisableResponse_NUMBERS);
    }
  }
}

export function writeAuthDisableResponse(m: AuthDisableResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthStatusRequest. */
export interface AuthStatusRequest {
}

export const AuthStatusRequest: MessageCodec<AuthStatusRequest> = {
  typeName: 'etcdserverpb.AuthStatusRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newAuthStatusRequest(), partial),
  decode: (bytes) => AuthStatusRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthStatusRequest();
    mergeAuthStatusRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthStatusRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthStatusRequest,
};

export function newAuthStatusRequest(): AuthStatusRequest {
  return { };
}

const AuthStatusRequest_NUMBERS: readonly number[] = [];

export function mergeAuthStatusRequest(_m: AuthStatusRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, AuthStatusRequest_NUMBERS);
    }
  }
}

export function writeAuthStatusRequest(_m: AuthStatusRequest, _w: Writer): void {
}

/** etcdserverpb.AuthStatusResponse. */
export interface AuthStatusResponse {
  header: ResponseHeader | undefined;
  enabled: boolean;
  authRevision: number;
}

export const AuthStatusResponse: MessageCodec<AuthStatusResponse> = {
  typeName: 'etcdserverpb.AuthStatusResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'enabled', name: 'enabled', number: 2, kind: 'bool', presence: 'implicit' },
    { protoName: 'authRevision', name: 'authRevision', number: 3, kind: 'uint64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newAuthStatusResponse(), partial),
  decode: (bytes) => AuthStatusResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthStatusResponse();
    mergeAuthStatusResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthStatusResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthStatusResponse,
};

export function newAuthStatusResponse(): AuthStatusResponse {
  return { header: undefined, enabled: false, authRevision: 0 };
}

const AuthStatusResponse_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeAuthStatusResponse(m: AuthStatusResponse, r: Reader): void {
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
      case 16: {
        m.enabled = r.bool();
        break;
      }
      case 24: {
        m.authRevision = r.uint64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, AuthStatusResponse_NUMBERS);
    }
  }
}

export function writeAuthStatusResponse(m: AuthStatusResponse, w: Writer): void {
  if (m.authRevision !== 0) {
    w.uint64Counter(m.authRevision);
    w.tag(24);
  }
  if (m.enabled) {
    w.bool(m.enabled);
    w.tag(16);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthenticateRequest. */
export interface AuthenticateRequest {
  name: string;
  password: string;
}

export const AuthenticateRequest: MessageCodec<AuthenticateRequest> = {
  typeName: 'etcdserverpb.AuthenticateRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'password', name: 'password', number: 2, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthenticateRequest(), partial),
  decode: (bytes) => AuthenticateRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthenticateRequest();
    mergeAuthenticateRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthenticateRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthenticateRequest,
};

export function newAuthenticateRequest(): AuthenticateRequest {
  return { name: '', password: '' };
}

const AuthenticateRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthenticateRequest(m: AuthenticateRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthenticateRequest_NUMBERS);
    }
  }
}

export function writeAuthenticateRequest(m: AuthenticateRequest, w: Writer): void {
  if (m.password !== '') {
    w.string(m.password);
    w.tag(18);
  }
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** etcdserverpb.AuthenticateResponse. */
export interface AuthenticateResponse {
  header: ResponseHeader | undefined;
  token: string;
}

export const AuthenticateResponse: MessageCodec<AuthenticateResponse> = {
  typeName: 'etcdserverpb.AuthenticateResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'token', name: 'token', number: 2, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthenticateResponse(), partial),
  decode: (bytes) => AuthenticateResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthenticateResponse();
    mergeAuthenticateResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthenticateResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthenticateResponse,
};

export function newAuthenticateResponse(): AuthenticateResponse {
  return { header: undefined, token: '' };
}

const AuthenticateResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthenticateResponse(m: AuthenticateResponse, r: Reader): void {
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
        m.token = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthenticateResponse_NUMBERS);
    }
  }
}

export function writeAuthenticateResponse(m: AuthenticateResponse, w: Writer): void {
  if (m.token !== '') {
    w.string(m.token);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserAddRequest. */
export interface AuthUserAddRequest {
  name: string;
  password: string;
  options: UserAddOptions | undefined;
  /** Set by the member that proposes, in place of the password. */
  hashedPassword: string;
}

export const AuthUserAddRequest: MessageCodec<AuthUserAddRequest> = {
  typeName: 'etcdserverpb.AuthUserAddRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'password', name: 'password', number: 2, kind: 'string', presence: 'implicit' },
    { protoName: 'options', name: 'options', number: 3, kind: 'message', presence: 'optional', message: () => UserAddOptions },
    { protoName: 'hashedPassword', name: 'hashedPassword', number: 4, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthUserAddRequest(), partial),
  decode: (bytes) => AuthUserAddRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserAddRequest();
    mergeAuthUserAddRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserAddRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserAddRequest,
};

export function newAuthUserAddRequest(): AuthUserAddRequest {
  return { name: '', password: '', options: undefined, hashedPassword: '' };
}

const AuthUserAddRequest_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeAuthUserAddRequest(m: AuthUserAddRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        if (m.options === undefined) m.options = newUserAddOptions();
        const outer = r.enter();
        mergeUserAddOptions(m.options, r);
        r.leave(outer);
        break;
      }
      case 34: {
        m.hashedPassword = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthUserAddRequest_NUMBERS);
    }
  }
}

export function writeAuthUserAddRequest(m: AuthUserAddRequest, w: Writer): void {
  if (m.hashedPassword !== '') {
    w.string(m.hashedPassword);
    w.tag(34);
  }
  if (m.options !== undefined) {
    const mark = w.length;
    writeUserAddOptions(m.options, w);
    w.delimit(mark);
    w.tag(26);
  }
  if (m.password !== '') {
    w.string(m.password);
    w.tag(18);
  }
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserAddResponse. */
export interface AuthUserAddResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserAddResponse: MessageCodec<AuthUserAddResponse> = {
  typeName: 'etcdserverpb.AuthUserAddResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthUserAddResponse(), partial),
  decode: (bytes) => AuthUserAddResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserAddResponse();
    mergeAuthUserAddResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserAddResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserAddResponse,
};

export function newAuthUserAddResponse(): AuthUserAddResponse {
  return { header: undefined };
}

const AuthUserAddResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthUserAddResponse(m: AuthUserAddResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthUserAddResponse_NUMBERS);
    }
  }
}

export function writeAuthUserAddResponse(m: AuthUserAddResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserGetRequest. */
export interface AuthUserGetRequest {
  name: string;
}

export const AuthUserGetRequest: MessageCodec<AuthUserGetRequest> = {
  typeName: 'etcdserverpb.AuthUserGetRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthUserGetRequest(), partial),
  decode: (bytes) => AuthUserGetRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserGetRequest();
    mergeAuthUserGetRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserGetRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserGetRequest,
};

export function newAuthUserGetRequest(): AuthUserGetRequest {
  return { name: '' };
}

const AuthUserGetRequest_NUMBERS: readonly number[] = [1];

export function mergeAuthUserGetRequest(m: AuthUserGetRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthUserGetRequest_NUMBERS);
    }
  }
}

export function writeAuthUserGetRequest(m: AuthUserGetRequest, w: Writer): void {
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserGetResponse. */
export interface AuthUserGetResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}

export const AuthUserGetResponse: MessageCodec<AuthUserGetResponse> = {
  typeName: 'etcdserverpb.AuthUserGetResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'roles', name: 'roles', number: 2, kind: 'string', presence: 'repeated' },
  ],
  create: (partial) => Object.assign(newAuthUserGetResponse(), partial),
  decode: (bytes) => AuthUserGetResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserGetResponse();
    mergeAuthUserGetResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserGetResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserGetResponse,
};

export function newAuthUserGetResponse(): AuthUserGetResponse {
  return { header: undefined, roles: [] };
}

const AuthUserGetResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthUserGetResponse(m: AuthUserGetResponse, r: Reader): void {
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
        m.roles.push(r.string());
        break;
      }
      default:
        r.skipUnknown(tag, AuthUserGetResponse_NUMBERS);
    }
  }
}

export function writeAuthUserGetResponse(m: AuthUserGetResponse, w: Writer): void {
  for (let i = m.roles.length - 1; i >= 0; i--) {
    w.string(m.roles[i] as string);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserListRequest. */
export interface AuthUserListRequest {
}

export const AuthUserListRequest: MessageCodec<AuthUserListRequest> = {
  typeName: 'etcdserverpb.AuthUserListRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newAuthUserListRequest(), partial),
  decode: (bytes) => AuthUserListRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserListRequest();
    mergeAuthUserListRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserListRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserListRequest,
};

export function newAuthUserListRequest(): AuthUserListRequest {
  return { };
}

const AuthUserListRequest_NUMBERS: readonly number[] = [];

export function mergeAuthUserListRequest(_m: AuthUserListRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, AuthUserListRequest_NUMBERS);
    }
  }
}

export function writeAuthUserListRequest(_m: AuthUserListRequest, _w: Writer): void {
}

/** etcdserverpb.AuthUserListResponse. */
export interface AuthUserListResponse {
  header: ResponseHeader | undefined;
  users: string[];
}

export const AuthUserListResponse: MessageCodec<AuthUserListResponse> = {
  typeName: 'etcdserverpb.AuthUserListResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'users', name: 'users', number: 2, kind: 'string', presence: 'repeated' },
  ],
  create: (partial) => Object.assign(newAuthUserListResponse(), partial),
  decode: (bytes) => AuthUserListResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserListResponse();
    mergeAuthUserListResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserListResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserListResponse,
};

export function newAuthUserListResponse(): AuthUserListResponse {
  return { header: undefined, users: [] };
}

const AuthUserListResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthUserListResponse(m: AuthUserListResponse, r: Reader): void {
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
        m.users.push(r.string());
        break;
      }
      default:
        r.skipUnknown(tag, AuthUserListResponse_NUMBERS);
    }
  }
}

export function writeAuthUserListResponse(m: AuthUserListResponse, w: Writer): void {
  for (let i = m.users.length - 1; i >= 0; i--) {
    w.string(m.users[i] as string);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserDeleteRequest. */
export interface AuthUserDeleteRequest {
  name: string;
}

export const AuthUserDeleteRequest: MessageCodec<AuthUserDeleteRequest> = {
  typeName: 'etcdserverpb.AuthUserDeleteRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthUserDeleteRequest(), partial),
  decode: (bytes) => AuthUserDeleteRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserDeleteRequest();
    mergeAuthUserDeleteRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserDeleteRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserDeleteRequest,
};

export function newAuthUserDeleteRequest(): AuthUserDeleteRequest {
  return { name: '' };
}

const AuthUserDeleteRequest_NUMBERS: readonly number[] = [1];

export function mergeAuthUserDeleteRequest(m: AuthUserDeleteRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthUserDeleteRequest_NUMBERS);
    }
  }
}

export function writeAuthUserDeleteRequest(m: AuthUserDeleteRequest, w: Writer): void {
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserDeleteResponse. */
export interface AuthUserDeleteResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserDeleteResponse: MessageCodec<AuthUserDeleteResponse> = {
  typeName: 'etcdserverpb.AuthUserDeleteResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthUserDeleteResponse(), partial),
  decode: (bytes) => AuthUserDeleteResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserDeleteResponse();
    mergeAuthUserDeleteResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserDeleteResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserDeleteResponse,
};

export function newAuthUserDeleteResponse(): AuthUserDeleteResponse {
  return { header: undefined };
}

const AuthUserDeleteResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthUserDeleteResponse(m: AuthUserDeleteResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthUserDeleteResponse_NUMBERS);
    }
  }
}

export function writeAuthUserDeleteResponse(m: AuthUserDeleteResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserChangePasswordRequest. */
export interface AuthUserChangePasswordRequest {
  name: string;
  password: string;
  hashedPassword: string;
}

export const AuthUserChangePasswordRequest: MessageCodec<AuthUserChangePasswordRequest> = {
  typeName: 'etcdserverpb.AuthUserChangePasswordRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'password', name: 'password', number: 2, kind: 'string', presence: 'implicit' },
    { protoName: 'hashedPassword', name: 'hashedPassword', number: 3, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthUserChangePasswordRequest(), partial),
  decode: (bytes) => AuthUserChangePasswordRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserChangePasswordRequest();
    mergeAuthUserChangePasswordRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserChangePasswordRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserChangePasswordRequest,
};

export function newAuthUserChangePasswordRequest(): AuthUserChangePasswordRequest {
  return { name: '', password: '', hashedPassword: '' };
}

const AuthUserChangePasswordRequest_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeAuthUserChangePasswordRequest(m: AuthUserChangePasswordRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        m.hashedPassword = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthUserChangePasswordRequest_NUMBERS);
    }
  }
}

export function writeAuthUserChangePasswordRequest(m: AuthUserChangePasswordRequest, w: Writer): void {
  if (m.hashedPassword !== '') {
    w.string(m.hashedPassword);
    w.tag(26);
  }
  if (m.password !== '') {
    w.string(m.password);
    w.tag(18);
  }
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserChangePasswordResponse. */
export interface AuthUserChangePasswordResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserChangePasswordResponse: MessageCodec<AuthUserChangePasswordResponse> = {
  typeName: 'etcdserverpb.AuthUserChangePasswordResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthUserChangePasswordResponse(), partial),
  decode: (bytes) => AuthUserChangePasswordResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserChangePasswordResponse();
    mergeAuthUserChangePasswordResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserChangePasswordResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserChangePasswordResponse,
};

export function newAuthUserChangePasswordResponse(): AuthUserChangePasswordResponse {
  return { header: undefined };
}

const AuthUserChangePasswordResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthUserChangePasswordResponse(m: AuthUserChangePasswordResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthUserChangePasswordResponse_NUMBERS);
    }
  }
}

export function writeAuthUserChangePasswordResponse(m: AuthUserChangePasswordResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserGrantRoleRequest. */
export interface AuthUserGrantRoleRequest {
  user: string;
  role: string;
}

export const AuthUserGrantRoleRequest: MessageCodec<AuthUserGrantRoleRequest> = {
  typeName: 'etcdserverpb.AuthUserGrantRoleRequest',
  fields: [
    { protoName: 'user', name: 'user', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'role', name: 'role', number: 2, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthUserGrantRoleRequest(), partial),
  decode: (bytes) => AuthUserGrantRoleRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserGrantRoleRequest();
    mergeAuthUserGrantRoleRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserGrantRoleRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserGrantRoleRequest,
};

export function newAuthUserGrantRoleRequest(): AuthUserGrantRoleRequest {
  return { user: '', role: '' };
}

const AuthUserGrantRoleRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthUserGrantRoleRequest(m: AuthUserGrantRoleRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.user = r.string();
        break;
      }
      case 18: {
        m.role = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthUserGrantRoleRequest_NUMBERS);
    }
  }
}

export function writeAuthUserGrantRoleRequest(m: AuthUserGrantRoleRequest, w: Writer): void {
  if (m.role !== '') {
    w.string(m.role);
    w.tag(18);
  }
  if (m.user !== '') {
    w.string(m.user);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserGrantRoleResponse. */
export interface AuthUserGrantRoleResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserGrantRoleResponse: MessageCodec<AuthUserGrantRoleResponse> = {
  typeName: 'etcdserverpb.AuthUserGrantRoleResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthUserGrantRoleResponse(), partial),
  decode: (bytes) => AuthUserGrantRoleResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserGrantRoleResponse();
    mergeAuthUserGrantRoleResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserGrantRoleResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserGrantRoleResponse,
};

export function newAuthUserGrantRoleResponse(): AuthUserGrantRoleResponse {
  return { header: undefined };
}

const AuthUserGrantRoleResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthUserGrantRoleResponse(m: AuthUserGrantRoleResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthUserGrantRoleResponse_NUMBERS);
    }
  }
}

export function writeAuthUserGrantRoleResponse(m: AuthUserGrantRoleResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserRevokeRoleRequest. */
export interface AuthUserRevokeRoleRequest {
  name: string;
  role: string;
}

export const AuthUserRevokeRoleRequest: MessageCodec<AuthUserRevokeRoleRequest> = {
  typeName: 'etcdserverpb.AuthUserRevokeRoleRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'role', name: 'role', number: 2, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthUserRevokeRoleRequest(), partial),
  decode: (bytes) => AuthUserRevokeRoleRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserRevokeRoleRequest();
    mergeAuthUserRevokeRoleRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserRevokeRoleRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserRevokeRoleRequest,
};

export function newAuthUserRevokeRoleRequest(): AuthUserRevokeRoleRequest {
  return { name: '', role: '' };
}

const AuthUserRevokeRoleRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthUserRevokeRoleRequest(m: AuthUserRevokeRoleRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.role = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthUserRevokeRoleRequest_NUMBERS);
    }
  }
}

export function writeAuthUserRevokeRoleRequest(m: AuthUserRevokeRoleRequest, w: Writer): void {
  if (m.role !== '') {
    w.string(m.role);
    w.tag(18);
  }
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** etcdserverpb.AuthUserRevokeRoleResponse. */
export interface AuthUserRevokeRoleResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserRevokeRoleResponse: MessageCodec<AuthUserRevokeRoleResponse> = {
  typeName: 'etcdserverpb.AuthUserRevokeRoleResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthUserRevokeRoleResponse(), partial),
  decode: (bytes) => AuthUserRevokeRoleResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthUserRevokeRoleResponse();
    mergeAuthUserRevokeRoleResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthUserRevokeRoleResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthUserRevokeRoleResponse,
};

export function newAuthUserRevokeRoleResponse(): AuthUserRevokeRoleResponse {
  return { header: undefined };
}

const AuthUserRevokeRoleResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthUserRevokeRoleResponse(m: AuthUserRevokeRoleResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthUserRevokeRoleResponse_NUMBERS);
    }
  }
}

export function writeAuthUserRevokeRoleResponse(m: AuthUserRevokeRoleResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleAddRequest. */
export interface AuthRoleAddRequest {
  name: string;
}

export const AuthRoleAddRequest: MessageCodec<AuthRoleAddRequest> = {
  typeName: 'etcdserverpb.AuthRoleAddRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthRoleAddRequest(), partial),
  decode: (bytes) => AuthRoleAddRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleAddRequest();
    mergeAuthRoleAddRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleAddRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleAddRequest,
};

export function newAuthRoleAddRequest(): AuthRoleAddRequest {
  return { name: '' };
}

const AuthRoleAddRequest_NUMBERS: readonly number[] = [1];

export function mergeAuthRoleAddRequest(m: AuthRoleAddRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthRoleAddRequest_NUMBERS);
    }
  }
}

export function writeAuthRoleAddRequest(m: AuthRoleAddRequest, w: Writer): void {
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleAddResponse. */
export interface AuthRoleAddResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleAddResponse: MessageCodec<AuthRoleAddResponse> = {
  typeName: 'etcdserverpb.AuthRoleAddResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthRoleAddResponse(), partial),
  decode: (bytes) => AuthRoleAddResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleAddResponse();
    mergeAuthRoleAddResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleAddResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleAddResponse,
};

export function newAuthRoleAddResponse(): AuthRoleAddResponse {
  return { header: undefined };
}

const AuthRoleAddResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthRoleAddResponse(m: AuthRoleAddResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthRoleAddResponse_NUMBERS);
    }
  }
}

export function writeAuthRoleAddResponse(m: AuthRoleAddResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleGetRequest. */
export interface AuthRoleGetRequest {
  role: string;
}

export const AuthRoleGetRequest: MessageCodec<AuthRoleGetRequest> = {
  typeName: 'etcdserverpb.AuthRoleGetRequest',
  fields: [
    { protoName: 'role', name: 'role', number: 1, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthRoleGetRequest(), partial),
  decode: (bytes) => AuthRoleGetRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleGetRequest();
    mergeAuthRoleGetRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleGetRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleGetRequest,
};

export function newAuthRoleGetRequest(): AuthRoleGetRequest {
  return { role: '' };
}

const AuthRoleGetRequest_NUMBERS: readonly number[] = [1];

export function mergeAuthRoleGetRequest(m: AuthRoleGetRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthRoleGetRequest_NUMBERS);
    }
  }
}

export function writeAuthRoleGetRequest(m: AuthRoleGetRequest, w: Writer): void {
  if (m.role !== '') {
    w.string(m.role);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleGetResponse. */
export interface AuthRoleGetResponse {
  header: ResponseHeader | undefined;
  perm: Permission[];
}

export const AuthRoleGetResponse: MessageCodec<AuthRoleGetResponse> = {
  typeName: 'etcdserverpb.AuthRoleGetResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'perm', name: 'perm', number: 2, kind: 'message', presence: 'repeated', message: () => Permission },
  ],
  create: (partial) => Object.assign(newAuthRoleGetResponse(), partial),
  decode: (bytes) => AuthRoleGetResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleGetResponse();
    mergeAuthRoleGetResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleGetResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleGetResponse,
};

export function newAuthRoleGetResponse(): AuthRoleGetResponse {
  return { header: undefined, perm: [] };
}

const AuthRoleGetResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthRoleGetResponse(m: AuthRoleGetResponse, r: Reader): void {
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
        const item = newPermission();
        const outer = r.enter();
        mergePermission(item, r);
        r.leave(outer);
        m.perm.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, AuthRoleGetResponse_NUMBERS);
    }
  }
}

export function writeAuthRoleGetResponse(m: AuthRoleGetResponse, w: Writer): void {
  for (let i = m.perm.length - 1; i >= 0; i--) {
    const mark = w.length;
    writePermission(m.perm[i] as Permission, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleListRequest. */
export interface AuthRoleListRequest {
}

export const AuthRoleListRequest: MessageCodec<AuthRoleListRequest> = {
  typeName: 'etcdserverpb.AuthRoleListRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newAuthRoleListRequest(), partial),
  decode: (bytes) => AuthRoleListRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleListRequest();
    mergeAuthRoleListRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleListRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleListRequest,
};

export function newAuthRoleListRequest(): AuthRoleListRequest {
  return { };
}

const AuthRoleListRequest_NUMBERS: readonly number[] = [];

export function mergeAuthRoleListRequest(_m: AuthRoleListRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, AuthRoleListRequest_NUMBERS);
    }
  }
}

export function writeAuthRoleListRequest(_m: AuthRoleListRequest, _w: Writer): void {
}

/** etcdserverpb.AuthRoleListResponse. */
export interface AuthRoleListResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}

export const AuthRoleListResponse: MessageCodec<AuthRoleListResponse> = {
  typeName: 'etcdserverpb.AuthRoleListResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'roles', name: 'roles', number: 2, kind: 'string', presence: 'repeated' },
  ],
  create: (partial) => Object.assign(newAuthRoleListResponse(), partial),
  decode: (bytes) => AuthRoleListResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleListResponse();
    mergeAuthRoleListResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleListResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleListResponse,
};

export function newAuthRoleListResponse(): AuthRoleListResponse {
  return { header: undefined, roles: [] };
}

const AuthRoleListResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthRoleListResponse(m: AuthRoleListResponse, r: Reader): void {
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
        m.roles.push(r.string());
        break;
      }
      default:
        r.skipUnknown(tag, AuthRoleListResponse_NUMBERS);
    }
  }
}

export function writeAuthRoleListResponse(m: AuthRoleListResponse, w: Writer): void {
  for (let i = m.roles.length - 1; i >= 0; i--) {
    w.string(m.roles[i] as string);
    w.tag(18);
  }
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleDeleteRequest. */
export interface AuthRoleDeleteRequest {
  role: string;
}

export const AuthRoleDeleteRequest: MessageCodec<AuthRoleDeleteRequest> = {
  typeName: 'etcdserverpb.AuthRoleDeleteRequest',
  fields: [
    { protoName: 'role', name: 'role', number: 1, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthRoleDeleteRequest(), partial),
  decode: (bytes) => AuthRoleDeleteRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleDeleteRequest();
    mergeAuthRoleDeleteRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleDeleteRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleDeleteRequest,
};

export function newAuthRoleDeleteRequest(): AuthRoleDeleteRequest {
  return { role: '' };
}

const AuthRoleDeleteRequest_NUMBERS: readonly number[] = [1];

export function mergeAuthRoleDeleteRequest(m: AuthRoleDeleteRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, AuthRoleDeleteRequest_NUMBERS);
    }
  }
}

export function writeAuthRoleDeleteRequest(m: AuthRoleDeleteRequest, w: Writer): void {
  if (m.role !== '') {
    w.string(m.role);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleDeleteResponse. */
export interface AuthRoleDeleteResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleDeleteResponse: MessageCodec<AuthRoleDeleteResponse> = {
  typeName: 'etcdserverpb.AuthRoleDeleteResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthRoleDeleteResponse(), partial),
  decode: (bytes) => AuthRoleDeleteResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleDeleteResponse();
    mergeAuthRoleDeleteResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleDeleteResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleDeleteResponse,
};

export function newAuthRoleDeleteResponse(): AuthRoleDeleteResponse {
  return { header: undefined };
}

const AuthRoleDeleteResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthRoleDeleteResponse(m: AuthRoleDeleteResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthRoleDeleteResponse_NUMBERS);
    }
  }
}

export function writeAuthRoleDeleteResponse(m: AuthRoleDeleteResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleGrantPermissionRequest. */
export interface AuthRoleGrantPermissionRequest {
  name: string;
  perm: Permission | undefined;
}

export const AuthRoleGrantPermissionRequest: MessageCodec<AuthRoleGrantPermissionRequest> = {
  typeName: 'etcdserverpb.AuthRoleGrantPermissionRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'perm', name: 'perm', number: 2, kind: 'message', presence: 'optional', message: () => Permission },
  ],
  create: (partial) => Object.assign(newAuthRoleGrantPermissionRequest(), partial),
  decode: (bytes) => AuthRoleGrantPermissionRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleGrantPermissionRequest();
    mergeAuthRoleGrantPermissionRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleGrantPermissionRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleGrantPermissionRequest,
};

export function newAuthRoleGrantPermissionRequest(): AuthRoleGrantPermissionRequest {
  return { name: '', perm: undefined };
}

const AuthRoleGrantPermissionRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeAuthRoleGrantPermissionRequest(m: AuthRoleGrantPermissionRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        if (m.perm === undefined) m.perm = newPermission();
        const outer = r.enter();
        mergePermission(m.perm, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, AuthRoleGrantPermissionRequest_NUMBERS);
    }
  }
}

export function writeAuthRoleGrantPermissionRequest(m: AuthRoleGrantPermissionRequest, w: Writer): void {
  if (m.perm !== undefined) {
    const mark = w.length;
    writePermission(m.perm, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleGrantPermissionResponse. */
export interface AuthRoleGrantPermissionResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleGrantPermissionResponse: MessageCodec<AuthRoleGrantPermissionResponse> = {
  typeName: 'etcdserverpb.AuthRoleGrantPermissionResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthRoleGrantPermissionResponse(), partial),
  decode: (bytes) => AuthRoleGrantPermissionResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleGrantPermissionResponse();
    mergeAuthRoleGrantPermissionResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleGrantPermissionResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleGrantPermissionResponse,
};

export function newAuthRoleGrantPermissionResponse(): AuthRoleGrantPermissionResponse {
  return { header: undefined };
}

const AuthRoleGrantPermissionResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthRoleGrantPermissionResponse(m: AuthRoleGrantPermissionResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthRoleGrantPermissionResponse_NUMBERS);
    }
  }
}

export function writeAuthRoleGrantPermissionResponse(m: AuthRoleGrantPermissionResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleRevokePermissionRequest. */
export interface AuthRoleRevokePermissionRequest {
  role: string;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}

export const AuthRoleRevokePermissionRequest: MessageCodec<AuthRoleRevokePermissionRequest> = {
  typeName: 'etcdserverpb.AuthRoleRevokePermissionRequest',
  fields: [
    { protoName: 'role', name: 'role', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'key', name: 'key', number: 2, kind: 'bytes', presence: 'implicit' },
    { protoName: 'range_end', name: 'rangeEnd', number: 3, kind: 'bytes', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newAuthRoleRevokePermissionRequest(), partial),
  decode: (bytes) => AuthRoleRevokePermissionRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleRevokePermissionRequest();
    mergeAuthRoleRevokePermissionRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleRevokePermissionRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleRevokePermissionRequest,
};

export function newAuthRoleRevokePermissionRequest(): AuthRoleRevokePermissionRequest {
  return { role: '', key: EMPTY_BYTES, rangeEnd: EMPTY_BYTES };
}

const AuthRoleRevokePermissionRequest_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeAuthRoleRevokePermissionRequest(m: AuthRoleRevokePermissionRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      case 26: {
        m.rangeEnd = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, AuthRoleRevokePermissionRequest_NUMBERS);
    }
  }
}

export function writeAuthRoleRevokePermissionRequest(m: AuthRoleRevokePermissionRequest, w: Writer): void {
  if (m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.tag(26);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(18);
  }
  if (m.role !== '') {
    w.string(m.role);
    w.tag(10);
  }
}

/** etcdserverpb.AuthRoleRevokePermissionResponse. */
export interface AuthRoleRevokePermissionResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleRevokePermissionResponse: MessageCodec<AuthRoleRevokePermissionResponse> = {
  typeName: 'etcdserverpb.AuthRoleRevokePermissionResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newAuthRoleRevokePermissionResponse(), partial),
  decode: (bytes) => AuthRoleRevokePermissionResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAuthRoleRevokePermissionResponse();
    mergeAuthRoleRevokePermissionResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAuthRoleRevokePermissionResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAuthRoleRevokePermissionResponse,
};

export function newAuthRoleRevokePermissionResponse(): AuthRoleRevokePermissionResponse {
  return { header: undefined };
}

const AuthRoleRevokePermissionResponse_NUMBERS: readonly number[] = [1];

export function mergeAuthRoleRevokePermissionResponse(m: AuthRoleRevokePermissionResponse, r: Reader): void {
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
        r.skipUnknown(tag, AuthRoleRevokePermissionResponse_NUMBERS);
    }
  }
}

export function writeAuthRoleRevokePermissionResponse(m: AuthRoleRevokePermissionResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** Service etcdserverpb.KV. */
export const KVService: {
  readonly typeName: string;
  readonly methods: {
    readonly Range: MethodDescriptor<RangeRequest, RangeResponse>;
    readonly RangeStream: MethodDescriptor<RangeRequest, RangeStreamResponse>;
    readonly Put: MethodDescriptor<PutRequest, PutResponse>;
    readonly DeleteRange: MethodDescriptor<DeleteRangeRequest, DeleteRangeResponse>;
    readonly Txn: MethodDescriptor<TxnRequest, TxnResponse>;
    readonly Compact: MethodDescriptor<CompactionRequest, CompactionResponse>;
  };
} = {
  typeName: 'etcdserverpb.KV',
  methods: {
    Range: { name: 'Range', path: '/etcdserverpb.KV/Range', request: RangeRequest, response: RangeResponse, requestStream: false, responseStream: false },
    RangeStream: { name: 'RangeStream', path: '/etcdserverpb.KV/RangeStream', request: RangeRequest, response: RangeStreamResponse, requestStream: false, responseStream: true },
    Put: { name: 'Put', path: '/etcdserverpb.KV/Put', request: PutRequest, response: PutResponse, requestStream: false, responseStream: false },
    DeleteRange: { name: 'DeleteRange', path: '/etcdserverpb.KV/DeleteRange', request: DeleteRangeRequest, response: DeleteRangeResponse, requestStream: false, responseStream: false },
    Txn: { name: 'Txn', path: '/etcdserverpb.KV/Txn', request: TxnRequest, response: TxnResponse, requestStream: false, responseStream: false },
    Compact: { name: 'Compact', path: '/etcdserverpb.KV/Compact', request: CompactionRequest, response: CompactionResponse, requestStream: false, responseStream: false },
  },
};

/** Service etcdserverpb.Watch. */
export const WatchService: {
  readonly typeName: string;
  readonly methods: {
    readonly Watch: MethodDescriptor<WatchRequest, WatchResponse>;
  };
} = {
  typeName: 'etcdserverpb.Watch',
  methods: {
    Watch: { name: 'Watch', path: '/etcdserverpb.Watch/Watch', request: WatchRequest, response: WatchResponse, requestStream: true, responseStream: true },
  },
};

/** Service etcdserverpb.Lease. */
export const LeaseService: {
  readonly typeName: string;
  readonly methods: {
    readonly LeaseGrant: MethodDescriptor<LeaseGrantRequest, LeaseGrantResponse>;
    readonly LeaseRevoke: MethodDescriptor<LeaseRevokeRequest, LeaseRevokeResponse>;
    readonly LeaseKeepAlive: MethodDescriptor<LeaseKeepAliveRequest, LeaseKeepAliveResponse>;
    readonly LeaseTimeToLive: MethodDescriptor<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse>;
    readonly LeaseLeases: MethodDescriptor<LeaseLeasesRequest, LeaseLeasesResponse>;
  };
} = {
  typeName: 'etcdserverpb.Lease',
  methods: {
    LeaseGrant: { name: 'LeaseGrant', path: '/etcdserverpb.Lease/LeaseGrant', request: LeaseGrantRequest, response: LeaseGrantResponse, requestStream: false, responseStream: false },
    LeaseRevoke: { name: 'LeaseRevoke', path: '/etcdserverpb.Lease/LeaseRevoke', request: LeaseRevokeRequest, response: LeaseRevokeResponse, requestStream: false, responseStream: false },
    LeaseKeepAlive: { name: 'LeaseKeepAlive', path: '/etcdserverpb.Lease/LeaseKeepAlive', request: LeaseKeepAliveRequest, response: LeaseKeepAliveResponse, requestStream: true, responseStream: true },
    LeaseTimeToLive: { name: 'LeaseTimeToLive', path: '/etcdserverpb.Lease/LeaseTimeToLive', request: LeaseTimeToLiveRequest, response: LeaseTimeToLiveResponse, requestStream: false, responseStream: false },
    LeaseLeases: { name: 'LeaseLeases', path: '/etcdserverpb.Lease/LeaseLeases', request: LeaseLeasesRequest, response: LeaseLeasesResponse, requestStream: false, responseStream: false },
  },
};

/** Service etcdserverpb.Cluster. */
export const ClusterService: {
  readonly typeName: string;
  readonly methods: {
    readonly MemberAdd: MethodDescriptor<MemberAddRequest, MemberAddResponse>;
    readonly MemberRemove: MethodDescriptor<MemberRemoveRequest, MemberRemoveResponse>;
    readonly MemberUpdate: MethodDescriptor<MemberUpdateRequest, MemberUpdateResponse>;
    readonly MemberList: MethodDescriptor<MemberListRequest, MemberListResponse>;
    readonly MemberPromote: MethodDescriptor<MemberPromoteRequest, MemberPromoteResponse>;
  };
} = {
  typeName: 'etcdserverpb.Cluster',
  methods: {
    MemberAdd: { name: 'MemberAdd', path: '/etcdserverpb.Cluster/MemberAdd', request: MemberAddRequest, response: MemberAddResponse, requestStream: false, responseStream: false },
    MemberRemove: { name: 'MemberRemove', path: '/etcdserverpb.Cluster/MemberRemove', request: MemberRemoveRequest, response: MemberRemoveResponse, requestStream: false, responseStream: false },
    MemberUpdate: { name: 'MemberUpdate', path: '/etcdserverpb.Cluster/MemberUpdate', request: MemberUpdateRequest, response: MemberUpdateResponse, requestStream: false, responseStream: false },
    MemberList: { name: 'MemberList', path: '/etcdserverpb.Cluster/MemberList', request: MemberListRequest, response: MemberListResponse, requestStream: false, responseStream: false },
    MemberPromote: { name: 'MemberPromote', path: '/etcdserverpb.Cluster/MemberPromote', request: MemberPromoteRequest, response: MemberPromoteResponse, requestStream: false, responseStream: false },
  },
};

/** Service etcdserverpb.Maintenance. */
export const MaintenanceService: {
  readonly typeName: string;
  readonly methods: {
    readonly Alarm: MethodDescriptor<AlarmRequest, AlarmResponse>;
    readonly Status: MethodDescriptor<StatusRequest, StatusResponse>;
    readonly Defragment: MethodDescriptor<DefragmentRequest, DefragmentResponse>;
    readonly Hash: MethodDescriptor<HashRequest, HashResponse>;
    readonly HashKV: MethodDescriptor<HashKVRequest, HashKVResponse>;
    readonly Snapshot: MethodDescriptor<SnapshotRequest, SnapshotResponse>;
    readonly MoveLeader: MethodDescriptor<MoveLeaderRequest, MoveLeaderResponse>;
    readonly Downgrade: MethodDescriptor<DowngradeRequest, DowngradeResponse>;
  };
} = {
  typeName: 'etcdserverpb.Maintenance',
  methods: {
    Alarm: { name: 'Alarm', path: '/etcdserverpb.Maintenance/Alarm', request: AlarmRequest, response: AlarmResponse, requestStream: false, responseStream: false },
    Status: { name: 'Status', path: '/etcdserverpb.Maintenance/Status', request: StatusRequest, response: StatusResponse, requestStream: false, responseStream: false },
    Defragment: { name: 'Defragment', path: '/etcdserverpb.Maintenance/Defragment', request: DefragmentRequest, response: DefragmentResponse, requestStream: false, responseStream: false },
    Hash: { name: 'Hash', path: '/etcdserverpb.Maintenance/Hash', request: HashRequest, response: HashResponse, requestStream: false, responseStream: false },
    HashKV: { name: 'HashKV', path: '/etcdserverpb.Maintenance/HashKV', request: HashKVRequest, response: HashKVResponse, requestStream: false, responseStream: false },
    Snapshot: { name: 'Snapshot', path: '/etcdserverpb.Maintenance/Snapshot', request: SnapshotRequest, response: SnapshotResponse, requestStream: false, responseStream: true },
    MoveLeader: { name: 'MoveLeader', path: '/etcdserverpb.Maintenance/MoveLeader', request: MoveLeaderRequest, response: MoveLeaderResponse, requestStream: false, responseStream: false },
    Downgrade: { name: 'Downgrade', path: '/etcdserverpb.Maintenance/Downgrade', request: DowngradeRequest, response: DowngradeResponse, requestStream: false, responseStream: false },
  },
};

/** Service etcdserverpb.Auth. */
export const AuthService: {
  readonly typeName: string;
  readonly methods: {
    readonly AuthEnable: MethodDescriptor<AuthEnableRequest, AuthEnableResponse>;
    readonly AuthDisable: MethodDescriptor<AuthDisableRequest, AuthDisableResponse>;
    readonly AuthStatus: MethodDescriptor<AuthStatusRequest, AuthStatusResponse>;
    readonly Authenticate: MethodDescriptor<AuthenticateRequest, AuthenticateResponse>;
    readonly UserAdd: MethodDescriptor<AuthUserAddRequest, AuthUserAddResponse>;
    readonly UserGet: MethodDescriptor<AuthUserGetRequest, AuthUserGetResponse>;
    readonly UserList: MethodDescriptor<AuthUserListRequest, AuthUserListResponse>;
    readonly UserDelete: MethodDescriptor<AuthUserDeleteRequest, AuthUserDeleteResponse>;
    readonly UserChangePassword: MethodDescriptor<AuthUserChangePasswordRequest, AuthUserChangePasswordResponse>;
    readonly UserGrantRole: MethodDescriptor<AuthUserGrantRoleRequest, AuthUserGrantRoleResponse>;
    readonly UserRevokeRole: MethodDescriptor<AuthUserRevokeRoleRequest, AuthUserRevokeRoleResponse>;
    readonly RoleAdd: MethodDescriptor<AuthRoleAddRequest, AuthRoleAddResponse>;
    readonly RoleGet: MethodDescriptor<AuthRoleGetRequest, AuthRoleGetResponse>;
    readonly RoleList: MethodDescriptor<AuthRoleListRequest, AuthRoleListResponse>;
    readonly RoleDelete: MethodDescriptor<AuthRoleDeleteRequest, AuthRoleDeleteResponse>;
    readonly RoleGrantPermission: MethodDescriptor<AuthRoleGrantPermissionRequest, AuthRoleGrantPermissionResponse>;
    readonly RoleRevokePermission: MethodDescriptor<AuthRoleRevokePermissionRequest, AuthRoleRevokePermissionResponse>;
  };
} = {
  typeName: 'etcdserverpb.Auth',
  methods: {
    AuthEnable: { name: 'AuthEnable', path: '/etcdserverpb.Auth/AuthEnable', request: AuthEnableRequest, response: AuthEnableResponse, requestStream: false, responseStream: false },
    AuthDisable: { name: 'AuthDisable', path: '/etcdserverpb.Auth/AuthDisable', request: AuthDisableRequest, response: AuthDisableResponse, requestStream: false, responseStream: false },
    AuthStatus: { name: 'AuthStatus', path: '/etcdserverpb.Auth/AuthStatus', request: AuthStatusRequest, response: AuthStatusResponse, requestStream: false, responseStream: false },
    Authenticate: { name: 'Authenticate', path: '/etcdserverpb.Auth/Authenticate', request: AuthenticateRequest, response: AuthenticateResponse, requestStream: false, responseStream: false },
    UserAdd: { name: 'UserAdd', path: '/etcdserverpb.Auth/UserAdd', request: AuthUserAddRequest, response: AuthUserAddResponse, requestStream: false, responseStream: false },
    UserGet: { name: 'UserGet', path: '/etcdserverpb.Auth/UserGet', request: AuthUserGetRequest, response: AuthUserGetResponse, requestStream: false, responseStream: false },
    UserList: { name: 'UserList', path: '/etcdserverpb.Auth/UserList', request: AuthUserListRequest, response: AuthUserListResponse, requestStream: false, responseStream: false },
    UserDelete: { name: 'UserDelete', path: '/etcdserverpb.Auth/UserDelete', request: AuthUserDeleteRequest, response: AuthUserDeleteResponse, requestStream: false, responseStream: false },
    UserChangePassword: { name: 'UserChangePassword', path: '/etcdserverpb.Auth/UserChangePassword', request: AuthUserChangePasswordRequest, response: AuthUserChangePasswordResponse, requestStream: false, responseStream: false },
    UserGrantRole: { name: 'UserGrantRole', path: '/etcdserverpb.Auth/UserGrantRole', request: AuthUserGrantRoleRequest, response: AuthUserGrantRoleResponse, requestStream: false, responseStream: false },
    UserRevokeRole: { name: 'UserRevokeRole', path: '/etcdserverpb.Auth/UserRevokeRole', request: AuthUserRevokeRoleRequest, response: AuthUserRevokeRoleResponse, requestStream: false, responseStream: false },
    RoleAdd: { name: 'RoleAdd', path: '/etcdserverpb.Auth/RoleAdd', request: AuthRoleAddRequest, response: AuthRoleAddResponse, requestStream: false, responseStream: false },
    RoleGet: { name: 'RoleGet', path: '/etcdserverpb.Auth/RoleGet', request: AuthRoleGetRequest, response: AuthRoleGetResponse, requestStream: false, responseStream: false },
    RoleList: { name: 'RoleList', path: '/etcdserverpb.Auth/RoleList', request: AuthRoleListRequest, response: AuthRoleListResponse, requestStream: false, responseStream: false },
    RoleDelete: { name: 'RoleDelete', path: '/etcdserverpb.Auth/RoleDelete', request: AuthRoleDeleteRequest, response: AuthRoleDeleteResponse, requestStream: false, responseStream: false },
    RoleGrantPermission: { name: 'RoleGrantPermission', path: '/etcdserverpb.Auth/RoleGrantPermission', request: AuthRoleGrantPermissionRequest, response: AuthRoleGrantPermissionResponse, requestStream: false, responseStream: false },
    RoleRevokePermission: { name: 'RoleRevokePermission', path: '/etcdserverpb.Auth/RoleRevokePermission', request: AuthRoleRevokePermissionRequest, response: AuthRoleRevokePermissionResponse, requestStream: false, responseStream: false },
  },
};
