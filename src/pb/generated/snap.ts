// Generated from proto/snap.proto by tools/codegen (npm run generate); do not edit.
import type { MessageCodec } from '../runtime/codec.ts';
import { Reader } from '../runtime/reader.ts';
import { sharedWriter, type Writer } from '../runtime/writer.ts';

/**
 * The content of a .snap file: an encoded raftpb.Snapshot and its CRC-32C.
 * snappb.snapshot.
 */
export interface SnapshotFile {
  crc: number;
  data: Uint8Array | undefined;
}

export const SnapshotFile: MessageCodec<SnapshotFile> = {
  typeName: 'snappb.snapshot',
  fields: [
    { protoName: 'crc', name: 'crc', number: 1, kind: 'uint32', presence: 'required' },
    { protoName: 'data', name: 'data', number: 2, kind: 'bytes', presence: 'optional' },
  ],
  create: (partial) => Object.assign(newSnapshotFile(), partial),
  decode: (bytes) => SnapshotFile.decodeFrom(new Reader(bytes)),
  decodeFrom(reader) {
    const message = newSnapshotFile();
    mergeSnapshotFile(message, reader);
    return message;
  },
  encode(message) {
    sharedWriter.reset();
    writeSnapshotFile(message, sharedWriter);
    return sharedWriter.finish();
  },
  write: writeSnapshotFile,
};

export function newSnapshotFile(): SnapshotFile {
  return { crc: 0, data: undefined };
}

const SnapshotFile_NUMBERS: readonly number[] = [1, 2];

export function mergeSnapshotFile(m: SnapshotFile, r: Reader): void {
  while (!r.done) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.crc = r.uint32();
        break;
      }
      case 18: {
        m.data = r.bytes();
        break;
      }
      default:
        r.skipUnknown(tag, SnapshotFile_NUMBERS);
    }
  }
}

export function writeSnapshotFile(m: SnapshotFile, w: Writer): void {
  if (m.data !== undefined) {
    w.bytes(m.data);
    w.tag(18);
  }
  w.uint32(m.crc);
  w.tag(8);
}
