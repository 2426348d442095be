// Generated from proto/raft.proto by tools/codegen (npm run generate); do not edit.
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';

/** raftpb.EntryType; a decoded value may have no name here. */
export type EntryType = number;
export const EntryType = {
  EntryNormal: 0,
  EntryConfChange: 1,
  EntryConfChangeV2: 2,
} as const;

/** raftpb.MessageType; a decoded value may have no name here. */
export type MessageType = number;
export const MessageType = {
  MsgHup: 0,
  MsgBeat: 1,
  MsgProp: 2,
  MsgApp: 3,
  MsgAppResp: 4,
  MsgVote: 5,
  MsgVoteResp: 6,
  MsgSnap: 7,
  MsgHeartbeat: 8,
  MsgHeartbeatResp: 9,
  MsgUnreachable: 10,
  MsgSnapStatus: 11,
  MsgCheckQuorum: 12,
  MsgTransferLeader: 13,
  MsgTimeoutNow: 14,
  MsgReadIndex: 15,
  MsgReadIndexResp: 16,
  MsgPreVote: 17,
  MsgPreVoteResp: 18,
  MsgStorageAppend: 19,
  MsgStorageAppendResp: 20,
  MsgStorageApply: 21,
  MsgStorageApplyResp: 22,
  MsgForgetLeader: 23,
} as const;

/** raftpb.ConfChangeType; a decoded value may have no name here. */
export type ConfChangeType = number;
export const ConfChangeType = {
  ConfChangeAddNode: 0,
  ConfChangeRemoveNode: 1,
  ConfChangeUpdateNode: 2,
  ConfChangeAddLearnerNode: 3,
} as const;

/** raftpb.ConfChangeTransition; a decoded value may have no name here. */
export type ConfChangeTransition = number;
export const ConfChangeTransition = {
  ConfChangeTransitionAuto: 0,
  ConfChangeTransitionJointImplicit: 1,
  ConfChangeTransitionJointExplicit: 2,
} as const;

/** raftpb.Entry. */
export interface Entry {
  type: EntryType;
  term: number;
  index: number;
  data: Uint8Array | undefined;
}

export const Entry: MessageCodec<Entry> = {
  typeName: 'raftpb.Entry',
  fields: [
    { protoName: 'Type', name: 'type', number: 1, kind: 'enum', presence: 'required', values: EntryType },
    { protoName: 'Term', name: 'term', number: 2, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'Index', name: 'index', number: 3, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'Data', name: 'data', number: 4, kind: 'bytes', presence: 'optional' },
  ],
  create: (partial) => Object.assign(newEntry(), partial),
  decode: (bytes) => Entry.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newEntry();
    mergeEntry(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeEntry(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeEntry,
};

export function newEntry(): Entry {
  return { type: 0, term: 0, index: 0, data: undefined };
}

const Entry_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeEntry(m: Entry, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.enum();
        break;
      }
      case 16: {
        m.term = r.uint64Counter();
        break;
      }
      case 24: {
        m.index = r.uint64Counter();
        break;
      }
      case 34: {
        m.data = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, Entry_NUMBERS);
    }
  }
}

export function writeEntry(m: Entry, w: Writer): void {
  if (m.data !== undefined) {
    w.bytes(m.data);
    w.tag(34);
  }
  w.uint64Counter(m.index);
  w.tag(24);
  w.uint64Counter(m.term);
  w.tag(16);
  w.enum(m.type);
  w.tag(8);
}

/** raftpb.SnapshotMetadata. */
export interface SnapshotMetadata {
  confState: ConfState;
  index: number;
  term: number;
}

export const SnapshotMetadata: MessageCodec<SnapshotMetadata> = {
  typeName: 'raftpb.SnapshotMetadata',
  fields: [
    { protoName: 'conf_state', name: 'confState', number: 1, kind: 'message', presence: 'required', message: () => ConfState },
    { protoName: 'index', name: 'index', number: 2, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'term', name: 'term', number: 3, kind: 'uint64', presence: 'required', counter: true },
  ],
  create: (partial) => Object.assign(newSnapshotMetadata(), partial),
  decode: (bytes) => SnapshotMetadata.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newSnapshotMetadata();
    mergeSnapshotMetadata(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeSnapshotMetadata(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeSnapshotMetadata,
};

export function newSnapshotMetadata(): SnapshotMetadata {
  return { confState: newConfState(), index: 0, term: 0 };
}

const SnapshotMetadata_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeSnapshotMetadata(m: SnapshotMetadata, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        mergeConfState(m.confState, r);
        r.leave(outer);
        break;
      }
      case 16: {
        m.index = r.uint64Counter();
        break;
      }
      case 24: {
        m.term = r.uint64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, SnapshotMetadata_NUMBERS);
    }
  }
}

