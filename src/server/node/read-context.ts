/** A ReadIndex round is named by 8 bytes, big endian, as etcd's are. */
import { u64BeBytes } from '../../base/bytes.ts';

export function readContext(id: bigint): Uint8Array {
  return u64BeBytes(id);
}

export function readContextId(context: Uint8Array): bigint {
  return new DataView(context.buffer, context.byteOffset, 8).getBigUint64(0);
}
