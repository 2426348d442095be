/**
 * What HTTP/2 itself makes of a field, RFC 9113 sections 8.2 and 8.3. It is computed when the
 * field is made, so that a request of fields that the tables know is judged by numbers alone.
 */

/**
 * In this order, for comparisons: what any message may have, up to `contentLength`;
 * pseudo-headers, up to `otherPseudo`; what no message may have.
 */
export const FieldKind = {
  regular: 0,
  /** `te: trailers`, the one connection-specific field that is allowed. */
  te: 1,
  /** `content-length` with 1 to 15 digits. */
  contentLength: 2,
  method: 3,
  scheme: 4,
  authority: 5,
  path: 6,
  status: 7,
  /** Any other name that begins with a colon. */
  otherPseudo: 8,
  /** A field about one HTTP/1 connection, or `te` with another value than `trailers`. */
  connectionSpecific: 9,
  /** Empty, with an upper-case letter, or not a token. */
  invalidName: 10,
  /** The name is fine; the value is not one that the name can have. */
  invalidValue: 11,
} as const;

export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];

const KNOWN_NAMES: ReadonlyMap<string, FieldKind> = new Map<string, FieldKind>([
  [':method', FieldKind.method],
  [':scheme', FieldKind.scheme],
  [':authority', FieldKind.authority],
  [':path', FieldKind.path],
  [':status', FieldKind.status],
  ['te', FieldKind.te],
  ['content-length', FieldKind.contentLength],
  ['connection', FieldKind.connectionSpecific],
  ['keep-alive', FieldKind.connectionSpecific],
  ['proxy-connection', FieldKind.connectionSpecific],
  ['transfer-encoding', FieldKind.connectionSpecific],
  ['upgrade', FieldKind.connectionSpecific],
]);

/** Classes of characters, as bits of CLASSES. */
const LOWER_TOKEN = 1;
const TOKEN = 2;
const VALUE = 4;
const VISIBLE = 8;
const DIGIT = 16;

const CLASSES = new Uint8Array(256);
for (let unit = 0; unit < 256; unit++) {
  const character = String.fromCharCode(unit);
  const isToken = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character);
  const isVisible = unit > 0x20 && unit !== 0x7f;
  CLASSES[unit] =
    (isToken && !/[A-Z]/.test(character) ? LOWER_TOKEN : 0) |
    (isToken ? TOKEN : 0) |
    (isVisible || /[ \t]/.test(character) ? VALUE : 0) |
    (isVisible ? VISIBLE : 0) |
    (/[0-9]/.test(character) ? DIGIT : 0);
}

/** What a name says of a field before its value is known: never `invalidValue`. */
export function kindOfName(name: string): FieldKind {
  const known = KNOWN_NAMES.get(name);
  if (known !== undefined) return known;
  if (name.startsWith(':')) return FieldKind.otherPseudo;
  return isMadeOf(name, LOWER_TOKEN) ? FieldKind.regular : FieldKind.invalidName;
}

/** The kind of a field, given what its name says. Looks at the characters of the value only. */
export function kindOfField(nameKind: FieldKind, value: string): FieldKind {
  switch (nameKind) {
    case FieldKind.method:
      return isMadeOf(value, TOKEN) ? nameKind : FieldKind.invalidValue;
    case FieldKind.path:
      return isMadeOf(value, VISIBLE) ? nameKind : FieldKind.invalidValue;
    case FieldKind.contentLength:
      return value.length <= 15 && isMadeOf(value, DIGIT) ? nameKind : FieldKind.invalidValue;
    case FieldKind.te:
      return value === 'trailers' ? nameKind : FieldKind.connectionSpecific;
    case FieldKind.regular:
    case FieldKind.scheme:
    case FieldKind.authority:
    case FieldKind.status:
      return isFieldValue(value) ? nameKind : FieldKind.invalidValue;
    default:
      return nameKind;
  }
}

/** No control character but HTAB, and no white space at either end. */
function isFieldValue(value: string): boolean {
  if (value === '') return true;
  return (
    isMadeOf(value, VALUE) && !isWhiteSpace(value, 0) && !isWhiteSpace(value, value.length - 1)
  );
}

function isWhiteSpace(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 0x20 || unit === 0x09;
}

/** Whether `text` has characters, all of them of the class. */
function isMadeOf(text: string, characterClass: number): boolean {
  for (let at = 0; at < text.length; at++) {
    if (((CLASSES[text.charCodeAt(at)] as number) & characterClass) === 0) return false;
  }
  return text !== '';
}
