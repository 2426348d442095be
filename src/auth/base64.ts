/** Base64 as Go's decoder takes it: padded, with line ends anywhere, whatever the unused bits. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The bytes that `text` stands for; undefined when it is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\r\n]/g, '');
  if (digits.length % 4 !== 0) return undefined;
  const padding = digits.endsWith('==') ? 2 : digits.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((digits.length / 4) * 3 - padding);
  let group = 0;
  let at = 0;
  for (let i = 0; i < digits.length; i++) {
    const isPadding = i >= digits.length - padding;
    const value = isPadding ? 0 : ALPHABET.indexOf(digits.charAt(i));
    if (value < 0) return undefined;
    group = (group << 6) | value;
    if (i % 4 !== 3) continue;
    for (const shift of [16, 8, 0]) if (at < bytes.length) bytes[at++] = group >> shift;
    group = 0;
  }
  return bytes;
}