export function writeSnapshotMetadata(m: SnapshotMetadata, w: Writer): void {
  w.uint64Counter(m.term);
  w.tag(24);
  w.uint64Counter(m.index);
  w.tag(16);
  {
    const mark = w.length;
    writeConfState(m.confState, w);
    w.delimit(mark);
    w.tag(10);
  }
}

/** raftpb.Snapshot. */
export interface Snapshot {
  data: Uint8Array | undefined;
  metadata: SnapshotMetadata;
}

export const Snapshot: MessageCodec<Snapshot> = {
  typeName: 'raftpb.Snapshot',
  fields: [
    { protoName: 'data', name: 'data', number: 1, kind: 'bytes', presence: 'optional' },
    { protoName: 'metadata', name: 'metadata', number: 2, kind: 'message', presence: 'required', message: () => SnapshotMetadata },
  ],
  create: (partial) => Object.assign(newSnapshot(), partial),
  decode: (bytes) => Snapshot.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newSnapshot();
    mergeSnapshot(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeSnapshot(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeSnapshot,
};

export function newSnapshot(): Snapshot {
  return { data: undefined, metadata: newSnapshotMetadata() };
}

const Snapshot_NUMBERS: readonly number[] = [1, 2];

export function mergeSnapshot(m: Snapshot, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.data = r.bytes();
        break;
      }
      case 18: {
        const outer = r.enter();
        mergeSnapshotMetadata(m.metadata, r);
        r.leave(outer);
        break;
      }
      default:
        r.skipUnknown(tag, Snapshot_NUMBERS);
    }
  }
}

export function writeSnapshot(m: Snapshot, w: Writer): void {
  {
    const mark = w.length;
    writeSnapshotMetadata(m.metadata, w);
    w.delimit(mark);
    w.tag(18);
  }
  if (m.data !== undefined) {
    w.bytes(m.data);
    w.tag(10);
  }
}

/** raftpb.Message. */
export interface Message {
  type: MessageType;
  to: bigint;
  from: bigint;
  term: number;
  logTerm: number;
  index: number;
  entries: Entry[];
  commit: number;
  snapshot: Snapshot | undefined;
  reject: boolean;
  rejectHint: number;
  context: Uint8Array | undefined;
  vote: bigint;
  /** Between a node and its own storage threads; never on the wire. */
  responses: Message[];
}

