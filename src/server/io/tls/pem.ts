/** PEM files (RFC 7468): blocks of base64 with a label, and any text between them. */

export interface PemBlock {
  readonly label: string;
  /** From its first line to its last. */
  readonly text: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n[\s\S]*?-----END \1-----/g;

/** The blocks of a file in their order. */
export function pemBlocks(contents: Buffer): PemBlock[] {
  const found = contents.toString('latin1').matchAll(BLOCK);
  return [...found].map(([text, label = '']) => ({ label, text }));
}

/** The bytes that a block stands for; headers of the old kind, such as of encrypted keys, are none. */
export function pemBytes({ text }: PemBlock): Buffer {
  const lines = text.split(/\r?\n/).slice(1, -1);
  return Buffer.from(lines.filter((line) => !line.includes(':')).join(''), 'base64');
}
