// Generated from proto/etcdserver.proto by tools/codegen (npm run generate); do not edit.
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';

/**
 * Heads every WAL: whose log it is.
 * etcdserverpb.Metadata.
 */
export interface WalMetadata {
  nodeID: bigint;
  clusterID: bigint;
}

export const WalMetadata: MessageCodec<WalMetadata> = {
  typeName: 'etcdserverpb.Metadata',
  fields: [
    { protoName: 'NodeID', name: 'nodeID', number: 1, kind: 'uint64', presence: 'required' },
    { protoName: 'ClusterID', name: 'clusterID', number: 2, kind: 'uint64', presence: 'required' },
  ],
  create: (partial) => Object.assign(newWalMetadata(), partial),
  decode: (bytes) => WalMetadata.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newWalMetadata();
    mergeWalMetadata(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeWalMetadata(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeWalMetadata,
};

export function newWalMetadata(): WalMetadata {
  return { nodeID: 0n, clusterID: 0n };
}

const WalMetadata_NUMBERS: readonly number[] = [1, 2];

export function mergeWalMetadata(m: WalMetadata, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.nodeID = r.uint64();
        break;
      }
      case 16: {
        m.clusterID = r.uint64();
        break;
      }
      default:
        r.skipUnknown(tag, WalMetadata_NUMBERS);
    }
  }
}

export function writeWalMetadata(m: WalMetadata, w: Writer): void {
  w.uint64(m.clusterID);
  w.tag(16);
  w.uint64(m.nodeID);
  w.tag(8);
}

/**
 * A request of the v2 API, which members up to 3.5 still write for their own attributes and
 * the cluster version. Read, never written.
 * etcdserverpb.Request.
 */
export interface V2Request {
  ID: bigint;
  method: string;
  path: string;
  val: string;
  dir: boolean;
  prevValue: string;
  prevIndex: number;
  prevExist: boolean | undefined;
  expiration: number;
  wait: boolean;
  since: number;
  recursive: boolean;
  sorted: boolean;
  quorum: boolean;
  time: number;
  stream: boolean;
  refresh: boolean | undefined;
}

export const V2Request: MessageCodec<V2Request> = {
  typeName: 'etcdserverpb.Request',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'uint64', presence: 'required' },
    { protoName: 'Method', name: 'method', number: 2, kind: 'string', presence: 'required' },
    { protoName: 'Path', name: 'path', number: 3, kind: 'string', presence: 'required' },
    { protoName: 'Val', name: 'val', number: 4, kind: 'string', presence: 'required' },
    { protoName: 'Dir', name: 'dir', number: 5, kind: 'bool', presence: 'required' },
    { protoName: 'PrevValue', name: 'prevValue', number: 6, kind: 'string', presence: 'required' },
    { protoName: 'PrevIndex', name: 'prevIndex', number: 7, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'PrevExist', name: 'prevExist', number: 8, kind: 'bool', presence: 'optional' },
    { protoName: 'Expiration', name: 'expiration', number: 9, kind: 'int64', presence: 'required', counter: true },
    { protoName: 'Wait', name: 'wait', number: 10, kind: 'bool', presence: 'required' },
    { protoName: 'Since', name: 'since', number: 11, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'Recursive', name: 'recursive', number: 12, kind: 'bool', presence: 'required' },
    { protoName: 'Sorted', name: 'sorted', number: 13, kind: 'bool', presence: 'required' },
    { protoName: 'Quorum', name: 'quorum', number: 14, kind: 'bool', presence: 'required' },
    { protoName: 'Time', name: 'time', number: 15, kind: 'int64', presence: 'required', counter: true },
    { protoName: 'Stream', name: 'stream', number: 16, kind: 'bool', presence: 'required' },
    { protoName: 'Refresh', name: 'refresh', number: 17, kind: 'bool', presence: 'optional' },
  ],
  create: (partial) => Object.assign(newV2Request(), partial),
  decode: (bytes) => V2Request.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newV2Request();
    mergeV2Request(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeV2Request(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeV2Request,
};

export function newV2Request(): V2Request {
  return { ID: 0n, method: '', path: '', val: '', dir: false, prevValue: '', prevIndex: 0, prevExist: undefined, expiration: 0, wait: false, since: 0, recursive: false, sorted: false, quorum: false, time: 0, stream: false, refresh: undefined };
}

const V2Request_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];

export function mergeV2Request(m: V2Request, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64();
        break;
      }
      case 18: {
        m.method = r.uncheckedString();
        break;
      }
      case 26: {
        m.path = r.uncheckedString();
        break;
      }
      case 34: {
        m.val = r.uncheckedString();
        break;
      }
      case 40: {
        m.dir = r.bool();
        break;
      }
      case 50: {
        m.prevValue = r.uncheckedString();
        break;
      }
      case 56: {
        m.prevIndex = r.uint64Counter();
        break;
      }
      case 64: {
        m.prevExist = r.bool();
        break;
      }
      case 72: {
        m.expiration = r.int64Counter();
        break;
      }
      case 80: {
        m.wait = r.bool();
        break;
      }
      case 88: {
        m.since = r.uint64Counter();
        break;
      }
      case 96: {
        m.recursive = r.bool();
        break;
      }
      case 104: {
        m.sorted = r.bool();
        break;
      }
      case 112: {
        m.quorum = r.bool();
        break;
      }
      case 120: {
        m.time = r.int64Counter();
        break;
      }
      case 128: {
        m.stream = r.bool();
        break;
      }
      case 136: {
        m.refresh = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, V2Request_NUMBERS);
    }
  }
}

export function writeV2Request(m: V2Request, w: Writer): void {
  if (m.refresh !== undefined) {
    w.bool(m.refresh);
    w.tag(136);
  }
  w.bool(m.stream);
  w.tag(128);
  w.int64Counter(m.time);
  w.tag(120);
  w.bool(m.quorum);
  w.tag(112);
  w.bool(m.sorted);
  w.tag(104);
  w.bool(m.recursive);
  w.tag(96);
  w.uint64Counter(m.since);
  w.tag(88);
  w.bool(m.wait);
  w.tag(80);
  w.int64Counter(m.expiration);
  w.tag(72);
  if (m.prevExist !== undefined) {
    w.bool(m.prevExist);
    w.tag(64);
  }
  w.uint64Counter(m.prevIndex);
  w.tag(56);
  w.string(m.prevValue);
  w.tag(50);
  w.bool(m.dir);
  w.tag(40);
  w.string(m.val);
  w.tag(34);
  w.string(m.path);
  w.tag(26);
  w.string(m.method);
  w.tag(18);
  w.uint64(m.ID);
  w.tag(8);
}
