/** What a message is after its frame: inflated if its flag says so. */
import { GzipError } from './gzip-codec.ts';
import type { MessageReader } from './message-reader.ts';
import type { ServerScope } from './server-scope.ts';
import type { RpcFailure } from './status.ts';

/** The bytes of the message that `reader` has read, or why they are none. */
export function receivedMessage(
  reader: MessageReader,
  isGzip: boolean,
  server: ServerScope,
): Uint8Array | RpcFailure {
  const { flag, message } = reader;
  if (flag === 0) return message;
  if (flag !== 1) return internal(`grpc: received unexpected payload format ${flag}`);
  if (!isGzip) return internal('grpc: compressed flag set with identity or empty encoding');
  return inflated(message, server);
}

function inflated(
  message: Uint8Array,
  { gzip, messageBytesMax }: ServerScope,
): Uint8Array | RpcFailure {
  try {
    return gzip.decompress(message, messageBytesMax);
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    if (error.code === 'GZIP_CORRUPT') {
      return internal(`grpc: failed to read decompressed data: ${error.message}`);
    }
    const text = `grpc: received message after decompression larger than max ${messageBytesMax}`;
    return { code: 'ResourceExhausted', message: text };
  }
}

function internal(message: string): RpcFailure {
  return { code: 'Internal', message };
}
