import assert from 'node:assert/strict';
import { type HeaderField, HpackDecoder } from '../../../src/http2/hpack/index.ts';

/** A decoder that keeps lists of any size that tests use. */
export function roomyDecoder(): HpackDecoder {
  return new HpackDecoder({ listBytesMax: 1 << 20 });
}

/** Names and values of a block that must be kept whole. */
export function decodeBlock(decoder: HpackDecoder, block: Uint8Array): [string, string][] {
  const fields: HeaderField[] = [];
  assert.ok(decoder.decode(block, 0, block.length, fields));
  decoder.checkInvariants();
  return fields.map(({ name, value }) => [name, value]);
}
