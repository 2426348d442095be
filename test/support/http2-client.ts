/** HTTP/2 as it should not be spoken: gRPC requests cut short, unread answers, lying lengths. */
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from 'node:http2';

/** A session whose errors end nothing. */
export function http2Session(endpoint: string): ClientHttp2Session {
  const session = connect(`http://${endpoint}`);
  session.on('error', () => undefined);
  return session;
}

/** Begins a gRPC call; nothing of its body is sent, and nothing read. */
export function beginCall(session: ClientHttp2Session, path: string): ClientHttp2Stream {
  const stream = session.request(
    {
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    },
    { endStream: false },
  );
  stream.on('error', () => undefined);
  return stream;
}

/** A message with its gRPC prefix; `length` may lie. */
export function grpcFrame(
  message: Uint8Array,
  { length = message.length, flags = 0 } = {},
): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame[0] = flags;
  frame.writeUInt32BE(length, 1);
  frame.set(message, 5);
  return frame;
}

/** How a call whose body is exactly `body` ends: its grpc-status, or why there is none. */
export async function statusOf(
  session: ClientHttp2Session,
  path: string,
  body: Uint8Array,
): Promise<string> {
  const stream = beginCall(session, path);
  let status: string | undefined;
  const note = (headers: IncomingHttpHeaders): void => {
    status = (headers['grpc-status'] as string | undefined) ?? status;
  };
  stream.on('response', note).on('trailers', note).resume();
  stream.end(body);
  await once(stream, 'close');
  return status ?? `no status, reset ${stream.rstCode}`;
}
