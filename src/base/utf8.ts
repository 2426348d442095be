/**
 * UTF-8 for the core, which has no `TextEncoder`. Strings are rare there (user names, member
 * names, JSON in meta rows), so this is written for clarity.
 */
import { latin1 } from './bytes.ts';

const LEAD = [0x00, 0x00, 0xc0, 0xe0, 0xf0];

/** UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0) as number;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    pushCodePoint(bytes, code);
  }
  return Uint8Array.from(bytes);
}

function pushCodePoint(bytes: number[], code: number): void {
  if (code < 0x80) {
    bytes.push(code);
    return;
  }
  const length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  bytes.push((LEAD[length] as number) | (code >> (6 * (length - 1))));
  for (let shift = 6 * (length - 2); shift >= 0; shift -= 6) {
    bytes.push(0x80 | ((code >> shift) & 0x3f));
  }
}

/** Text of `bytes`, or undefined when they are not valid UTF-8 (overlong and surrogates too). */
export function utf8Text(bytes: Uint8Array): string | undefined {
  if (isAscii(bytes)) return latin1(bytes);
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] as number);
    const code = length === 0 ? -1 : codePointAt(bytes, at, length);
    if (code < 0) return undefined;
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}

/** The characters of `bytes`, and as a number each byte that belongs to none. */
export function* utf8Characters(bytes: Uint8Array): Generator<string | number, void, undefined> {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] as number;
    const length = sequenceLength(lead);
    const code = length === 0 ? -1 : codePointAt(bytes, at, length);
    yield code < 0 ? lead : String.fromCodePoint(code);
    at += code < 0 ? 1 : length;
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/** The code point of a sequence of `length` bytes, or -1 when it is cut, overlong or a surrogate. */
function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  if (at + length > bytes.length) return -1;
  let code = length === 1 ? (bytes[at] as number) : (bytes[at] as number) & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] as number;
    if ((next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  if (length === 3 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff))) return -1;
  if (length === 4 && (code < 0x10000 || code > 0x10ffff)) return -1;
  return code;
}
