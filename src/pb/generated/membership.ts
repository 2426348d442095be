// Generated from proto/membership.proto by tools/codegen (npm run generate); do not edit.
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';

/** membershippb.RaftAttributes. */
export interface RaftAttributes {
  peerUrls: string[];
  isLearner: boolean;
}

export const RaftAttributes: MessageCodec<RaftAttributes> = {
  typeName: 'membershippb.RaftAttributes',
  fields: [
    { protoName: 'peer_urls', name: 'peerUrls', number: 1, kind: 'string', presence: 'repeated' },
    { protoName: 'is_learner', name: 'isLearner', number: 2, kind: 'bool', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newRaftAttributes(), partial),
  decode: (bytes) => RaftAttributes.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newRaftAttributes();
    mergeRaftAttributes(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeRaftAttributes(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeRaftAttributes,
};

export function newRaftAttributes(): RaftAttributes {
  return { peerUrls: [], isLearner: false };
}

const RaftAttributes_NUMBERS: readonly number[] = [1, 2];

export function mergeRaftAttributes(m: RaftAttributes, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.peerUrls.push(r.string());
        break;
      }
      case 16: {
        m.isLearner = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, RaftAttributes_NUMBERS);
    }
  }
}

export function writeRaftAttributes(m: RaftAttributes, w: Writer): void {
  if (m.isLearner) {
    w.bool(m.isLearner);
    w.tag(16);
  }
  for (let i = m.peerUrls.length - 1; i >= 0; i--) {
    w.string(m.peerUrls[i] as string);
    w.tag(10);
  }
}

/** membershippb.Attributes. */
export interface Attributes {
  name: string;
  clientUrls: string[];
}

export const Attributes: MessageCodec<Attributes> = {
  typeName: 'membershippb.Attributes',
  fields: [
    { protoName: 'name', name: 'name', number: 1, kind: 'string', presence: 'implicit' },
    { protoName: 'client_urls', name: 'clientUrls', number: 2, kind: 'string', presence: 'repeated' },
  ],
  create: (partial) => Object.assign(newAttributes(), partial),
  decode: (bytes) => Attributes.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newAttributes();
    mergeAttributes(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeAttributes(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeAttributes,
};

export function newAttributes(): Attributes {
  return { name: '', clientUrls: [] };
}

const Attributes_NUMBERS: readonly number[] = [1, 2];

export function mergeAttributes(m: Attributes, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.clientUrls.push(r.string());
        break;
      }
      default:
        r.skipUnknown(tag, Attributes_NUMBERS);
    }
  }
}

export function writeAttributes(m: Attributes, w: Writer): void {
  for (let i = m.clientUrls.length - 1; i >= 0; i--) {
    w.string(m.clientUrls[i] as string);
    w.tag(18);
  }
  if (m.name !== '') {
    w.string(m.name);
    w.tag(10);
  }
}

/** membershippb.Member. */
export interface MembershipMember {
  ID: bigint;
  raftAttributes: RaftAttributes | undefined;
  memberAttributes: Attributes | undefined;
}

export const MembershipMember: MessageCodec<MembershipMember> = {
  typeName: 'membershippb.Member',
  fields: [
    { protoName: 'ID', name: 'ID', number: 1, kind: 'uint64', presence: 'implicit' },
    { protoName: 'raft_attributes', name: 'raftAttributes', number: 2, kind: 'message', presence: 'optional', message: () => RaftAttributes },
    { protoName: 'member_attributes', name: 'memberAttributes', number: 3, kind: 'message', presence: 'optional', message: () => Attributes },
  ],
  create: (partial) => Object.assign(newMembershipMember(), partial),
  decode: (bytes) => MembershipMember.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMembershipMember();
    mergeMembershipMember(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMembershipMember(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMembershipMember,
};

export function newMembershipMember(): MembershipMember {
  return { ID: 0n, raftAttributes: undefined, memberAttributes: undefined };
}

const MembershipMember_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeMembershipMember(m: MembershipMember, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64();
        break;
      }
      case 18: {
        if (m.raftAttributes === undefined) m.raftAttributes = newRaftAttributes();
        const outer = r.enter();
        mergeRaftAttributes(m.raftAttributes, r);
        r.leave(outer);
        break;
      }
      case 26: {
        if (m.memberAttributes === undefined) m.memberAttributes = newAttributes();
        const outer = r.enter();
        mergeAttributes(m.memberAttributes, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, MembershipMember_NUMBERS);
    }
  }
}

