/** protobufjs over our .proto files: a second opinion on names, numbers and bytes. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

export interface Oracle {
  messageNames(): string[];
  messageType(typeName: string): protobuf.Type;
  encode(type: protobuf.Type, properties: Record<string, unknown>): Uint8Array;
  readonly root: protobuf.Root;
}

/** Reads proto/, with field names as they are written there. */
export function loadOracle(): Oracle {
  const folder = join(projectRoot(dirname(fileURLToPath(import.meta.url))), 'proto');
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(folder, target);
  root.loadSync(
    readdirSync(folder).filter((name) => name.endsWith('.proto')),
    { keepCase: true },
  );
  root.resolveAll();
  return {
    root,
    messageNames: () => messageTypes(root).map((type) => type.fullName.slice(1)),
    messageType: (typeName) => root.lookupType(typeName),
    // A copy, since protobufjs hands out Buffers and these compare unequal to plain bytes.
    encode: (type, properties) => Uint8Array.from(type.encode(type.create(properties)).finish()),
  };
}

function messageTypes(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((item) => {
    if (!(item instanceof protobuf.Namespace)) return [];
    return item instanceof protobuf.Type ? [item, ...messageTypes(item)] : messageTypes(item);
  });
}

function projectRoot(folder: string): string {
  return readdirSync(folder).includes('package.json') ? folder : projectRoot(dirname(folder));
}
