import { WalMetadata, WireError } from '../../pb/index.ts';
import { ServerError } from '../errors.ts';

/**
 * Whose log it is, by the metadata at the head of each segment. Throws SERVER_START_REFUSED when
 * that cannot be decoded: checksums hold it, so it was written so.
 */
export function logIdentity(metadata: Uint8Array): WalMetadata {
  try {
    return WalMetadata.decode(metadata);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const message = `the log does not say whose it is: ${error.message}`;
    throw new ServerError('SERVER_START_REFUSED', message, error);
  }
}
