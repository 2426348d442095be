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

/** Service grpc.health.v1.Health. */
export const HealthService: {
  readonly typeName: string;
  readonly methods: {
    readonly Check: MethodDescriptor<HealthCheckRequest, HealthCheckResponse>;
    readonly Watch: MethodDescriptor<HealthCheckRequest, HealthCheckResponse>;
  };
} = {
  typeName: 'grpc.health.v1.Health',
  methods: {
    Check: { name: 'Check', path: '/grpc.health.v1.Health/Check', request: HealthCheckRequest, response: HealthCheckResponse, requestStream: false, responseStream: false },
    Watch: { name: 'Watch', path: '/grpc.health.v1.Health/Watch', request: HealthCheckRequest, response: HealthCheckResponse, requestStream: false, responseStream: true },
  },
};