export const Message: MessageCodec<Message> = {
  typeName: 'raftpb.Message',
  fields: [
    { protoName: 'type', name: 'type', number: 1, kind: 'enum', presence: 'required', values: MessageType },
    { protoName: 'to', name: 'to', number: 2, kind: 'uint64', presence: 'required' },
    { protoName: 'from', name: 'from', number: 3, kind: 'uint64', presence: 'required' },
    { protoName: 'term', name: 'term', number: 4, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'logTerm', name: 'logTerm', number: 5, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'index', name: 'index', number: 6, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'entries', name: 'entries', number: 7, kind: 'message', presence: 'repeated', message: () => Entry },
    { protoName: 'commit', name: 'commit', number: 8, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'snapshot', name: 'snapshot', number: 9, kind: 'message', presence: 'optional', message: () => Snapshot },
    { protoName: 'reject', name: 'reject', number: 10, kind: 'bool', presence: 'required' },
    { protoName: 'rejectHint', name: 'rejectHint', number: 11, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'context', name: 'context', number: 12, kind: 'bytes', presence: 'optional' },
    { protoName: 'vote', name: 'vote', number: 13, kind: 'uint64', presence: 'required' },
    { protoName: 'responses', name: 'responses', number: 14, kind: 'message', presence: 'repeated', message: () => Message },
  ],
  create: (partial) => Object.assign(newMessage(), partial),
  decode: (bytes) => Message.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newMessage();
    mergeMessage(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeMessage(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeMessage,
};

export function newMessage(): Message {
  return { type: 0, to: 0n, from: 0n, term: 0, logTerm: 0, index: 0, entries: [], commit: 0, snapshot: undefined, reject: false, rejectHint: 0, context: undefined, vote: 0n, responses: [] };
}

const Message_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];

export function mergeMessage(m: Message, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.enum();
        break;
      }
      case 16: {
        m.to = r.uint64();
        break;
      }
      case 24: {
        m.from = r.uint64();
        break;
      }
      case 32: {
        m.term = r.uint64Counter();
        break;
      }
      case 40: {
        m.logTerm = r.uint64Counter();
        break;
      }
      case 48: {
        m.index = r.uint64Counter();
        break;
      }
      case 58: {
        const item = newEntry();
        const outer = r.enter();
        mergeEntry(item, r);
        r.leave(outer);
        m.entries.push(item);
        break;
      }
      case 64: {
        m.commit = r.uint64Counter();
        break;
      }
      case 74: {
        if (m.snapshot === undefined) m.snapshot = newSnapshot();
        const outer = r.enter();
        mergeSnapshot(m.snapshot, r);
        r.leave(outer);
        break;
      }
      case 80: {
        m.reject = r.bool();
        break;
      }
      case 88: {
        m.rejectHint = r.uint64Counter();
        break;
      }
      case 98: {
        m.context = r.bytes();
        break;
      }
      case 104: {
        m.vote = r.uint64();
        break;
      }
      case 114: {
        const item = newMessage();
        const outer = r.enter();
        mergeMessage(item, r);
        r.leave(outer);
        m.responses.push(item);
        break;
      }
      default:
        r.skipUnknown(tag, Message_NUMBERS);
    }
  }
}

export function writeMessage(m: Message, w: Writer): void {
  for (let i = m.responses.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeMessage(m.responses[i] as Message, w);
    w.delimit(mark);
    w.tag(114);
  }
  w.uint64(m.vote);
  w.tag(104);
  if (m.context !== undefined) {
    w.bytes(m.context);
    w.tag(98);
  }
  w.uint64Counter(m.rejectHint);
  w.tag(88);
  w.bool(m.reject);
  w.tag(80);
  if (m.snapshot !== undefined) {
    const mark = w.length;
    writeSnapshot(m.snapshot, w);
    w.delimit(mark);
    w.tag(74);
  }
  w.uint64Counter(m.commit);
  w.tag(64);
  for (let i = m.entries.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeEntry(m.entries[i] as Entry, w);
    w.delimit(mark);
    w.tag(58);
  }
  w.uint64Counter(m.index);
  w.tag(48);
  w.uint64Counter(m.logTerm);
  w.tag(40);
  w.uint64Counter(m.term);
  w.tag(32);
  w.uint64(m.from);
  w.tag(24);
  w.uint64(m.to);
  w.tag(16);
  w.enum(m.type);
  w.tag(8);
}

/** raftpb.HardState. */
export interface HardState {
  term: number;
  vote: bigint;
  commit: number;
}

export const HardState: MessageCodec<HardState> = {
  typeName: 'raftpb.HardState',
  fields: [
    { protoName: 'term', name: 'term', number: 1, kind: 'uint64', presence: 'required', counter: true },
    { protoName: 'vote', name: 'vote', number: 2, kind: 'uint64', presence: 'required' },
    { protoName: 'commit', name: 'commit', number: 3, kind: 'uint64', presence: 'required', counter: true },
  ],
  create: (partial) => Object.assign(newHardState(), partial),
  decode: (bytes) => HardState.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newHardState();
    mergeHardState(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeHardState(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeHardState,
};

export function newHardState(): HardState {
  return { term: 0, vote: 0n, commit: 0 };
}

const HardState_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeHardState(m: HardState, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.term = r.uint64Counter();
        break;
      }
      case 16: {
        m.vote = r.uint64();
        break;
      }
      case 24: {
        m.commit = r.uint64Counter();
        break;
      }
      default:
        r.skipUnknown(tag, HardState_NUMBERS);
    }
  }
}

