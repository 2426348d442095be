/** Answers of peers to requests: what they say, and what that means. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { PeerError } from '../errors.ts';

/** No answer that we read is longer; of one that is, the connection is cut. */
export const answerBytesMax: number = 64 * 1024;

/** The whole body as text. Rejects with what ends the connection, or PEER_TOO_LARGE. */
export function answerText(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    answer.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > answerBytesMax) {
        answer.destroy(new PeerError('PEER_TOO_LARGE', 'the answer of a peer is too long'));
      } else {
        chunks.push(chunk);
      }
    });
    answer.once('end', () => resolve(Buffer.concat(chunks).toString()));
    answer.once('error', reject);
    answer.once('close', () => reject(new PeerError('PEER_UNREACHABLE', 'connection closed')));
  });
}

/** What a 412 means, told by its text. */
export function preconditionError(text: string): PeerError {
  const reason = text.replace(/\n$/, '');
  if (reason === 'incompatible version' || reason === 'cluster ID mismatch') {
    return new PeerError('PEER_REFUSED', reason);
  }
  return new PeerError(
    'PEER_REFUSED',
    `unhandled error ${JSON.stringify(text)} when precondition failed`,
  );
}

/** Resolves when the peer has taken what was posted; rejects in any other case. */
export async function posted(request: ClientRequest): Promise<void> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    // Stays for the time after the answer, when the answer reports what goes wrong.
    request.on('error', reject);
  });
  checkPosted(answer, await answerText(answer));
}

function checkPosted(answer: IncomingMessage, text: string): void {
  switch (answer.statusCode) {
    case 204:
      return;
    case 412:
      throw preconditionError(text);
    default:
      throw new PeerError('PEER_REFUSED', `unexpected http status ${answer.statusMessage ?? ''}`);
  }
}
