/** A small etcd client on @grpc/grpc-js, independent of our server's transport and codecs. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import protobuf from 'protobufjs';

export type GrpcClient = Client;

const PROTO = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'proto');
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(PROTO, target);
root.loadSync(['rpc.proto', 'lock.proto', 'election.proto', 'health.proto']);

export function grpcClient(endpoint: string): GrpcClient {
  return new Client(endpoint, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
  });
}

/** The error of a failed call: code, and the server's text. */
export type CallError = ServiceError;

/** A message as plain fields; what protobufjs gives has 64-bit fields and enums as strings. */
export type Fields = Record<string, unknown>;

/** The request and the response type of a method, by its path. */
function methodTypes(path: string): { request: protobuf.Type; response: protobuf.Type } {
  const [, service = '', name = ''] = path.split('/');
  const method = root.lookupService(service).methods[name];
  if (method === undefined) throw new TypeError(`no method ${path}`);
  method.resolve();
  const { resolvedRequestType: request, resolvedResponseType: response } = method;
  if (request === null || response === null) throw new TypeError(`unresolved types of ${path}`);
  return { request, response };
}

/** Makes one unary call with plain objects, as protobufjs sees them (64-bit fields as strings). */
export async function call(
  client: GrpcClient,
  path: string,
  request: Fields,
  metadata?: Metadata,
): Promise<Fields> {
  const body = encodeRequest(path, request);
  return decodeResponse(path, await callBytes(client, path, body, metadata));
}

/** A call that is answered with a stream of messages; to be cancelled. */
export function observe(
  client: GrpcClient,
  path: string,
  request: Fields,
): { readonly messages: Fields[]; cancel(): void } {
  const body = encodeRequest(path, request);
  const same = (bytes: Buffer): Buffer => bytes;
  const stream = client.makeServerStreamRequest(path, same, same, body);
  const messages: Fields[] = [];
  stream.on('data', (bytes: Buffer) => messages.push(decodeResponse(path, bytes)));
  stream.on('error', () => undefined);
  return { messages, cancel: () => stream.cancel() };
}

/** The request's bytes; text in a field of bytes stands for its UTF-8. */
export function encodeRequest(path: string, request: Fields): Buffer {
  return encodeFields(methodTypes(path).request, request);
}

export function decodeResponse(path: string, response: Uint8Array): Fields {
  return decodeFields(methodTypes(path).response, response);
}

/** Makes one unary call with the request's bytes as they are. */
export function callBytes(
  client: GrpcClient,
  path: string,
  body: Buffer,
  metadata?: Metadata,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer?: Buffer): void => {
      if (error !== null) reject(error);
      else resolve(answer ?? Buffer.alloc(0));
    };
    const same = (bytes: Buffer): Buffer => bytes;
    if (metadata === undefined) client.makeUnaryRequest(path, same, same, body, done);
    else client.makeUnaryRequest(path, same, same, body, metadata, done);
  });
}

/** A streaming call with raw message bytes both ways. */
export function openStream(
  client: GrpcClient,
  path: string,
  metadata = new Metadata(),
): ClientDuplexStream<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return client.makeBidiStreamRequest(path, same, same, metadata);
}

/** Encodes or decodes one message by its full name. */
export function encode(type: string, fields: Fields): Buffer {
  return encodeFields(root.lookupType(type), fields);
}

export function decode(type: string, bytes: Uint8Array): Fields {
  return decodeFields(root.lookupType(type), bytes);
}

function encodeFields(type: protobuf.Type, fields: Fields): Buffer {
  return Buffer.from(type.encode(type.fromObject(withBytes(type, fields))).finish());
}

function decodeFields(type: protobuf.Type, bytes: Uint8Array): Fields {
  return type.toObject(type.decode(bytes), { longs: String, enums: String, defaults: true });
}

/** The same fields with text made bytes where the message wants bytes (protobufjs takes base64). */
function withBytes(type: protobuf.Type, fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const field = type.fields[name]?.resolve();
      if (field === undefined) throw new TypeError(`${type.name} has no field ${name}`);
      const convert = (one: unknown): unknown => {
        if (field.type === 'bytes' && typeof one === 'string') return Buffer.from(one);
        const { resolvedType } = field;
        return resolvedType instanceof protobuf.Type ? withBytes(resolvedType, one as Fields) : one;
      };
      return [name, Array.isArray(value) ? value.map(convert) : convert(value)];
    }),
  );
}

const text = (value: unknown): string => Buffer.from(value as Uint8Array).toString();

/** The few KV calls that tests repeat. */
export const KV = {
  async put(client: GrpcClient, key: Uint8Array, value: Uint8Array): Promise<number> {
    const answer = await call(client, '/etcdserverpb.KV/Put', { key, value });
    return Number((answer['header'] as Fields)['revision']);
  },

  async get(client: GrpcClient, key: Uint8Array): Promise<string | undefined> {
    const answer = await call(client, '/etcdserverpb.KV/Range', { key });
    const kv = (answer['kvs'] as Fields[])[0];
    return kv === undefined ? undefined : text(kv['value']);
  },

  /** All keys with the prefix. */
  async keys(client: GrpcClient, prefix: Uint8Array): Promise<string[]> {
    const rangeEnd = Uint8Array.from(prefix);
    rangeEnd[rangeEnd.length - 1] = (rangeEnd[rangeEnd.length - 1] ?? 0) + 1;
    const request = { key: prefix, rangeEnd, keysOnly: true };
    const answer = await call(client, '/etcdserverpb.KV/Range', request);
    return (answer['kvs'] as Fields[]).map((kv) => text(kv['key']));
  },

  async revision(client: GrpcClient): Promise<number> {
    const answer = await call(client, '/etcdserverpb.KV/Range', { key: Buffer.from('x') });
    return Number((answer['header'] as Fields)['revision']);
  },

  /** Puts all pairs in one transaction. */
  async txn(
    client: GrpcClient,
    pairs: readonly { key: Uint8Array; value: Uint8Array }[],
  ): Promise<void> {
    const success = pairs.map((pair) => ({ requestPut: pair }));
    await call(client, '/etcdserverpb.KV/Txn', { success });
  },
};
