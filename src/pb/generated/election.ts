// Generated from proto/election.proto by tools/codegen (npm run generate); do not edit.
import { EMPTY_BYTES } from '../../base/bytes.ts';
import type { MessageCodec, MethodDescriptor } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';
import { KeyValue, mergeKeyValue, newKeyValue, writeKeyValue } from './kv.ts';
import { ResponseHeader, mergeResponseHeader, newResponseHeader, writeResponseHeader } from './rpc.ts';

/** v3electionpb.CampaignRequest. */
export interface CampaignRequest {
  name: Uint8Array;
  lease: bigint;
  value: Uint8Array;
}

export const CampaignRequest: MessageCodec<CampaignRequest> = {
  typeName: 'v3electionpb.CampaignRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'lease', name: 'lease', number: 2, kind: 'int64', presence: 'implicit' },
    { protoName: 'value', name: 'value', number: 3, kind: 'bytes', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newCampaignRequest(), partial),
  decode: (bytes) => CampaignRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newCampaignRequest();
    mergeCampaignRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeCampaignRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeCampaignRequest,
};

export function newCampaignRequest(): CampaignRequest {
  return { name: EMPTY_BYTES, lease: 0n, value: EMPTY_BYTES };
}

const CampaignRequest_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeCampaignRequest(m: CampaignRequest, r: Reader): void {
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
      case 26: {
        m.value = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, CampaignRequest_NUMBERS);
    }
  }
}

export function writeCampaignRequest(m: CampaignRequest, w: Writer): void {
  if (m.value.length !== 0) {
    w.bytes(m.value);
    w.tag(26);
  }
  if (m.lease !== 0n) {
    w.int64(m.lease);
    w.tag(16);
  }
  if (m.name.length !== 0) {
    w.bytes(m.name);
    w.tag(10);
  }
}

/** v3electionpb.CampaignResponse. */
export interface CampaignResponse {
  header: ResponseHeader | undefined;
  leader: LeaderKey | undefined;
}

export const CampaignResponse: MessageCodec<CampaignResponse> = {
  typeName: 'v3electionpb.CampaignResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'leader', name: 'leader', number: 2, kind: 'message', presence: 'optional', message: () => LeaderKey },
  ],
  create: (partial) => Object.assign(newCampaignResponse(), partial),
  decode: (bytes) => CampaignResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newCampaignResponse();
    mergeCampaignResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeCampaignResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeCampaignResponse,
};

export function newCampaignResponse(): CampaignResponse {
  return { header: undefined, leader: undefined };
}

const CampaignResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeCampaignResponse(m: CampaignResponse, r: Reader): void {
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
        if (m.leader === undefined) m.leader = newLeaderKey();
        const outer = r.enter();
        mergeLeaderKey(m.leader, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, CampaignResponse_NUMBERS);
    }
  }
}

export function writeCampaignResponse(m: CampaignResponse, w: Writer): void {
  if (m.leader !== undefined) {
    const mark = w.length;
    writeLeaderKey(m.leader, w);
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

/**
 * Proof of leadership: the key that holds it, and the revision that created that key.
 * v3electionpb.LeaderKey.
 */
export interface LeaderKey {
  name: Uint8Array;
  key: Uint8Array;
  rev: number;
  lease: bigint;
}

export const LeaderKey: MessageCodec<LeaderKey> = {
  typeName: 'v3electionpb.LeaderKey',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'bytes', presence: 'implicit' },
    { protoName: 'key', name: 'key', number: 2, kind: 'bytes', presence: 'implicit' },
    { protoName: 'rev', name: 'rev', number: 3, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'lease', name: 'lease', number: 4, kind: 'int64', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLeaderKey(), partial),
  decode: (bytes) => LeaderKey.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaderKey();
    mergeLeaderKey(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaderKey(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaderKey,
};

export function newLeaderKey(): LeaderKey {
  return { name: EMPTY_BYTES, key: EMPTY_BYTES, rev: 0, lease: 0n };
}

const LeaderKey_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeLeaderKey(m: LeaderKey, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      case 24: {
        m.rev = r.int64Counter();
        break;
      }
      case 32: {
        m.lease = r.int64();
        break;
      }
      default:
        r.skipUnknown(tag, LeaderKey_NUMBERS);
    }
  }
}

export function writeLeaderKey(m: LeaderKey, w: Writer): void {
  if (m.lease !== 0n) {
    w.int64(m.lease);
    w.tag(32);
  }
  if (m.rev !== 0) {
    w.int64Counter(m.rev);
    w.tag(24);
  }
  if (m.key.length !== 0) {
    w.bytes(m.key);
    w.tag(18);
  }
  if (m.name.length !== 0) {
    w.bytes(m.name);
    w.tag(10);
  }
}

/** v3electionpb.LeaderRequest. */
export interface LeaderRequest {
  name: Uint8Array;
}

export const LeaderRequest: MessageCodec<LeaderRequest> = {
  typeName: 'v3electionpb.LeaderRequest',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'bytes', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newLeaderRequest(), partial),
  decode: (bytes) => LeaderRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaderRequest();
    mergeLeaderRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaderRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaderRequest,
};

