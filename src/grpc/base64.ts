/**
 * Whether the value of a `-bin` header is base64, padded or not. Handlers read no binary metadata,
 * so nothing is decoded; but a call with a bad one is refused, as grpc-go refuses it.
 */

const ALPHABET = /^[A-Za-z0-9+/]*/;

/** Where the first character stands that is no base64, as Go's decoder counts; -1 when all is. */
export function badBase64At(value: string): number {
  const { length } = (ALPHABET.exec(value) as RegExpExecArray)[0];
  // Values whose length is a multiple of four are taken as padded, all others as bare.
  if (value.length % 4 === 0) return length === value.length ? -1 : badPaddingAt(value, length);
  if (length < value.length) return length;
  return length % 4 === 1 ? length - 1 : -1;
}

function badPaddingAt(value: string, at: number): number {
  const place = at % 4;
  if (value[at] !== '=' || place < 2) return at;
  const end = place === 2 ? at + 2 : at + 1;
  // Of two that are needed, Go blames the first when the second is missing.
  if (value[end - 1] !== '=') return at;
  return end < value.length ? end : -1;
}
