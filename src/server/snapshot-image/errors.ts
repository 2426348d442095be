/** Errors of images that are sound bbolt files, but not what a member can use. */
import { CodedError } from '../../base/coded-error.ts';

/**
 * - `IMAGE_NO_INDEX`: it does not say which entry it ends with
 * - `IMAGE_BAD_ROW`: a row that every member needs cannot be decoded
 * - `IMAGE_OUTDATED`: it ends before the entry that the snapshot message names
 * - `IMAGE_NO_CONF_STATE`: neither it nor the message says who votes
 */
export type ImageErrorCode =
  | 'IMAGE_NO_INDEX'
  | 'IMAGE_BAD_ROW'
  | 'IMAGE_OUTDATED'
  | 'IMAGE_NO_CONF_STATE';

/** Thrown when the state in an image cannot be a member's. */
export class ImageError extends CodedError<ImageErrorCode> {
  override readonly name = 'ImageError';

  constructor(code: ImageErrorCode, message: string) {
    super(code, message);
  }
}