export function newLeaderRequest(): LeaderRequest {
  return { name: EMPTY_BYTES };
}

const LeaderRequest_NUMBERS: readonly number[] = [1];

export function mergeLeaderRequest(m: LeaderRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, LeaderRequest_NUMBERS);
    }
  }
}

export function writeLeaderRequest(m: LeaderRequest, w: Writer): void {
  if (m.name.length !== 0) {
    w.bytes(m.name);
    w.tag(10);
  }
}

/** v3electionpb.LeaderResponse. */
export interface LeaderResponse {
  header: ResponseHeader | undefined;
  kv: KeyValue | undefined;
}

export const LeaderResponse: MessageCodec<LeaderResponse> = {
  typeName: 'v3electionpb.LeaderResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
    { protoName: 'kv', name: 'kv', number: 2, kind: 'message', presence: 'optional', message: () => KeyValue },
  ],
  create: (partial) => Object.assign(newLeaderResponse(), partial),
  decode: (bytes) => LeaderResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaderResponse();
    mergeLeaderResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaderResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaderResponse,
};

export function newLeaderResponse(): LeaderResponse {
  return { header: undefined, kv: undefined };
}

const LeaderResponse_NUMBERS: readonly number[] = [1, 2];

export function mergeLeaderResponse(m: LeaderResponse, r: Reader): void {
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
        if (m.kv === undefined) m.kv = newKeyValue();
        const outer = r.enter();
        mergeKeyValue(m.kv, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, LeaderResponse_NUMBERS);
    }
  }
}

export function writeLeaderResponse(m: LeaderResponse, w: Writer): void {
  if (m.kv !== undefined) {
    const mark = w.length;
    writeKeyValue(m.kv, w);
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

/** v3electionpb.ResignRequest. */
export interface ResignRequest {
  leader: LeaderKey | undefined;
}

export const ResignRequest: MessageCodec<ResignRequest> = {
  typeName: 'v3electionpb.ResignRequest',
  fields: [
    { protoName: 'leader', name: 'leader', number: 1, kind: 'message', presence: 'optional', message: () => LeaderKey },
  ],
  create: (partial) => Object.assign(newResignRequest(), partial),
  decode: (bytes) => ResignRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newResignRequest();
    mergeResignRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeResignRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeResignRequest,
};

export function newResignRequest(): ResignRequest {
  return { leader: undefined };
}

const ResignRequest_NUMBERS: readonly number[] = [1];

export function mergeResignRequest(m: ResignRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        if (m.leader === undefined) m.leader = newLeaderKey();
        const outer = r.enter();
        mergeLeaderKey(m.leader, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, ResignRequest_NUMBERS);
    }
  }
}

