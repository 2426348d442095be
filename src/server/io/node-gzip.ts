/** gRPC's gzip on `node:zlib`; synchronous, as messages are small where clients compress at all. */
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { type GzipCodec, GzipError } from '../../grpc/index.ts';

export const nodeGzip: GzipCodec = {
  // As fast as may be: clients that compress save bandwidth, and nobody is to wait for it.
  compress: (bytes) => plainBytes(gzipSync(bytes, { level: constants.Z_BEST_SPEED })),
  decompress: (bytes, bytesMax) => {
    try {
      return plainBytes(gunzipSync(bytes, { maxOutputLength: bytesMax }));
    } catch (error) {
      throw gzipError(error as NodeJS.ErrnoException);
    }
  },
};

/** The words of Go's reader, as far as zlib tells one reason from another. */
function gzipError(error: NodeJS.ErrnoException): GzipError {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') {
    return new GzipError('GZIP_TOO_LARGE', error.message, error);
  }
  switch (error.message) {
    case 'incorrect header check':
      return new GzipError('GZIP_CORRUPT', 'gzip: invalid header', error);
    case 'incorrect data check':
    case 'incorrect length check':
      return new GzipError('GZIP_CORRUPT', 'gzip: invalid checksum', error);
    case 'unexpected end of file':
      return new GzipError('GZIP_CORRUPT', 'unexpected EOF', error);
    default:
      return new GzipError('GZIP_CORRUPT', `flate: corrupt input: ${error.message}`, error);
  }
}

function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
