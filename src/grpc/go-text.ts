/**
 * Header values in texts, as Go's formatting puts them there: values are byte strings (one
 * character per byte), and the texts are for `grpc-message`, which is UTF-8.
 */
import { fromLatin1 } from '../base/bytes.ts';
import { utf8Characters } from '../base/utf8.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Verb `%q`: in quotes, with escapes for what cannot be printed and for bytes that are no UTF-8. */
export function quotedText(value: string): string {
  let text = '"';
  for (const character of utf8Characters(fromLatin1(value))) {
    text += typeof character === 'number' ? `\\x${hex(character, 2)}` : quotedCharacter(character);
  }
  return `${text}"`;
}

/** Verb `%s`: the bytes as they are, where the encoding of `grpc-message` replaces what is no UTF-8. */
export function plainText(value: string): string {
  let text = '';
  for (const character of utf8Characters(fromLatin1(value))) {
    text += typeof character === 'number' ? '\ufffd' : character;
  }
  return text;
}

function quotedCharacter(character: string): string {
  const escaped = ESCAPES[character];
  if (escaped !== undefined) return escaped;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) as number;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
