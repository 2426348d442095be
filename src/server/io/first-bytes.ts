/** What a connection speaks, by its first bytes. */
import type { Socket } from 'node:net';

/** What every HTTP/2 client sends first (RFC 9113 section 3.4); no HTTP/1 request begins so. */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** The type of the TLS record that a handshake begins with (RFC 8446 section 5.1). */
const TLS_HANDSHAKE = 0x16;

export type HttpVersion = 'http1' | 'http2';

export function isTlsHandshake(first: Buffer): boolean {
  return first[0] === TLS_HANDSHAKE;
}

/** Undefined as long as it could be both. */
export function httpVersion(first: Buffer): HttpVersion | undefined {
  const compared = Math.min(first.length, HTTP2_PREFACE.length);
  if (first.compare(HTTP2_PREFACE, 0, compared, 0, compared) !== 0) return 'http1';
  return compared === HTTP2_PREFACE.length ? 'http2' : undefined;
}

/**
 * Hands all that has come to `decide`, again with each piece, until it gives what to do with the
 * connection; that is done when everything is back in the connection's read buffer. A connection
 * that ends before is destroyed.
 */
export function readFirst(
  socket: Socket,
  decide: (first: Buffer) => (() => void) | undefined,
): void {
  let first: Buffer = Buffer.alloc(0);
  const onEnd = (): void => void socket.destroy();
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    const act = decide(first);
    if (act === undefined) return;
    socket.off('readable', onReadable).off('end', onEnd);
    socket.unshift(first);
    act();
  };
  socket.on('readable', onReadable).once('end', onEnd);
}
