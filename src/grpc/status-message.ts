/** The text of a status in `grpc-message`: percent-encoded UTF-8, as the gRPC protocol has it. */
import { utf8Bytes } from '../base/utf8.ts';

const PLAIN = /^[ -$&-~]*$/;

/** Printable ASCII stays, `%` and all else become `%XX`; a lone surrogate becomes U+FFFD. */
export function encodeStatusMessage(message: string): string {
  if (PLAIN.test(message)) return message;
  let encoded = '';
  for (const byte of utf8Bytes(message)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${HEX[byte >> 4]}${HEX[byte & 15]}`;
  }
  return encoded;
}

const HEX = '0123456789ABCDEF';