export function writeResignRequest(m: ResignRequest, w: Writer): void {
  if (m.leader !== undefined) {
    const mark = w.length;
    writeLeaderKey(m.leader, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** v3electionpb.ResignResponse. */
export interface ResignResponse {
  header: ResponseHeader | undefined;
}

export const ResignResponse: MessageCodec<ResignResponse> = {
  typeName: 'v3electionpb.ResignResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newResignResponse(), partial),
  decode: (bytes) => ResignResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newResignResponse();
    mergeResignResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeResignResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeResignResponse,
};

export function newResignResponse(): ResignResponse {
  return { header: undefined };
}

const ResignResponse_NUMBERS: readonly number[] = [1];

export function mergeResignResponse(m: ResignResponse, r: Reader): void {
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
        r.skipUnknown(tag, ResignResponse_NUMBERS);
    }
  }
}

export function writeResignResponse(m: ResignResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** v3electionpb.ProclaimRequest. */
export interface ProclaimRequest {
  leader: LeaderKey | undefined;
  value: Uint8Array;
}

export const ProclaimRequest: MessageCodec<ProclaimRequest> = {
  typeName: 'v3electionpb.ProclaimRequest',
  fields: [
    { protoName: 'leader', name: 'leader', number: 1, kind: 'message', presence: 'optional', message: () => LeaderKey },
    { protoName: 'value', name: 'value', number: 2, kind: 'bytes', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newProclaimRequest(), partial),
  decode: (bytes) => ProclaimRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newProclaimRequest();
    mergeProclaimRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeProclaimRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeProclaimRequest,
};

export function newProclaimRequest(): ProclaimRequest {
  return { leader: undefined, value: EMPTY_BYTES };
}

const ProclaimRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeProclaimRequest(m: ProclaimRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        if (m.leader === undefined) m.leader = newLeaderKey();
        const outer = r.enter();
        mergeLeaderKey(m.leader, r);
        r.leave(outer);
        break;
      }
      case 18: {
        m.value = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, ProclaimRequest_NUMBERS);
    }
  }
}

export function writeProclaimRequest(m: ProclaimRequest, w: Writer): void {
  if (m.value.length !== 0) {
    w.bytes(m.value);
    w.tag(18);
  }
  if (m.leader !== undefined) {
    const mark = w.length;
    writeLeaderKey(m.leader, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** v3electionpb.ProclaimResponse. */
export interface ProclaimResponse {
  header: ResponseHeader | undefined;
}

export const ProclaimResponse: MessageCodec<ProclaimResponse> = {
  typeName: 'v3electionpb.ProclaimResponse',
  fields: [
    { protoName: 'header', name: 'header', number: 1, kind: 'message', presence: 'optional', message: () => ResponseHeader },
  ],
  create: (partial) => Object.assign(newProclaimResponse(), partial),
  decode: (bytes) => ProclaimResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newProclaimResponse();
    mergeProclaimResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeProclaimResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeProclaimResponse,
};

export function newProclaimResponse(): ProclaimResponse {
  return { header: undefined };
}

const ProclaimResponse_NUMBERS: readonly number[] = [1];

export function mergeProclaimResponse(m: ProclaimResponse, r: Reader): void {
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
        r.skipUnknown(tag, ProclaimResponse_NUMBERS);
    }
  }
}

export function writeProclaimResponse(m: ProclaimResponse, w: Writer): void {
  if (m.header !== undefined) {
    const mark = w.length;
    writeResponseHeader(m.header, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** Service v3electionpb.Election. */
export const ElectionService: {
  readonly typeName: string;
  readonly methods: {
    readonly Campaign: MethodDescriptor<CampaignRequest, CampaignResponse>;
    readonly Proclaim: MethodDescriptor<ProclaimRequest, ProclaimResponse>;
    readonly Leader: MethodDescriptor<LeaderRequest, LeaderResponse>;
    readonly Observe: MethodDescriptor<LeaderRequest, LeaderResponse>;
    readonly Resign: MethodDescriptor<ResignRequest, ResignResponse>;
  };
} = {
  typeName: 'v3electionpb.Election',
  methods: {
    Campaign: { name: 'Campaign', path: '/v3electionpb.Election/Campaign', request: CampaignRequest, response: CampaignResponse, requestStream: false, responseStream: false },
    Proclaim: { name: 'Proclaim', path: '/v3electionpb.Election/Proclaim', request: ProclaimRequest, response: ProclaimResponse, requestStream: false, responseStream: false },
    Leader: { name: 'Leader', path: '/v3electionpb.Election/Leader', request: LeaderRequest, response: LeaderResponse, requestStream: false, responseStream: false },
    Observe: { name: 'Observe', path: '/v3electionpb.Election/Observe', request: LeaderRequest, response: LeaderResponse, requestStream: false, responseStream: true },
    Resign: { name: 'Resign', path: '/v3electionpb.Election/Resign', request: ResignRequest, response: ResignResponse, requestStream: false, responseStream: false },
  },
};
