/** Errors of images that are sound bbolt files, but not what a member can use. */
import { CodedError } from '../../base/coded-error.ts';

/**
 * - `IMAGE_NO_INDEX`: it does not say which entry it ends with
 * - `IMAGE_BAD_ROW`: a row that every member needs cannot be decoded
 * - `IMAGE_OTHER_INDEX`: it ends with another entry than the snapshot it came with
 * - `IMAGE_NO_CONF_STATE`: it does not say who votes, or in which term it ends
 */
export type ImageErrorCode =
  | 'IMAGE_NO_INDEX'
  | 'IMAGE_BAD_ROW'
  | 'IMAGE_OTHER_INDEX'
  | 'IMAGE_NO_CONF_STATE';

/** Thrown when the state in an image cannot be a member's. */
export class ImageError extends CodedError<ImageErrorCode> {
  override readonly name = 'ImageError';

  constructor(code: ImageErrorCode, message: string) {
    super(code, message);
  }
}