export function writeMembershipMember(m: MembershipMember, w: Writer): void {
  if (m.memberAttributes !== undefined) {
    const mark = w.length;
    writeAttributes(m.memberAttributes, w);
    w.delimit(mark);
    w.tag(26);
  }
  if (m.raftAttributes !== undefined) {
    const mark = w.length;
    writeRaftAttributes(m.raftAttributes, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.ID !== 0n) {
    w.uint64(m.ID);
    w.tag(8);
  }
}

/** membershippb.ClusterVersionSetRequest. */
export interface ClusterVersionSetRequest {
  ver: string;
}

export const ClusterVersionSetRequest: MessageCodec<ClusterVersionSetRequest> = {
  typeName: 'membershippb.ClusterVersionSetRequest',
  fields: [
    { protoName: 'ver', name: 'ver', number: 1, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newClusterVersionSetRequest(), partial),
  decode: (bytes) => ClusterVersionSetRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newClusterVersionSetRequest();
    mergeClusterVersionSetRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeClusterVersionSetRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeClusterVersionSetRequest,
};

export function newClusterVersionSetRequest(): ClusterVersionSetRequest {
  return { ver: '' };
}

const ClusterVersionSetRequest_NUMBERS: readonly number[] = [1];

export function mergeClusterVersionSetRequest(m: ClusterVersionSetRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.ver = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, ClusterVersionSetRequest_NUMBERS);
    }
  }
}

export function writeClusterVersionSetRequest(m: ClusterVersionSetRequest, w: Writer): void {
  if (m.ver !== '') {
    w.string(m.ver);
    w.tag(10);
  }
}

/** membershippb.ClusterMemberAttrSetRequest. */
export interface ClusterMemberAttrSetRequest {
  memberID: bigint;
  memberAttributes: Attributes | undefined;
}

export const ClusterMemberAttrSetRequest: MessageCodec<ClusterMemberAttrSetRequest> = {
  typeName: 'membershippb.ClusterMemberAttrSetRequest',
  fields: [
    { protoName: 'member_ID', name: 'memberID', number: 1, kind: 'uint64', presence: 'implicit' },
    { protoName: 'member_attributes', name: 'memberAttributes', number: 2, kind: 'message', presence: 'optional', message: () => Attributes },
  ],
  create: (partial) => Object.assign(newClusterMemberAttrSetRequest(), partial),
  decode: (bytes) => ClusterMemberAttrSetRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newClusterMemberAttrSetRequest();
    mergeClusterMemberAttrSetRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeClusterMemberAttrSetRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeClusterMemberAttrSetRequest,
};

export function newClusterMemberAttrSetRequest(): ClusterMemberAttrSetRequest {
  return { memberID: 0n, memberAttributes: undefined };
}

const ClusterMemberAttrSetRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeClusterMemberAttrSetRequest(m: ClusterMemberAttrSetRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.memberID = r.uint64();
        break;
      }
      case 18: {
        if (m.memberAttributes === undefined) m.memberAttributes = newAttributes();
        const outer = r.enter();
        mergeAttributes(m.memberAttributes, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, ClusterMemberAttrSetRequest_NUMBERS);
    }
  }
}

export function writeClusterMemberAttrSetRequest(m: ClusterMemberAttrSetRequest, w: Writer): void {
  if (m.memberAttributes !== undefined) {
    const mark = w.length;
    writeAttributes(m.memberAttributes, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.memberID !== 0n) {
    w.uint64(m.memberID);
    w.tag(8);
  }
}

/** membershippb.DowngradeInfoSetRequest. */
export interface DowngradeInfoSetRequest {
  enabled: boolean;
  ver: string;
}

export const DowngradeInfoSetRequest: MessageCodec<DowngradeInfoSetRequest> = {
  typeName: 'membershippb.DowngradeInfoSetRequest',
  fields: [
    { protoName: 'enabled', name: 'enabled', number: 1, kind: 'bool', presence: 'implicit' },
    { protoName: 'ver', name: 'ver', number: 2, kind: 'string', presence: 'implicit' },
  ],
  create: (partial) => Object.assign(newDowngradeInfoSetRequest(), partial),
  decode: (bytes) => DowngradeInfoSetRequest.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newDowngradeInfoSetRequest();
    mergeDowngradeInfoSetRequest(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeDowngradeInfoSetRequest(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeDowngradeInfoSetRequest,
};

export function newDowngradeInfoSetRequest(): DowngradeInfoSetRequest {
  return { enabled: false, ver: '' };
}

const DowngradeInfoSetRequest_NUMBERS: readonly number[] = [1, 2];

export function mergeDowngradeInfoSetRequest(m: DowngradeInfoSetRequest, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.enabled = r.bool();
        break;
      }
      case 18: {
        m.ver = r.string();
        break;
      }
      default:
        r.skipUnknown(tag, DowngradeInfoSetRequest_NUMBERS);
    }
  }
}

export function writeDowngradeInfoSetRequest(m: DowngradeInfoSetRequest, w: Writer): void {
  if (m.ver !== '') {
    w.string(m.ver);
    w.tag(18);
  }
  if (m.enabled) {
    w.bool(m.enabled);
    w.tag(8);
  }
}
