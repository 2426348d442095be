/** Protobuf messages of every wire and file format we share with etcd. */
export * from './generated/index.ts';
export type {
  FieldDescriptor,
  FieldKind,
  FieldPresence,
  MessageCodec,
  MethodDescriptor,
  ServiceDescriptor,
} from './runtime/codec.ts';
export { MESSAGE_DEPTH_MAX, Reader } from './runtime/reader.ts';
export { WireError, type WireErrorCode } from './runtime/wire-error.ts';
export { Writer } from './runtime/writer.ts';
