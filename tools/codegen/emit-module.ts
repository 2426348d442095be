/** Emits the TypeScript module of one .proto file. */
import { emitMerge } from './emit-decode.ts';
import { emitWrite } from './emit-encode.ts';
import { isRepeated, propertyType, zeroValue } from './kinds.ts';
import type { Enum, Field, Message, Schema, Service, TypeReference } from './schema.ts';

export function moduleName(file: string): string {
  return file.replace(/\.proto$/, '.ts').replaceAll('_', '-');
}

export function emitModule(schema: Schema): string {
  const body = [
    ...schema.enums.map(emitEnum),
    ...schema.messages.map(emitMessage),
    ...schema.services.map(emitService),
  ].join('\n\n');
  return [header(schema.file), ...runtimeImports(body), ...typeImports(schema, body), '', body, '']
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
}

/** Emits the module that re-exports every public name of the others. */
export function emitIndex(schemas: readonly Schema[]): string {
  const exports = schemas.map((schema) => {
    const names = [...schema.enums, ...schema.messages, ...schema.services].map(({ name }) => name);
    return `export { ${names.toSorted().join(', ')} } from './${moduleName(schema.file)}';`;
  });
  const services = schemas.flatMap((schema) =>
    schema.services.map((service) => ({ name: service.name, file: schema.file })),
  );
  return [
    header('*.proto'),
    "import type { ServiceDescriptor } from '../runtime/codec.ts';",
    ...services.map(({ name, file }) => `import { ${name} } from './${moduleName(file)}';`),
    '',
    ...exports,
    '',
    '/** Every gRPC service there is. */',
    `export const SERVICES: readonly ServiceDescriptor[] = [${services.map(({ name }) => name).join(', ')}];`,
    '',
  ].join('\n');
}

function header(file: string): string {
  return `// Generated from proto/${file} by tools/codegen (npm run generate); do not edit.`;
}

function runtimeImports(body: string): string[] {
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(body);
  const bytes = ['concatBytes', 'EMPTY_BYTES'].filter(uses);
  const codec = ['MessageCodec', 'MethodDescriptor'].filter(uses);
  return [
    ...(bytes.length === 0 ? [] : [`import { ${bytes.join(', ')} } from '../../base/bytes.ts';`]),
    `import type { ${codec.join(', ')} } from '../runtime/codec.ts';`,
    "import { Reader } from '../runtime/reader.ts';",
    "import { sharedWriter, type Writer } from '../runtime/writer.ts';",
  ];
}

/** Imports of what other .proto files declare. */
function typeImports(schema: Schema, body: string): string[] {
  const foreign = new Map<string, Set<string>>();
  for (const type of referencedTypes(schema)) {
    if (type.file === schema.file) continue;
    const names = foreign.get(type.file) ?? new Set();
    for (const name of [type.name, `new${type.name}`, `merge${type.name}`, `write${type.name}`]) {
      if (new RegExp(`\\b${name}\\b`).test(body)) names.add(name);
    }
    foreign.set(type.file, names);
  }
  return [...foreign]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([file, names]) =>
        `import { ${[...names].toSorted().join(', ')} } from './${moduleName(file)}';`,
    );
}

function referencedTypes(schema: Schema): TypeReference[] {
  const fields = schema.messages.flatMap((message) => message.fields.map((field) => field.type));
  const methods = schema.services.flatMap((service) =>
    service.methods.flatMap((method) => [method.request, method.response]),
  );
  return [...fields, ...methods].filter((type) => type !== undefined);
}

function emitEnum(type: Enum): string {
  const values = Object.entries(type.values).map(([name, number]) => `  ${name}: ${number},`);
  return [
    ...docComment([type.comment, `${type.fullName}; a decoded value may have no name here.`], ''),
    `export type ${type.name} = number;`,
    `export const ${type.name} = {`,
    ...values,
    '} as const;',
  ].join('\n');
}

function emitMessage(message: Message): string {
  const { name, fields } = message;
  return [
    ...docComment([message.comment, `${message.fullName}.`], ''),
    `export interface ${name} {`,
    ...fields.flatMap((field) => [
      ...docComment(fieldDoc(field), '  '),
      `  ${field.name}: ${propertyType(field)};`,
    ]),
    '}',
    '',
    `export const ${name}: MessageCodec<${name}> = {`,
    `  typeName: '${message.fullName}',`,
    '  fields: [',
    ...fields.map((field) => `    ${fieldDescriptor(field)},`),
    '  ],',
    `  create: (partial) => Object.assign(new${name}(), partial),`,
    `  decode: (bytes) => ${name}.decodeFrom(new Reader(bytes)),`,
    '  decodeFrom(reader) {',
    `    const message = new${name}();`,
    `    merge${name}(message, reader);`,
    '    return message;',
    '  },',
    '  encode(message) {',
    '    sharedWriter.reset();',
    `    write${name}(message, sharedWriter);`,
    '    return sharedWriter.finish();',
    '  },',
    `  write: write${name},`,
    '};',
    '',
    `export function new${name}(): ${name} {`,
    `  return {${fields.map((field) => ` ${field.name}: ${zeroValue(field)}`).join(',')} };`,
    '}',
    '',
    emitMerge(message),
    '',
    emitWrite(message),
  ].join('\n');
}

function fieldDoc(field: Field): (string | undefined)[] {
  const member = field.oneof === undefined ? undefined : `Member of oneof ${field.oneof}.`;
  const encoded = field.lazy ? `Encoded ${field.type?.fullName ?? ''}.` : undefined;
  return [field.comment, member, encoded];
}

function fieldDescriptor(field: Field): string {
  const parts = [
    `protoName: '${field.protoName}'`,
    `name: '${field.name}'`,
    `number: ${field.number}`,
    `kind: '${field.kind}'`,
    `presence: '${isRepeated(field) ? 'repeated' : field.presence}'`,
    ...(field.oneof === undefined ? [] : [`oneof: '${field.oneof}'`]),
    ...(field.counter ? ['counter: true'] : []),
    ...(field.lazy ? ['lazy: true'] : []),
    ...(field.kind === 'message' ? [`message: () => ${field.type?.name ?? ''}`] : []),
    ...(field.kind === 'enum' ? [`values: ${field.type?.name ?? ''}`] : []),
  ];
  return `{ ${parts.join(', ')} }`;
}

function emitService(service: Service): string {
  const types = service.methods.map(
    ({ name, request, response }) =>
      `    readonly ${name}: MethodDescriptor<${request.name}, ${response.name}>;`,
  );
  const values = service.methods.map(
    (method) =>
      `    ${method.name}: { name: '${method.name}', path: '/${service.fullName}/${method.name}', ` +
      `request: ${method.request.name}, response: ${method.response.name}, ` +
      `requestStream: ${method.requestStream}, responseStream: ${method.responseStream} },`,
  );
  return [
    ...docComment([`Service ${service.fullName}.`], ''),
    `export const ${service.name}: {`,
    '  readonly typeName: string;',
    '  readonly methods: {',
    ...types,
    '  };',
    '} = {',
    `  typeName: '${service.fullName}',`,
    '  methods: {',
    ...values,
    '  },',
    '};',
  ].join('\n');
}

/** A doc comment of the paragraphs that are there; none at all when there is none. */
function docComment(paragraphs: readonly (string | undefined)[], indent: string): string[] {
  const lines = paragraphs.flatMap((text) => (text === undefined ? [] : text.split('\n')));
  if (lines.length === 0) return [];
  if (lines.length === 1) return [`${indent}/** ${lines[0] ?? ''} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`];
}
