// Generated from proto/health.proto by tools/codegen (npm run generate); do not edit.
import type { MessageCodec, MethodDescriptor } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';

/** grpc.health.v1.HealthCheckResponse.ServingStatus; a decoded value may have no name here. */
export type ServingStatus = number;
export const ServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
} as const;

/** grpc.health.v1.HealthCheckRequest. */
export interface HealthCheckRequest {
  service: string;
}

export const HealthCheckRequest: MessageCodec<HealthCheckRequest> = {
  typeName: 'grpc.health.v1.HealthCheckRequest',
  fields: [
    { protoName: 'service', name: 'service', number: 1, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newHealthCheckRequest(), partial),
  decode: (bytes) => HealthCheckRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHealthCheckRequest();
    mergeHealthCheckRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHealthCheckRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHealthCheckRequest,
};

export function newHealthCheckRequest(): HealthCheckRequest {
  return { service: '' };
}

const HealthCheckRequest_NUMBERS: readonly number[] = [1];

export function mergeHealthCheckRequest(m: HealthCheckRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.service = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, HealthCheckRequest_NUMBERS);
    }
  }
}

export function writeHealthCheckRequest(m: HealthCheckRequest, w: Writer): void {
  if (m.service !== '') {
    w.string(m.service);
    w.tag(10);
  }
}

/** grpc.health.v1.HealthCheckResponse. */
export interface HealthCheckResponse {
  status: ServingStatus;
}

export const HealthCheckResponse: MessageCodec<HealthCheckResponse> = {
  typeName: 'grpc.health.v1.HealthCheckResponse',
  fields: [
    { protoName: 'status', name: 'status', number: 1, kind: 'enum', presence: 'implicit', values: ServingStatus },
  ],
  create: (partial) => Object.assign(newHealthCheckResponse(), partial),
  decode: (bytes) => HealthCheckResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHealthCheckResponse();
    mergeHealthCheckResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHealthCheckResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHealthCheckResponse,
};

export function newHealthCheckResponse(): HealthCheckResponse {
  return { status: 0 };
}

const HealthCheckResponse_NUMBERS: readonly number[] = [1];

export function mergeHealthCheckResponse(m: HealthCheckResponse, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.status = r.enum();
        break;
      }
      default:
        r.skipUnknown(tag, HealthCheckResponse_NUMBERS);
    }
  }
}

export function writeHealthCheckResponse(m: HealthCheckResponse, w: Writer): void {
  if (m.status !== 0) {
    w.enum(m.status);
    w.tag(8);
  }
}

/** grpc.health.v1.HealthListRequest. */
export interface HealthListRequest {
}

export const HealthListRequest: MessageCodec<HealthListRequest> = {
  typeName: 'grpc.health.v1.HealthListRequest',
  fields: [
  ],
  create: (partial) => Object.assign(newHealthListRequest(), partial),
  decode: (bytes) => HealthListRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHealthListRequest();
    mergeHealthListRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHealthListRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHealthListRequest,
};

export function newHealthListRequest(): HealthListRequest {
  return { };
}

const HealthListRequest_NUMBERS: readonly number[] = [];

export function mergeHealthListRequest(_m: HealthListRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skipUnknown(tag, HealthListRequest_NUMBERS);
    }
  }
}

export function writeHealthListRequest(_m: HealthListRequest, _w: Writer): void {
}

/** grpc.health.v1.HealthListResponse. */
export interface HealthListResponse {
  statuses: HealthListEntry[];
}

export const HealthListResponse: MessageCodec<HealthListResponse> = {
  typeName: 'grpc.health.v1.HealthListResponse',
  fields: [
    { protoName: 'statuses', name: 'statuses', number: 1, kind: 'message', presence: 'repeated', message: () => HealthListEntry },
  ],
  create: (partial) => Object.assign(newHealthListResponse(), partial),
  decode: (bytes) => HealthListResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHealthListResponse();
    mergeHealthListResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHealthListResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHealthListResponse,
};

export function newHealthListResponse(): HealthListResponse {
  return { statuses: [] };
}

const HealthListResponse_NUMBERS: readonly number[] = [1];

export function mergeHealthListResponse(m: HealthListResponse, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const item = newHealthListEntry();
        const outer = r.enter();
        mergeHealthListEntry(item, r);
        r.leave(outer);
        m.statuses.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, HealthListResponse_NUMBERS);
    }
  }
}

export function writeHealthListResponse(m: HealthListResponse, w: Writer): void {
  for (let i = m.statuses.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeHealthListEntry(m.statuses[i] as HealthListEntry, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/**
 * An entry of a map, which Go writes with its key and value even if they are zero.
 * grpc.health.v1.HealthListEntry.
 */
export interface HealthListEntry {
  /** Member of oneof _key. */
  key: string | undefined;
  /** Member of oneof _value. */
  value: HealthCheckResponse | undefined;
}

export const HealthListEntry: MessageCodec<HealthListEntry> = {
  typeName: 'grpc.health.v1.HealthListEntry',
  fields: [
    { protoName: 'key', name: 'key', number: 1, kind: 'string', presence: 'optional', oneof: '_key' },
    { protoName: 'value', name: 'value', number: 2, kind: 'message', presence: 'optional', oneof: '_value', message: () => HealthCheckResponse },
  ],
  create: (partial) => Object.assign(newHealthListEntry(), partial),
  decode: (bytes) => HealthListEntry.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHealthListEntry();
    mergeHealthListEntry(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHealthListEntry(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHealthListEntry,
};

export function newHealthListEntry(): HealthListEntry {
  return { key: undefined, value: undefined };
}

const HealthListEntry_NUMBERS: readonly number[] = [1, 2];

export function mergeHealthListEntry(m: HealthListEntry, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.string();
        break;
      }
      case 18: {
        if (m.value === undefined) m.value = newHealthCheckResponse();
        const outer = r.enter();
        mergeHealthCheckResponse(m.value, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, HealthListEntry_NUMBERS);
    }
  }
}

export function writeHealthListEntry(m: HealthListEntry, w: Writer): void {
  if (m.value !== undefined) {
    const mark = w.length;
    writeHealthCheckResponse(m.value, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.key !== undefined) {
    w.string(m.key);
    w.tag(10);
  }
}

/** Service grpc.health.v1.Health. */
export const HealthService: {
  readonly typeName: string;
  readonly methods: {
    readonly Check: MethodDescriptor<HealthCheckRequest, HealthCheckResponse>;
    readonly List: MethodDescriptor<HealthListRequest, HealthListResponse>;
    readonly Watch: MethodDescriptor<HealthCheckRequest, HealthCheckResponse>;
  };
} = {
  typeName: 'grpc.health.v1.Health',
  methods: {
    Check: { name: 'Check', path: '/grpc.health.v1.Health/Check', request: HealthCheckRequest, response: HealthCheckResponse, requestStream: false, responseStream: false },
    List: { name: 'List', path: '/grpc.health.v1.Health/List', request: HealthListRequest, response: HealthListResponse, requestStream: false, responseStream: false },
    Watch: { name: 'Watch', path: '/grpc.health.v1.Health/Watch', request: HealthCheckRequest, response: HealthCheckResponse, requestStream: false, responseStream: true },
  },
};
