import { HeaderBlockWriter } from './header-block-writer.ts';
import { staticIndexOf, staticIndexOfName } from './static-table.ts';

const WRITER = new HeaderBlockWriter();

/**
 * The header block of `fields`, pairs of name and value of one byte a UTF-16 unit. It touches no
 * dynamic table: it may be sent any number of times, on any connection, whatever its settings.
 * Names must be in lower case.
 */
export function encodeHeaderBlock(fields: readonly (readonly [string, string])[]): Uint8Array {
  // What a refused text may have left.
  WRITER.clear();
  for (const [name, value] of fields) {
    const index = staticIndexOf(name, value);
    if (index > 0) {
      WRITER.integer(0x80, 7, index);
      continue;
    }
    const nameIndex = staticIndexOfName(name);
    WRITER.integer(0x00, 4, nameIndex);
    if (nameIndex === 0) WRITER.string(name);
    WRITER.string(value);
  }
  return WRITER.take();
}