export function writeHardState(m: HardState, w: Writer): void {
  w.uint64Counter(m.commit);
  w.tag(24);
  w.uint64(m.vote);
  w.tag(16);
  w.uint64Counter(m.term);
  w.tag(8);
}

/** raftpb.ConfState. */
export interface ConfState {
  voters: bigint[];
  learners: bigint[];
  votersOutgoing: bigint[];
  learnersNext: bigint[];
  autoLeave: boolean;
}

export const ConfState: MessageCodec<ConfState> = {
  typeName: 'raftpb.ConfState',
  fields: [
    { protoName: 'voters', name: 'voters', number: 1, kind: 'uint64', presence: 'repeated' },
    { protoName: 'learners', name: 'learners', number: 2, kind: 'uint64', presence: 'repeated' },
    { protoName: 'voters_outgoing', name: 'votersOutgoing', number: 3, kind: 'uint64', presence: 'repeated' },
    { protoName: 'learners_next', name: 'learnersNext', number: 4, kind: 'uint64', presence: 'repeated' },
    { protoName: 'auto_leave', name: 'autoLeave', number: 5, kind: 'bool', presence: 'required' },
  ],
  create: (partial) => Object.assign(newConfState(), partial),
  decode: (bytes) => ConfState.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newConfState();
    mergeConfState(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeConfState(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeConfState,
};

export function newConfState(): ConfState {
  return { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
}

const ConfState_NUMBERS: readonly number[] = [1, 2, 3, 4, 5];

export function mergeConfState(m: ConfState, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.voters.push(r.uint64());
        break;
      }
      case 10: {
        const outer = r.enter();
        while (!r.done) m.voters.push(r.uint64());
        r.leave(outer);
        break;
      }
      case 16: {
        m.learners.push(r.uint64());
        break;
      }
      case 18: {
        const outer = r.enter();
        while (!r.done) m.learners.push(r.uint64());
        r.leave(outer);
        break;
      }
      case 24: {
        m.votersOutgoing.push(r.uint64());
        break;
      }
      case 26: {
        const outer = r.enter();
        while (!r.done) m.votersOutgoing.push(r.uint64());
        r.leave(outer);
        break;
      }
      case 32: {
        m.learnersNext.push(r.uint64());
        break;
      }
      case 34: {
        const outer = r.enter();
        while (!r.done) m.learnersNext.push(r.uint64());
        r.leave(outer);
        break;
      }
      case 40: {
        m.autoLeave = r.bool();
        break;
      }
      default:
        r.skipUnknown(tag, ConfState_NUMBERS);
    }
  }
}

export function writeConfState(m: ConfState, w: Writer): void {
  w.bool(m.autoLeave);
  w.tag(40);
  for (let i = m.learnersNext.length - 1; i >= 0; i--) {
    w.uint64(m.learnersNext[i] as bigint);
    w.tag(32);
  }
  for (let i = m.votersOutgoing.length - 1; i >= 0; i--) {
    w.uint64(m.votersOutgoing[i] as bigint);
    w.tag(24);
  }
  for (let i = m.learners.length - 1; i >= 0; i--) {
    w.uint64(m.learners[i] as bigint);
    w.tag(16);
  }
  for (let i = m.voters.length - 1; i >= 0; i--) {
    w.uint64(m.voters[i] as bigint);
    w.tag(8);
  }
}

/** raftpb.ConfChange. */
export interface ConfChange {
  id: bigint;
  type: ConfChangeType;
  nodeId: bigint;
  context: Uint8Array | undefined;
}

export const ConfChange: MessageCodec<ConfChange> = {
  typeName: 'raftpb.ConfChange',
  fields: [
    { protoName: 'id', name: 'id', number: 1, kind: 'uint64', presence: 'required' },
    { protoName: 'type', name: 'type', number: 2, kind: 'enum', presence: 'required', values: ConfChangeType },
    { protoName: 'node_id', name: 'nodeId', number: 3, kind: 'uint64', presence: 'required' },
    { protoName: 'context', name: 'context', number: 4, kind: 'bytes', presence: 'optional' },
  ],
  create: (partial) => Object.assign(newConfChange(), partial),
  decode: (bytes) => ConfChange.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newConfChange();
    mergeConfChange(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeConfChange(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeConfChange,
};

export function newConfChange(): ConfChange {
  return { id: 0n, type: 0, nodeId: 0n, context: undefined };
}

const ConfChange_NUMBERS: readonly number[] = [1, 2, 3, 4];

export function mergeConfChange(m: ConfChange, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.id = r.uint64();
        break;
      }
      case 16: {
        m.type = r.enum();
        break;
      }
      case 24: {
        m.nodeId = r.uint64();
        break;
      }
      case 34: {
        m.context = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, ConfChange_NUMBERS);
    }
  }
}

