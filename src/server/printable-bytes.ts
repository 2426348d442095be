import { utf8Bytes, utf8Characters } from '../base/utf8.ts';

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Bytes of users as a log can show them: `\xNN` for all that is no printable UTF-8. */
export function printableBytes(bytes: Uint8Array): string {
  let text = '';
  for (const character of utf8Characters(bytes)) {
    if (typeof character === 'number') text += escaped(character);
    else if (character !== '\\' && PRINTABLE.test(character)) text += character;
    else for (const byte of utf8Bytes(character)) text += escaped(byte);
  }
  return text;
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
