import { CodedError } from '../../base/coded-error.ts';

export type HpackErrorCode =
  /** The block ends inside a field. */
  | 'HPACK_CUT'
  /** An index that neither table has. */
  | 'HPACK_INDEX'
  /** An integer of more bytes than any value we accept needs. */
  | 'HPACK_INTEGER'
  /** A string with EOS in it, or with padding that is not the start of EOS or a whole byte. */
  | 'HPACK_HUFFMAN'
  /** A table size beyond the setting, behind a field, or the third of a block. */
  | 'HPACK_TABLE_SIZE';

/**
 * Thrown when a header block cannot be decoded. The tables of both ends may differ from then on:
 * the connection must end, with COMPRESSION_ERROR.
 */
export class HpackError extends CodedError<HpackErrorCode> {
  override readonly name = 'HpackError';

  constructor(code: HpackErrorCode, message: string) {
    super(code, message);
  }
}
