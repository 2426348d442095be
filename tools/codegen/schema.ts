/**
 * Reads .proto files, by protobufjs' parser, into the few facts that the emitters need. What the
 * generator does not support fails here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { propertyName, serviceName, typeName } from './names.ts';

export type ScalarKind = 'bool' | 'uint32' | 'int64' | 'uint64' | 'string' | 'bytes';

/** Reference to a message or enum type. */
export interface TypeReference {
  readonly name: string;
  readonly fullName: string;
  /** The .proto file that declares it, as `rpc.proto`. */
  readonly file: string;
}

export interface Field {
  readonly protoName: string;
  readonly name: string;
  readonly number: number;
  readonly kind: ScalarKind | 'enum' | 'message';
  /**
   * implicit: written unless zero. optional: may be undefined, then not written. required:
   * always written. repeated and packed: an array.
   */
  readonly presence: 'implicit' | 'optional' | 'required' | 'repeated' | 'packed';
  /** Of kinds enum and message. */
  readonly type: TypeReference | undefined;
  /** A 64-bit integer held as a number: `[jstype = JS_NUMBER]`. */
  readonly counter: boolean;
  /** A message kept in its encoding: `[lazy = true]`. */
  readonly lazy: boolean;
  readonly oneof: string | undefined;
  /** A string that must be UTF-8: all but those of proto2. */
  readonly checked: boolean;
  readonly comment: string | undefined;
}

export interface Message extends TypeReference {
  /** In ascending number. */
  readonly fields: readonly Field[];
  readonly comment: string | undefined;
}

export interface Enum extends TypeReference {
  readonly values: Readonly<Record<string, number>>;
  readonly comment: string | undefined;
}

export interface Method {
  readonly name: string;
  readonly request: TypeReference;
  readonly response: TypeReference;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

export interface Service {
  readonly name: string;
  readonly fullName: string;
  readonly methods: readonly Method[];
}

/** One .proto file. */
export interface Schema {
  readonly file: string;
  readonly messages: readonly Message[];
  readonly enums: readonly Enum[];
  readonly services: readonly Service[];
}

/** Reads `files` of `folder` and whatever of them import one another. */
export function readSchemas(folder: string, files: readonly string[]): Schema[] {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    target.startsWith(folder) ? target : join(folder, target);
  root.loadSync([...files], { keepCase: true, alternateCommentMode: true });
  root.resolveAll();
  return files.map((file) => {
    const proto2 = readFileSync(join(folder, file), 'utf8').includes('syntax = "proto2"');
    return readSchema(root, file, proto2);
  });
}

function readSchema(root: protobuf.Root, file: string, proto2: boolean): Schema {
  const messages: Message[] = [];
  const enums: Enum[] = [];
  const services: Service[] = [];
  const visit = (namespace: protobuf.NamespaceBase): void => {
    for (const item of namespace.nestedArray) {
      if (item instanceof protobuf.Namespace && !isDeclaration(item)) visit(item);
      if (!isDeclaration(item) || fileOf(item) !== file) continue;
      if (item instanceof protobuf.Type) {
        messages.push(readMessage(item, proto2));
        visit(item);
      } else if (item instanceof protobuf.Enum) enums.push(readEnum(item));
      else if (item instanceof protobuf.Service) services.push(readService(item));
    }
  };
  visit(root);
  return { file, messages, enums, services };
}

function isDeclaration(item: protobuf.ReflectionObject): boolean {
  return (
    item instanceof protobuf.Type ||
    item instanceof protobuf.Enum ||
    item instanceof protobuf.Service
  );
}

function readMessage(type: protobuf.Type, proto2: boolean): Message {
  const fields = type.fieldsArray.map((field) => readField(field, proto2));
  fields.sort((a, b) => a.number - b.number);
  return { ...reference(type), fields, comment: type.comment ?? undefined };
}

function readField(field: protobuf.Field, proto2: boolean): Field {
  const resolved = field.resolvedType;
  const kind = kindOf(field);
  const counter = field.getOption('jstype') === 'JS_NUMBER';
  const lazy = field.getOption('lazy') === true;
  const oneof = field.partOf?.name;
  if (counter && kind !== 'int64' && kind !== 'uint64') throw unsupported(field, 'jstype');
  if (lazy && kind !== 'message') throw unsupported(field, 'lazy');
  return {
    protoName: field.name,
    name: propertyName(field.name),
    number: field.id,
    kind,
    presence: presenceOf(field, kind, proto2),
    type: resolved === null ? undefined : reference(resolved),
    counter,
    lazy,
    oneof,
    checked: !proto2,
    comment: field.comment ?? undefined,
  };
}

function kindOf(field: protobuf.Field): Field['kind'] {
  if (field.resolvedType instanceof protobuf.Enum) return 'enum';
  if (field.resolvedType instanceof protobuf.Type) return 'message';
  switch (field.type) {
    case 'bool':
    case 'uint32':
    case 'int64':
    case 'uint64':
    case 'string':
    case 'bytes':
      return field.type;
    default:
      throw unsupported(field, `type ${field.type}`);
  }
}

function presenceOf(
  field: protobuf.Field,
  kind: Field['kind'],
  proto2: boolean,
): Field['presence'] {
  if (field.map) throw unsupported(field, 'map');
  if (field.repeated) {
    const packable = kind !== 'string' && kind !== 'bytes' && kind !== 'message';
    return packable && field.packed ? 'packed' : 'repeated';
  }
  if (field.required) return 'required';
  return proto2 || kind === 'message' || field.partOf !== null ? 'optional' : 'implicit';
}

function readEnum(type: protobuf.Enum): Enum {
  return { ...reference(type), values: type.values, comment: type.comment ?? undefined };
}

function readService(service: protobuf.Service): Service {
  return {
    name: serviceName(service.fullName),
    fullName: withoutDot(service.fullName),
    methods: service.methodsArray.map((method) => ({
      name: method.name,
      request: reference(resolved(method.resolvedRequestType, method)),
      response: reference(resolved(method.resolvedResponseType, method)),
      requestStream: method.requestStream ?? false,
      responseStream: method.responseStream ?? false,
    })),
  };
}

function resolved(type: protobuf.Type | null, method: protobuf.Method): protobuf.Type {
  if (type === null) throw new SchemaError(`${method.fullName}: unresolved type`);
  return type;
}

function reference(type: protobuf.Type | protobuf.Enum): TypeReference {
  const fullName = withoutDot(type.fullName);
  return { name: typeName(fullName), fullName, file: fileOf(type) };
}

function withoutDot(fullName: string): string {
  return fullName.startsWith('.') ? fullName.slice(1) : fullName;
}

function fileOf(item: protobuf.ReflectionObject): string {
  const path = item.filename ?? (item.parent === null ? '' : fileOf(item.parent));
  return path.slice(path.lastIndexOf('/') + 1);
}

function unsupported(field: protobuf.Field, what: string): SchemaError {
  return new SchemaError(`${field.fullName}: ${what} is not supported`);
}

/** Thrown for what the generator cannot turn into code. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}
