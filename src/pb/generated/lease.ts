// Generated from proto/lease.proto by tools/codegen (npm run generate); do not edit.
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';
import { LeaseTimeToLiveRequest, LeaseTimeToLiveResponse, mergeLeaseTimeToLiveRequest, mergeLeaseTimeToLiveResponse, newLeaseTimeToLiveRequest, newLeaseTimeToLiveResponse, writeLeaseTimeToLiveRequest, writeLeaseTimeToLiveResponse } from './rpc.ts';

/**
 * A lease as the backend keeps it.
 * leasepb.Lease.
 */
export interface Lease {
  ID: bigint;
  TTL: number;
  remainingTTL: number;
}

export const Lease: MessageCodec<Lease> = {
  typeName: 'leasepb.Lease',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'int64', presence: 'implicit' },
    { protoName: 'TTL', name: 'TTL', number: 2, kind: 'int64', presence: 'implicit', counter: true },
    { protoName: 'RemainingTTL', name: 'remainingTTL', number: 3, kind: 'int64', presence: 'implicit', counter: true },
  ],
  create: (partial) => Object.assign(newLease(), partial),
  decode: (bytes) => Lease.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLease();
    mergeLease(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLease(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLease,
};

export function newLease(): Lease {
  return { ID: 0n, TTL: 0, remainingTTL: 0 };
}

const Lease_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeLease(m: Lease, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64();
        break;
      }
      case 16: {
        m.TTL = r.int64Counter();
        break;
      }
      case 24: {
        m.remainingTTL = r.int64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, Lease_NUMBERS);
    }
  }
}

export function writeLease(m: Lease, w: Writer): void {
  if (m.remainingTTL !== 0) {
    w.int64Counter(m.remainingTTL);
    w.tag(24);
  }
  if (m.TTL !== 0) {
    w.int64Counter(m.TTL);
    w.tag(16);
  }
  if (m.ID !== 0n) {
    w.int64(m.ID);
    w.tag(8);
  }
}

/** leasepb.LeaseInternalRequest. */
export interface LeaseInternalRequest {
  leaseTimeToLiveRequest: LeaseTimeToLiveRequest | undefined;
}

export const LeaseInternalRequest: MessageCodec<LeaseInternalRequest> = {
  typeName: 'leasepb.LeaseInternalRequest',
  fields: [
    { protoName: 'LeaseTimeToLiveRequest', name: 'leaseTimeToLiveRequest', number: 1, kind: 'message', presence: 'optional', message: () => LeaseTimeToLiveRequest },
  ],
  create: (partial) => Object.assign(newLeaseInternalRequest(), partial),
  decode: (bytes) => LeaseInternalRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseInternalRequest();
    mergeLeaseInternalRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseInternalRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseInternalRequest,
};

export function newLeaseInternalRequest(): LeaseInternalRequest {
  return { leaseTimeToLiveRequest: undefined };
}

const LeaseInternalRequest_NUMBERS: readonly number[] = [1];

export function mergeLeaseInternalRequest(m: LeaseInternalRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        if (m.leaseTimeToLiveRequest === undefined) m.leaseTimeToLiveRequest = newLeaseTimeToLiveRequest();
        const outer = r.enter();
        mergeLeaseTimeToLiveRequest(m.leaseTimeToLiveRequest, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, LeaseInternalRequest_NUMBERS);
    }
  }
}

export function writeLeaseInternalRequest(m: LeaseInternalRequest, w: Writer): void {
  if (m.leaseTimeToLiveRequest !== undefined) {
    const mark = w.length;
    writeLeaseTimeToLiveRequest(m.leaseTimeToLiveRequest, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** leasepb.LeaseInternalResponse. */
export interface LeaseInternalResponse {
  leaseTimeToLiveResponse: LeaseTimeToLiveResponse | undefined;
}

export const LeaseInternalResponse: MessageCodec<LeaseInternalResponse> = {
  typeName: 'leasepb.LeaseInternalResponse',
  fields: [
    { protoName: 'LeaseTimeToLiveResponse', name: 'leaseTimeToLiveResponse', number: 1, kind: 'message', presence: 'optional', message: () => LeaseTimeToLiveResponse },
  ],
  create: (partial) => Object.assign(newLeaseInternalResponse(), partial),
  decode: (bytes) => LeaseInternalResponse.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newLeaseInternalResponse();
    mergeLeaseInternalResponse(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeLeaseInternalResponse(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeLeaseInternalResponse,
};

export function newLeaseInternalResponse(): LeaseInternalResponse {
  return { leaseTimeToLiveResponse: undefined };
}

const LeaseInternalResponse_NUMBERS: readonly number[] = [1];

export function mergeLeaseInternalResponse(m: LeaseInternalResponse, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        if (m.leaseTimeToLiveResponse === undefined) m.leaseTimeToLiveResponse = newLeaseTimeToLiveResponse();
        const outer = r.enter();
        mergeLeaseTimeToLiveResponse(m.leaseTimeToLiveResponse, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, LeaseInternalResponse_NUMBERS);
    }
  }
}

export function writeLeaseInternalResponse(m: LeaseInternalResponse, w: Writer): void {
  if (m.leaseTimeToLiveResponse !== undefined) {
    const mark = w.length;
    writeLeaseTimeToLiveResponse(m.leaseTimeToLiveResponse, w);
    w.delimit(mark);
    w.tag(10);
  }
}