export function writeConfChange(m: ConfChange, w: Writer): void {
  if (m.context !== undefined) {
    w.bytes(m.context);
    w.tag(34);
  }
  w.uint64(m.nodeId);
  w.tag(24);
  w.enum(m.type);
  w.tag(16);
  w.uint64(m.id);
  w.tag(8);
}

/** raftpb.ConfChangeSingle. */
export interface ConfChangeSingle {
  type: ConfChangeType;
  nodeId: bigint;
}

export const ConfChangeSingle: MessageCodec<ConfChangeSingle> = {
  typeName: 'raftpb.ConfChangeSingle',
  fields: [
    { protoName: 'type', name: 'type', number: 1, kind: 'enum', presence: 'required', values: ConfChangeType },
    { protoName: 'node_id', name: 'nodeId', number: 2, kind: 'uint64', presence: 'required' },
  ],
  create: (partial) => Object.assign(newConfChangeSingle(), partial),
  decode: (bytes) => ConfChangeSingle.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newConfChangeSingle();
    mergeConfChangeSingle(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeConfChangeSingle(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeConfChangeSingle,
};

export function newConfChangeSingle(): ConfChangeSingle {
  return { type: 0, nodeId: 0n };
}

const ConfChangeSingle_NUMBERS: readonly number[] = [1, 2];

export function mergeConfChangeSingle(m: ConfChangeSingle, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.enum();
        break;
      }
      case 16: {
        m.nodeId = r.uint64();
        break;
      }
      default:
        r.skipUnknown(tag, ConfChangeSingle_NUMBERS);
    }
  }
}

export function writeConfChangeSingle(m: ConfChangeSingle, w: Writer): void {
  w.uint64(m.nodeId);
  w.tag(16);
  w.enum(m.type);
  w.tag(8);
}

/** raftpb.ConfChangeV2. */
export interface ConfChangeV2 {
  transition: ConfChangeTransition;
  changes: ConfChangeSingle[];
  context: Uint8Array | undefined;
}

export const ConfChangeV2: MessageCodec<ConfChangeV2> = {
  typeName: 'raftpb.ConfChangeV2',
  fields: [
    { protoName: 'transition', name: 'transition', number: 1, kind: 'enum', presence: 'required', values: ConfChangeTransition },
    { protoName: 'changes', name: 'changes', number: 2, kind: 'message', presence: 'repeated', message: () => ConfChangeSingle },
    { protoName: 'context', name: 'context', number: 3, kind: 'bytes', presence: 'optional' },
  ],
  create: (partial) => Object.assign(newConfChangeV2(), partial),
  decode: (bytes) => ConfChangeV2.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newConfChangeV2();
    mergeConfChangeV2(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeConfChangeV2(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeConfChangeV2,
};

export function newConfChangeV2(): ConfChangeV2 {
  return { transition: 0, changes: [], context: undefined };
}

const ConfChangeV2_NUMBERS: readonly number[] = [1, 2, 3];

export function mergeConfChangeV2(m: ConfChangeV2, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.transition = r.enum();
        break;
      }
      case 18: {
        const item = newConfChangeSingle();
        const outer = r.enter();
        mergeConfChangeSingle(item, r);
        r.leave(outer);
        m.changes.push(item);
        break;
      }
      case 26: {
        m.context = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, ConfChangeV2_NUMBERS);
    }
  }
}

export function writeConfChangeV2(m: ConfChangeV2, w: Writer): void {
  if (m.context !== undefined) {
    w.bytes(m.context);
    w.tag(26);
  }
  for (let i = m.changes.length - 1; i >= 0; i--) {
    const mark = w.length;
    writeConfChangeSingle(m.changes[i] as ConfChangeSingle, w);
    w.delimit(mark);
    w.tag(18);
  }
  w.enum(m.transition);
  w.tag(8);
}
