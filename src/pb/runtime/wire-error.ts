import { CodedError } from '../../base/coded-error.ts';

export type WireErrorCode =
  /** The input ends inside a field, or a length reaches beyond its message. */
  | 'WIRE_TRUNCATED'
  /** A varint is longer than ten bytes or than 64 bits. */
  | 'WIRE_VARINT'
  /** Field number 0, or above 2^29 - 1. */
  | 'WIRE_FIELD_NUMBER'
  /** A known field with a wire type that is not its own, or a wire type that does not exist. */
  | 'WIRE_TYPE'
  /** A group that does not end, or ends without having begun. */
  | 'WIRE_GROUP'
  /** Messages or groups nested deeper than MESSAGE_DEPTH_MAX. */
  | 'WIRE_DEPTH'
  /** A proto3 string that is not valid UTF-8. */
  | 'WIRE_UTF8';

/** Thrown when bytes are not the protobuf encoding of the message they should be. */
export class WireError extends CodedError<WireErrorCode> {
  override readonly name = 'WireError';

  constructor(code: WireErrorCode, message: string) {
    super(code, message);
  }
}
