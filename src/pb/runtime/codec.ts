import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** Turns messages of one type into bytes and back. */
export interface MessageCodec<T> {
  /** Full protobuf name, as `etcdserverpb.PutRequest`. */
  readonly typeName: string;
  /** Fields in ascending number. */
  readonly fields: readonly FieldDescriptor[];

  /** A message with the given fields and zero values for the rest. */
  create(partial?: Partial<T>): T;
  /**
   * Reads one whole message. Unknown fields are skipped; byte and lazy fields are views of
   * `bytes`. Throws {@link WireError}.
   */
  decode(bytes: Uint8Array): T;
  /** Reads a message up to the reader's end. Throws {@link WireError}. */
  decodeFrom(reader: Reader): T;
  /** The canonical encoding, in bytes of its own: ascending fields, proto3 zero values left out. */
  encode(message: T): Uint8Array;
  /** Writes the fields, without a length, before what the writer holds. */
  write(message: T, writer: Writer): void;
}

export type FieldKind =
  | 'bool'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'string'
  | 'bytes'
  | 'enum'
  | 'message';

/**
 * - implicit: always there, written unless zero (proto3 scalars)
 * - optional: may be undefined, then not written (messages, oneof members, proto2 `optional`)
 * - required: always there and always written (proto2 `required`)
 * - repeated: an array
 */
export type FieldPresence = 'implicit' | 'optional' | 'required' | 'repeated';

/** What a generic reader of messages (the JSON gateway) needs to know of one field. */
export interface FieldDescriptor {
  /** Name in the .proto file, as `range_end`. */
  readonly protoName: string;
  /** Name of the property, as `rangeEnd`. */
  readonly name: string;
  readonly number: number;
  readonly kind: FieldKind;
  readonly presence: FieldPresence;
  /** Name of the oneof it is a member of. */
  readonly oneof?: string;
  /** A 64-bit kind held as a saturating number; otherwise it is a bigint. */
  readonly counter?: true;
  /** A message kept in its encoding, as Uint8Array. */
  readonly lazy?: true;
  /** Codec of a message kind; a function, since message types refer to one another. */
  readonly message?: () => MessageCodec<object>;
  /** Names and numbers of an enum kind. */
  readonly values?: Readonly<Record<string, number>>;
}

/** One method of a gRPC service. */
export interface MethodDescriptor<Request, Response> {
  readonly name: string;
  /** As HTTP/2 carries it: `/etcdserverpb.KV/Put`. */
  readonly path: string;
  readonly request: MessageCodec<Request>;
  readonly response: MessageCodec<Response>;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

export interface ServiceDescriptor {
  /** Full name, as `etcdserverpb.KV`. */
  readonly typeName: string;
  readonly methods: Readonly<Record<string, MethodDescriptor<object, object>>>;
}
